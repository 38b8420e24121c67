/** Pairing over real sockets: the player checks us, we check the player. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startTestHost, type TestHost } from "../../support/gamestream-client/host.ts";
import { until } from "../../support/until.ts";

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host[Symbol.asyncDispose]());

const waits = () =>
  until(async () => (await host.host.pendingPairings()).length > 0, { what: "the player waits" });

test("the right PIN pairs a player, whose certificate is then known", async () => {
  const http = await host.player("right");
  expect((await http.secure("/serverinfo")).status).toBe(401);
  const pairing = http.pair("4711");
  await waits();
  expect(await host.host.pendingPairings()).toMatchObject([{ name: "test player" }]);
  expect(await host.host.submitPin({ pin: "4711" })).toBe(true);
  expect(await pairing).toBe("paired");
  const info = await http.secure("/serverinfo");
  expect(info.value("PairStatus")).toBe("1");
  expect(info.value("state")).toBe("SUNSHINE_SERVER_FREE");
  expect((await http.secure("/applist")).value("AppTitle")).toBe("Test picture");
  const { id } = (await host.host.clients())[0] ?? { id: "" };
  expect(id).toBe(http.identity.fingerprint);
  expect(existsSync(join(host.directory, "clients", `${id}.json`))).toBe(true);
});

test("the operator names a player while typing its PIN", async () => {
  const http = await host.player("named");
  const pairing = http.pair("1212");
  await waits();
  await host.host.submitPin({ pin: "1212", name: "Living\u001b room" });
  expect(await pairing).toBe("paired");
  expect(await host.host.pinOutcome()).toBe("paired");
  const id = http.identity.fingerprint;
  const found = (await host.host.clients()).find((client) => client.id === id);
  expect(found?.name).toBe("Living room");
});

test("a wrong PIN fails the player's own check", async () => {
  const http = await host.player("wrong");
  const pairing = http.pair("1111");
  await waits();
  await host.host.submitPin({ pin: "2222" });
  const outcome = host.host.pinOutcome();
  expect(await pairing).toBe("wrong_pin");
  expect(await outcome).toBe("wrong_pin");
  const reason = "Cannot pair: the player says that the PIN is wrong; try again there";
  await until(
    () => host.events.some((event) => event.kind === "refused" && event.reason === reason),
    { what: "it is reported" },
  );
  expect((await http.secure("/serverinfo")).status).toBe(401);
});

test("a player that ignores the wrong PIN is refused by us", async () => {
  const http = await host.player("liar");
  const begun = http.begin(Buffer.alloc(16, 1));
  await waits();
  await host.host.submitPin({ pin: "5555" });
  expect((await begun).value("paired")).toBe("1");
  const step = (name: string, bytes: number) =>
    http.plain("/pair", { [name]: randomBytes(bytes).toString("hex") });
  expect((await step("clientchallenge", 16)).value("paired")).toBe("1");
  expect((await step("serverchallengeresp", 32)).value("paired")).toBe("1");
  expect((await step("clientpairingsecret", 272)).value("paired")).toBe("0");
});

test("a step out of order ends the attempt", async () => {
  const http = await host.player("hasty");
  const begun = http.begin(Buffer.alloc(16, 2));
  await waits();
  await host.host.submitPin({ pin: "5555" });
  await begun;
  const step = (name: string, bytes: number) =>
    http.plain("/pair", { [name]: randomBytes(bytes).toString("hex") });
  expect((await step("serverchallengeresp", 32)).value("paired")).toBe("0");
  expect((await step("clientchallenge", 16)).value("paired")).toBe("0");
});

test("over plain HTTP nobody is paired", async () => {
  const http = await host.player("right");
  expect((await http.plain("/serverinfo")).value("PairStatus")).toBe("0");
  expect((await http.plain("/applist")).status).toBe(401);
  expect((await http.plain("/launch")).status).toBe(401);
});

test("a stranger's certificate gets nothing", async () => {
  const http = await host.player("stranger");
  for (const path of ["/serverinfo", "/applist", "/launch", "/resume", "/cancel"]) {
    expect((await http.secure(path)).status).toBe(401);
  }
  expect((await http.secure("/pair", { phrase: "pairchallenge" })).status).toBe(401);
});

test("a player that the operator sends away is refused at once", async () => {
  const http = await host.player("rejected");
  const pairing = http.pair("1234");
  await waits();
  const [{ id } = { id: 0 }] = await host.host.pendingPairings();
  expect(await host.host.refusePairing(id)).toBe(true);
  expect(await pairing).toBe("refused");
  expect(await host.host.refusePairing(id)).toBe(false);
});

test("a player that hangs up waits no more", async () => {
  const { http: port } = { http: host.basePort };
  const http = await host.player("gone");
  const query = new URLSearchParams({
    phrase: "getservercert",
    uniqueid: "gone",
    salt: "00".repeat(16),
    clientcert: Buffer.from(http.identity.certificatePem).toString("hex"),
  });
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { data: () => undefined },
  });
  socket.write(`GET /pair?${query} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await waits();
  socket.terminate();
  await until(async () => (await host.host.pendingPairings()).length === 0, {
    what: "nobody waits",
  });
});

test("a removed player is a stranger on its next request", async () => {
  const http = await host.pairedPlayer("removed");
  expect((await http.secure("/applist")).status).toBe(200);
  expect(await host.host.removeClient(http.identity.fingerprint)).toBe(true);
  expect((await http.secure("/applist")).status).toBe(401);
  expect(await host.host.removeClient(http.identity.fingerprint)).toBe(false);
});

test("a player is renamed by the operator until it is removed", async () => {
  const http = await host.pairedPlayer("roth");
  const { fingerprint } = http.identity;
  expect(await host.host.renameClient(fingerprint, "Tablet")).toMatchObject({ name: "Tablet" });
  expect(await host.host.clients()).toContainEqual(
    expect.objectContaining({ id: fingerprint, name: "Tablet" }),
  );
  await host.host.removeClient(fingerprint);
  expect(await host.host.renameClient(fingerprint, "Tablet")).toBeUndefined();
});

test("what is not a PIN is refused, and one that nobody waits for gives false", async () => {
  await expect(host.host.submitPin({ pin: "12ab" })).rejects.toThrow("4 to 8 digits");
  expect(await host.host.submitPin({ pin: "1234" })).toBe(false);
});

test("a second host on the same ports is refused with the port", async () => {
  await expect(startTestHost({ basePort: host.basePort })).rejects.toThrow(
    `Cannot listen on TCP port "${host.basePort}"`,
  );
});

test("a base port whose neighbours do not exist is refused", async () => {
  await expect(startTestHost({ basePort: 1028 })).rejects.toThrow("it takes 1029 to 65514");
  await expect(startTestHost({ basePort: 65_515 })).rejects.toThrow("it takes 1029 to 65514");
});
