/**
 * A stand-in for RealtimeKit on the bus that its environment names: gives level 20 at most, to
 * as many threads as its argument says. Each thread with its level is a line of its stdout.
 */
import { openSessionBus } from "../../src/dbus/session-bus.ts";
import { Variant } from "../../src/dbus/wire/value.ts";

const left = { count: Number(process.argv[2] ?? 0) };
const bus = openSessionBus();
const owner = { destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" };
const request = { ...owner, interface: "org.freedesktop.DBus", member: "RequestName" };
bus.call({ ...request, signature: "su", body: ["org.freedesktop.RealtimeKit1", 4] });
process.stdout.write("ready\n");
for (;;) {
  const call = bus.takeCall(200);
  if (call?.member === "Get") {
    const isLevel = call.body[1] === "MaxRealtimePriority";
    bus.answer(call, "v", [isLevel ? new Variant("i", 20) : new Variant("x", 200_000n)]);
  } else if (call?.member === "MakeThreadRealtime" && left.count > 0) {
    left.count -= 1;
    process.stdout.write(`${call.body.join(" ")}\n`);
    bus.answer(call, "", []);
  }
}
