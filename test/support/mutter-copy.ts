/** A program of GNOME that has copied something, and gives it to who asks. */
import { closeSync, writeSync } from "node:fs";
import { openSessionBus } from "../../src/dbus/session-bus.ts";
import { options, Variant } from "../../src/dbus/wire/value.ts";

const service = "org.gnome.Mutter.RemoteDesktop";

export type MutterCopy = Disposable & {
  /** Gives to those who have asked by now. */
  give(): void;
};

/** @param type as which it offers what it has */
export function copyOnMutter(type: string, content: string): MutterCopy {
  const bus = openSessionBus();
  const of = { destination: service, interface: service };
  const create = { ...of, path: "/org/gnome/Mutter/RemoteDesktop", member: "CreateSession" };
  const path = String(bus.call(create).body[0]);
  const session = { ...of, path, interface: `${service}.Session` };
  const asked = { path, interface: session.interface, member: "SelectionTransfer" };
  bus.watch(asked);
  bus.call({ ...session, member: "Start" });
  const offered = options({ "mime-types": new Variant("as", [type]) });
  const body = [offered];
  bus.call({ ...session, member: "EnableClipboard", signature: "a{sv}", body });
  const give = () => {
    for (let one = bus.takeSignal(asked); one !== undefined; one = bus.takeSignal(asked)) {
      const [wanted, serial = 0] = one.body;
      const write = { ...session, signature: "u", body: [serial] };
      const [pipe = -1] = bus.call({ ...write, member: "SelectionWrite" }).descriptors;
      if (wanted === type) writeSync(pipe, content);
      closeSync(pipe);
      const done = { ...session, member: "SelectionWriteDone", signature: "ub" };
      bus.call({ ...done, body: [serial, wanted === type] });
    }
  };
  return { give, [Symbol.dispose]: () => bus.close() };
}
