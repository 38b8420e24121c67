import { expect, test } from "bun:test";
import { join } from "node:path";
import { DBusConnection } from "../../src/dbus/connection.ts";
import { openSessionBus } from "../../src/dbus/session-bus.ts";
import { startBus } from "../support/session-bus.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const bus = {
  destination: "org.freedesktop.DBus",
  path: "/org/freedesktop/DBus",
  interface: "org.freedesktop.DBus",
};

test("a call is answered by the bus, and an error has its name", async () => {
  await using session = await startBus();
  using connection = new DBusConnection(join(session.directory, "bus"));
  expect(connection.name).toMatch(/^:1\.\d+$/);
  const names = connection.call({ ...bus, member: "ListNames" }).body[0];
  expect(names).toContain(connection.name);
  const wrong = { ...bus, member: "GetNameOwner", signature: "s", body: ["a.b"] };
  expect(() => connection.call(wrong)).toThrow("a.b");
  expect(connection.isOffered("a.b")).toBe(false);
});

test("a signal that is watched is there when it is asked for", async () => {
  await using _ = await startBus();
  using connection = openSessionBus();
  const rule = { interface: bus.interface, member: "NameOwnerChanged" };
  connection.watch(rule);
  using other = openSessionBus();
  expect(connection.signal(rule, { ms: 3000 }).body).toEqual([other.name, "", other.name]);
  expect(connection.takeSignal(rule)).toBeUndefined();
});

test("a bus that takes the connection and says nothing costs its deadline and no more", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "bus");
  const worker = new Worker(new URL("../support/silent-socket.ts", import.meta.url));
  await new Promise((resolve) => {
    worker.onmessage = resolve;
    worker.postMessage(path);
  });
  expect(() => new DBusConnection(path)).toThrow("does not answer");
  worker.terminate();
});

test("an answer that does not come is dropped when nobody waits for it", async () => {
  await using _ = await startBus();
  using connection = openSessionBus();
  let asked = 0;
  const isOver = () => {
    asked += 1;
    return asked > 2;
  };
  const rule = { interface: "org.example.Never" };
  connection.watch(rule);
  expect(() => connection.signal(rule, { ms: 60_000, isOver })).toThrow("nothing is waiting");
});
