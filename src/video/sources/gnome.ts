/** A monitor of GNOME, by Mutter's own interfaces: nobody is asked. */
import { Failure } from "../../base/failure.ts";
import type { DBusConnection } from "../../dbus/connection.ts";
import { openSessionBus } from "../../dbus/session-bus.ts";
import { type MutterCast, mutterOutputs, recordMonitor } from "../../desktop/mutter.ts";
import { findOutput } from "../../desktop/output.ts";
import { openNode } from "./pipewire.ts";
import type { Source, SourceMode } from "./source.ts";

/**
 * @param connector such as `DP-1`; empty for the first.
 * @throws Failure `source_unavailable` with what was in the way.
 */
export function openGnomeSource(connector: string, mode: SourceMode): Source {
  const name = `gnome:${connector}`;
  const { bus, cast } = record(name, connector);
  return openNode(name, {
    target: { kind: "id", id: cast.node },
    mode,
    openInputTarget: (size) => ({
      ...{ kind: "bus", service: "mutter", descriptor: bus.duplicate() },
      ...cast.input,
      size,
    }),
    nudge: () => cast.nudge(),
    faultOf: () => cast.fault(),
    onClose: () => bus.close(),
  });
}

function record(name: string, connector: string): { bus: DBusConnection; cast: MutterCast } {
  let bus: DBusConnection | undefined;
  try {
    bus = openSessionBus();
    const output = findOutput(connector, mutterOutputs(bus));
    return { bus, cast: recordMonitor(bus, output.name) };
  } catch (cause) {
    bus?.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`, { cause });
  }
}
