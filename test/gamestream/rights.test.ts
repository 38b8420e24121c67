/** What a launch is worth once it was cancelled, its player removed, or another one plays. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { writeDatagram, writeDisconnect, writeReliable } from "../../src/gamestream/enet/wire.ts";
import { appIdOf } from "../../src/gamestream/http/apps.ts";
import { startTestHost, type TestHost } from "../support/gamestream-client/host.ts";
import type { HttpClient } from "../support/gamestream-client/http-client.ts";
import { announceBody, Player } from "../support/gamestream-client/player.ts";
import { until } from "../support/until.ts";

let host: TestHost;
let http: HttpClient;

beforeAll(async () => {
  host = await startTestHost();
});
beforeEach(async () => {
  http = await host.pairedPlayer("first");
});
afterAll(() => host[Symbol.asyncDispose]());

const launch = (key: Buffer) =>
  http.secure("/launch", {
    appid: `${appIdOf("Test picture")}`,
    mode: "640x360x60",
    rikey: key.toString("hex"),
    rikeyid: "1",
    corever: "0",
  });

/** A request whose last byte is held back: the connection is open, its launch is known. */
async function heldAnnounce() {
  const body = announceBody({});
  const head = `ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 6\r\nContent-length: ${body.length}\r\n\r\n`;
  const request = Buffer.from(`${head}${body}`, "latin1");
  const pieces: Buffer[] = [];
  const closed = Promise.withResolvers<string>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: host.basePort + 21,
    socket: {
      data: (_socket, bytes) => void pieces.push(Buffer.from(bytes)),
      close: () => closed.resolve(Buffer.concat(pieces).toString("latin1")),
      error: () => undefined,
    },
  });
  socket.write(request.subarray(0, -1));
  socket.flush();
  return async () => {
    socket.write(request.subarray(-1));
    socket.flush();
    return await closed.promise;
  };
}

const announceWhole = async () => await (await heldAnnounce())();
const startedCount = () => host.events.filter(({ kind }) => kind === "session_started").length;

test("a launch is announced once: a second session would seal with its key again", async () => {
  await launch(randomBytes(16));
  const [first, second] = [await heldAnnounce(), await heldAnnounce()];
  expect(await first()).toContain("200 OK");
  expect(await second()).not.toContain("200 OK");
  await http.secure("/cancel");
});

test("a cancelled launch does not take the stage from the player that launched after it", async () => {
  await launch(randomBytes(16));
  const late = await heldAnnounce();
  await http.secure("/cancel");
  using player = await Player.play({ basePort: host.basePort, http });
  await until(() => player.frames.length > 5, { what: "it plays" });
  expect(await late()).toBe("");
  const before = player.frames.length;
  await until(() => player.frames.length > before + 10, { what: "it plays on" });
  expect(player.isDisconnected).toBe(false);
  await http.secure("/cancel");
  await until(() => host.host.sessions().length === 0, { what: "nobody plays" });
});

test("a removed player cannot announce the launch that it still holds", async () => {
  await launch(randomBytes(16));
  const late = await heldAnnounce();
  const before = startedCount();
  expect(await host.host.removeClient(http.identity.fingerprint)).toBe(true);
  expect(await late()).toBe("");
  expect(startedCount()).toBe(before);
});

test("a launch with the key of an earlier one is refused with the reason", async () => {
  const key = randomBytes(16);
  expect((await launch(key)).value("gamesession")).toBe("1");
  expect(await announceWhole()).toContain("200 OK");
  await http.secure("/cancel");
  const again = await launch(key);
  expect([again.value("gamesession"), again.message]).toEqual([
    "0",
    "The request repeats the key of an earlier one",
  ]);
});

test("unsealed packets at the control port neither end a session nor cost it a message", async () => {
  using player = await Player.play({ basePort: host.basePort, http });
  await until(() => player.frames.length > 5, { what: "it plays" });
  const stranger = await Bun.udpSocket({ hostname: "127.0.0.1" });
  // Every number of a connection: a disconnect, and messages with the numbers that come next.
  for (let peer = 0; peer < 0xfff; peer++) {
    const messages = [1, 2, 3, 4, 5].map((sequence) =>
      writeReliable(1, sequence, Buffer.alloc(40)),
    );
    const bytes = writeDatagram(peer, 0, [writeDisconnect(), ...messages]);
    stranger.send(bytes, host.basePort + 10, "127.0.0.1");
    if (peer % 64 === 0) await new Promise(setImmediate);
  }
  stranger.close();
  player.control.sendRaw(Buffer.alloc(8));
  const before = player.frames.length;
  player.requestIdr();
  await until(() => player.frames.slice(before).some(({ isKey }) => isKey), {
    what: "a key frame comes",
  });
  expect(host.host.sessions()).toHaveLength(1);
  await http.secure("/cancel");
  await until(() => host.host.sessions().length === 0, { what: "nobody plays" });
});
