/**
 * What has been copied on GNOME, as text. Mutter shows it to a session of remote control; this one does
 * nothing else, and ends at once.
 */
import { closeDescriptor, stopBlocking } from "../base/descriptors.ts";
import { type BusCall, type DBusConnection, DBusError } from "../dbus/connection.ts";
import { openSessionBus } from "../dbus/session-bus.ts";
import type { DBusValue } from "../dbus/wire/value.ts";
import { type Copied, readCopied, textTypes } from "../wayland/clipboard.ts";

const service = "org.gnome.Mutter.RemoteDesktop";
/** The thread that asks has other work: a shell that hangs is not waited for. */
export const patience = { ms: 500 };

/** Rejects with what is in the way. */
export async function readMutterClipboard(): Promise<Copied> {
  using bus = openSessionBus();
  const session = openMutterSession(bus);
  enableClipboard(bus, session, new Map());
  for (const type of textTypes) {
    const pipe = openType(bus, { ...session, member: "SelectionRead", body: [type] });
    const copied = pipe === undefined ? undefined : await readPipe(pipe);
    // A type that nobody offers is refused, or comes empty.
    if (copied !== undefined && copied.kind !== "nothing") return copied;
  }
  return { kind: "nothing" };
}

/** A session of remote control, which ends with its connection. */
export function openMutterSession(bus: DBusConnection): Omit<BusCall, "member"> {
  const of = { destination: service, interface: service };
  const create = { ...of, path: "/org/gnome/Mutter/RemoteDesktop", member: "CreateSession" };
  const [path] = bus.call(create, patience).body;
  const session = { ...of, path: String(path), interface: `${service}.Session` };
  bus.call({ ...session, member: "Start" }, patience);
  return session;
}

/** @param offered what the session has copied itself */
export function enableClipboard(
  bus: DBusConnection,
  session: Omit<BusCall, "member">,
  offered: Map<string, DBusValue>,
): void {
  const enable = { ...session, member: "EnableClipboard", signature: "a{sv}", body: [offered] };
  bus.call(enable, patience);
}

/** The end of a pipe whose other one the program has that copied. */
function openType(bus: DBusConnection, read: BusCall): number | undefined {
  try {
    return bus.call({ ...read, signature: "s" }, patience).descriptors[0];
  } catch (cause) {
    if (cause instanceof DBusError) return undefined;
    throw cause;
  }
}

async function readPipe(pipe: number): Promise<Copied> {
  try {
    stopBlocking(pipe);
    return await readCopied(pipe);
  } finally {
    closeDescriptor(pipe);
  }
}
