/**
 * A stand-in for a desktop's own part of the portal, run in a session with the real frontend: answers
 * for the person at the desktop. Told the name of a node of PipeWire and how to answer: `yes`, `no` or
 * `never`. Each question with whether a token came with it is a line of its stdout.
 */
import { DBusConnection } from "../../src/dbus/connection.ts";
import { sessionBusPath } from "../../src/dbus/session-bus.ts";
import type { DBusMessage } from "../../src/dbus/wire/message.ts";
import { type DBusValue, options, Variant } from "../../src/dbus/wire/value.ts";
import { PipewireConnection } from "../../src/pipewire/connection.ts";

const [node = "", answer = "yes"] = process.argv.slice(2);
const service = "org.freedesktop.impl.portal.desktop.fake";
const bus = new DBusConnection(sessionBusPath());
const owner = { destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" };
const request = { ...owner, interface: "org.freedesktop.DBus", member: "RequestName" };
bus.call({ ...request, signature: "su", body: [service, 4] });
process.stdout.write("ready\n");
const tokens = new Map<string, boolean>();
for (;;) {
  const call = bus.takeCall(200);
  if (call !== undefined) reply(call);
}

function reply(call: DBusMessage): void {
  const [first, second] = call.body;
  const name = String(second ?? first ?? "");
  switch (call.member) {
    case "Get":
      bus.answer(call, "v", [new Variant("u", propertyOf(name))]);
      return;
    case "GetAll": {
      const names = ["version", "AvailableSourceTypes", "AvailableCursorModes"].concat(
        first === "org.freedesktop.impl.portal.RemoteDesktop" ? ["AvailableDeviceTypes"] : [],
      );
      const all = names.map((each) => [each, new Variant("u", propertyOf(each))]);
      bus.answer(call, "a{sv}", [options(Object.fromEntries(all))]);
      return;
    }
    case "CreateSession":
      bus.answer(call, "ua{sv}", [0, options({ session_id: new Variant("s", "x") })]);
      return;
    case "SelectDevices":
      bus.answer(call, "ua{sv}", [0, new Map()]);
      return;
    case "SelectSources": {
      const given = call.body[3];
      tokens.set(name, given instanceof Map && given.has("restore_data"));
      bus.answer(call, "ua{sv}", [0, new Map()]);
      return;
    }
    case "Start":
      start(call, name);
      return;
    case "NotifyKeyboardKeycode":
    case "NotifyKeyboardKeysym":
    case "NotifyPointerButton":
    case "NotifyPointerMotion":
    case "NotifyPointerMotionAbsolute":
    case "NotifyPointerAxisDiscrete":
      process.stdout.write(`${call.member} ${call.body.slice(2).join(" ")}\n`);
      bus.answer(call, "", []);
      return;
    default:
      bus.answer(call, "", []);
      return;
  }
}

function start(call: DBusMessage, session: string): void {
  process.stdout.write(tokens.get(session) === true ? "again\n" : "first\n");
  if (answer === "never") return;
  if (answer === "no") {
    bus.answer(call, "ua{sv}", [1, new Map()]);
    return;
  }
  using pipewire = new PipewireConnection();
  const found = pipewire.nodes().find(({ name }) => name === node);
  const stream: DBusValue = [
    found?.id ?? 0,
    options({ source_type: new Variant("u", 1), size: new Variant("(ii)", [160, 90]) }),
  ];
  const results = options({
    streams: new Variant("a(ua{sv})", [stream]),
    devices: new Variant("u", 3),
    persist_mode: new Variant("u", 2),
    restore_data: new Variant("(suv)", ["fake", 1, new Variant("s", "which")]),
  });
  bus.answer(call, "ua{sv}", [0, results]);
}

function propertyOf(name: string): number {
  return name === "version" ? 5 : 7;
}
