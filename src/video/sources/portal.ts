/**
 * A screen by the desktop portal: the person at the desktop is asked once. The token in the answer
 * is stored in the data directory, and replaced each time: it is valid once.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import type { DBusConnection } from "../../dbus/connection.ts";
import { openSessionBus } from "../../dbus/session-bus.ts";
import { castScreen, type PortalCast, PortalRefusal } from "../../desktop/portal.ts";
import { type NodeOptions, openReturningNode } from "./pipewire.ts";
import type { Source, SourceHost, SourceMode } from "./source.ts";

/** For the person at the desktop. */
const answerMs = 60_000;
const fileName = "portal-token";

/**
 * @param isInputWanted even if the portal then asks every time.
 * @throws Failure `source_refused` when the person refuses, otherwise `source_unavailable`.
 */
export function openPortalSource(
  isInputWanted: boolean,
  mode: SourceMode,
  host: SourceHost,
): Source {
  const name = isInputWanted ? "portal:input" : "portal:";
  return openReturningNode(name, mode, () => ({
    ...nodeOf(ask({ name, isInputWanted }, host)),
    mode,
  }));
}

/**
 * Without a token the person would be asked again; and revoked permissions are not requested again.
 */
function nodeOf({ bus, cast }: { readonly bus: DBusConnection; readonly cast: PortalCast }) {
  const answered = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  bus.onGuestAnswer = (serial) => Atomics.store(new Int32Array(answered), 0, serial);
  const options: Omit<NodeOptions, "mode"> = {
    openInputTarget: (size) =>
      cast.takesInput
        ? {
            ...{ kind: "bus", service: "portal", descriptor: bus.duplicate(), size },
            ...{ session: cast.session, stream: `${cast.node}`, extent: cast.extent, answered },
          }
        : undefined,
    target: { kind: "id", id: cast.node },
    descriptor: cast.descriptor,
    // Answers about input are read here.
    onNext: () => faultOf(cast),
    faultOf: () => faultOf(cast),
    isOver: () => cast.token === undefined || cast.isWithdrawn(),
    onClose: () => bus.close(),
  };
  return options;
}

type Wanted = { readonly name: string; readonly isInputWanted: boolean };

function ask(
  { name, isInputWanted }: Wanted,
  host: SourceHost,
): { bus: DBusConnection; cast: PortalCast } {
  let bus: DBusConnection | undefined;
  try {
    bus = openSessionBus();
    const cast = castScreen(bus, {
      isInputWanted,
      token: readToken(host.dataDirectory),
      patience: { ms: answerMs, isOver: () => host.isCancelled() },
      onAsking: () => host.onQuestion(true),
    });
    keepToken(host.dataDirectory, cast.token);
    return { bus, cast };
  } catch (cause) {
    bus?.close();
    const code = cause instanceof PortalRefusal ? "source_refused" : "source_unavailable";
    const reason = messageOf(cause);
    throw new Failure(code, `Cannot open "${name}": ${reason}`, { cause });
  } finally {
    host.onQuestion(false);
  }
}

function faultOf(cast: PortalCast): string | undefined {
  try {
    return cast.fault();
  } catch (cause) {
    return messageOf(cause);
  }
}

function readToken(directory: string | undefined): string | undefined {
  if (directory === undefined) return undefined;
  try {
    return readFileSync(join(directory, fileName), "utf8").trim() || undefined;
  } catch {
    // The first time, or it was deleted to be asked again.
    return undefined;
  }
}

/** If a token cannot be stored, the person is asked again next time. */
function keepToken(directory: string | undefined, token: string | undefined): void {
  if (directory === undefined || token === undefined) return;
  const path = join(directory, fileName);
  const fresh = `${path}.${process.pid}-${crypto.randomUUID().slice(0, 8)}`;
  try {
    writeFileSync(fresh, `${token}\n`, { mode: 0o600, flag: "wx" });
    renameSync(fresh, path);
  } catch {
    return;
  }
}
