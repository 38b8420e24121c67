/** A monitor of GNOME, by Mutter's own interfaces, which need no consent. */
import { messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import type { DBusConnection } from "../../dbus/connection.ts";
import { openSessionBus } from "../../dbus/session-bus.ts";
import {
  type MutterCast,
  mutterOutputs,
  recordMonitor,
  recordVirtual,
} from "../../desktop/mutter.ts";
import { findOutput } from "../../desktop/output.ts";
import { type NodeOptions, openReturningNode } from "./pipewire.ts";
import type { Source, SourceMode } from "./source.ts";

/**
 * @param connector such as `DP-1`; empty for the first.
 * @throws Failure `source_unavailable` with the reason.
 */
export function openGnomeSource(connector: string, mode: SourceMode): Source {
  const make = (bus: DBusConnection) =>
    recordMonitor(bus, findOutput(connector, mutterOutputs(bus)).name);
  return show(`gnome:${connector}`, mode, { make, isSizeAsked: false });
}

/**
 * An additional monitor for the stream, of its size; it is removed with the source.
 * @throws Failure `source_unavailable` with the reason.
 */
export function openGnomeVirtual(name: string, mode: SourceMode): Source {
  return show(name, mode, { make: recordVirtual, isSizeAsked: true });
}

type Recorded = {
  readonly make: (bus: DBusConnection) => MutterCast;
  /** Its size is requested by the consumer. */
  readonly isSizeAsked: boolean;
};

function show(name: string, mode: SourceMode, { make, isSizeAsked }: Recorded): Source {
  return openReturningNode(name, mode, () => ({
    ...nodeOf(record(name, make)),
    mode,
    isSizeAsked,
  }));
}

function nodeOf({ bus, cast }: { readonly bus: DBusConnection; readonly cast: MutterCast }) {
  const options: Omit<NodeOptions, "mode"> = {
    target: { kind: "id", id: cast.node },
    openInputTarget: (size) => ({
      ...{ kind: "bus", service: "mutter", descriptor: bus.duplicate() },
      ...cast.input,
      size,
    }),
    nudge: () => cast.nudge(),
    faultOf: () => cast.fault(),
    isDesktopThere: () => cast.isDesktopThere(),
    isOver: () => cast.isWithdrawn(),
    isOff: () => cast.isOff(),
    onClose: () => bus.close(),
  };
  return options;
}

function record(name: string, make: Recorded["make"]): { bus: DBusConnection; cast: MutterCast } {
  let bus: DBusConnection | undefined;
  try {
    bus = openSessionBus();
    return { bus, cast: make(bus) };
  } catch (cause) {
    bus?.close();
    const reason = messageOf(cause);
    throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`, { cause });
  }
}
