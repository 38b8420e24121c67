/** Whole sessions on the loopback, with a player that speaks the protocol by itself. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { appIdOf } from "../../src/gamestream/http/apps.ts";
import type { Happening } from "../../src/model/happening.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { frequencyOf } from "../support/frequency.ts";
import { startTestHost, type TestHost } from "../support/gamestream-client/host.ts";
import type { HttpClient } from "../support/gamestream-client/http-client.ts";
import { Player, type PlayOptions } from "../support/gamestream-client/player.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

let host: TestHost;
let http: HttpClient;
const players: Player[] = [];

beforeAll(async () => {
  host = await startTestHost();
  http = await host.pairedPlayer("first");
});
afterEach(async () => {
  for (const player of players.splice(0)) player.kill();
  await http.secure("/cancel");
  await until(() => host.host.sessions().length === 0, { what: "nobody plays" });
});
afterAll(() => host[Symbol.asyncDispose]());

async function play(options: Partial<PlayOptions> = {}): Promise<Player> {
  const player = await Player.play({ basePort: host.basePort, http, ...options });
  players.push(player);
  return player;
}

const gets = (player: Player, count: number) =>
  until(() => player.frames.length >= count, { what: `${count} frames arrive` });

test("300 frames arrive whole, each after the other, and can be decoded", async () => {
  const player = await play();
  await gets(player, 300);
  const numbers = player.frames.map((frame) => frame.number);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(player.frames[0]?.isKey).toBe(true);
  expect(player.video.lostFrameCount).toBe(0);
  expect(player.frames.every((frame) => frame.latencyTenthMs > 0)).toBe(true);
  const units = player.frames.slice(0, 300).map((frame) => frame.unit);
  expect(await decodedCount(units, "h264")).toBe(300);
}, 30_000);

test("an IDR request is answered with a key frame, and counted", async () => {
  const player = await play();
  await gets(player, 30);
  const before = player.frames.length;
  expect(player.frames.slice(10).some((frame) => frame.isKey)).toBe(false);
  player.requestIdr();
  await until(() => player.frames.slice(before).some(({ isKey }) => isKey), {
    what: "a key frame comes",
  });
});

test("what happens to a session besides its numbers is reported as on the other paths", async () => {
  const player = await play();
  await gets(player, 30);
  const [session] = host.host.sessions();
  const id = session?.session_id ?? 0;
  const told = () =>
    host.events.flatMap((event) =>
      event.kind === "happened" && event.session_id === id ? event.happenings : [],
    );
  const count = (wanted: Partial<Happening>) =>
    told().filter((one) =>
      Object.entries(wanted).every(([name, value]) => Reflect.get(one, name) === value),
    ).length;
  await until(() => count({ action: "idr_sent" }) > 0, { what: "the first key frame is reported" });
  // One that comes while another is on its way is answered with it, and not reported by itself.
  await until(
    () => {
      player.requestIdr();
      return count({ action: "idr_requested", by: "player" }) > 0;
    },
    { what: "it is reported who asked" },
  );
  await until(() => count({ action: "idr_sent" }) > 1, { what: "the answer is reported" });
  await until(
    () => {
      host.host.requestIdr(id);
      return count({ action: "idr_requested", by: "operator" }) > 0;
    },
    { what: "the operator's is reported" },
  );
  const from_kbps = session?.bitrate_kbps ?? 0;
  host.host.setBitrate(id, 3000);
  const change = { action: "bitrate_changed", from_kbps, to_kbps: 3000, by: "operator" } as const;
  await until(() => count(change) === 1, { what: "the bitrate is reported" });
  const before = count({ action: "stall" });
  player.invalidate(player.frames.length - 2, player.frames.length - 1);
  await until(() => count({ action: "stall" }) > before, { what: "a stall is reported" });
}, 30_000);

test("a player that is not heard is reported as unreachable, and when it is heard again", async () => {
  const player = await play();
  await gets(player, 10);
  const reach = () =>
    host.events
      .flatMap((event) => (event.kind === "happened" ? event.happenings : []))
      .map(({ action }) => action)
      .filter((action) => action === "player_unreachable" || action === "player_reachable");
  // A process that gets no core for longer than players are silent has heard nothing either: what
  // was reported before the cut is over, and does not count.
  await until(() => reach().at(-1) !== "player_unreachable", { what: "it is heard" });
  const before = reach().length;
  player.isCut = true;
  await until(() => reach().length > before, { what: "the silence is reported" });
  expect(reach().slice(before)).toEqual(["player_unreachable"]);
  player.isCut = false;
  await until(() => reach().length > before + 1, { what: "its end is reported" });
  expect(reach()[before + 1]).toBe("player_reachable");
});

test("an invalidation of frames is answered with a key frame", async () => {
  const player = await play();
  await gets(player, 20);
  const before = player.frames.length;
  player.invalidate(before - 2, before - 1);
  await until(() => player.frames.slice(before).some(({ isKey }) => isKey), {
    what: "a key frame comes",
  });
});

for (const percent of [1, 5, 10]) {
  test(`at ${percent} % loss the picture continues, from bytes rebuilt as they were sent`, async () => {
    const player = await play({ videoLoss: percent / 100, seed: percent });
    await gets(player, 240);
    expect(player.video.thrownCount).toBeGreaterThan(0);
    expect(player.video.rebuiltCount).toBeGreaterThan(0);
    const reportedCount = () => host.host.sessions()[0]?.packets_lost ?? 0;
    await until(() => reportedCount() > 0, { what: "the loss is reported" });
    expect(reportedCount()).toBeLessThanOrEqual(player.video.thrownCount);
  }, 30_000);
}

test("with 30 % control loss both ways every message arrives", async () => {
  const player = await play({ controlLoss: 0.3, seed: 4 });
  await gets(player, 10);
  for (let count = 0; count < 30; count++) player.input(0x07, Buffer.alloc(4));
  const settled = () => player.control.pendingCount < 5;
  await until(settled, { what: "the host acknowledges" });
  player.requestIdr();
  const before = player.frames.length;
  await until(() => player.frames.slice(before).some(({ isKey }) => isKey), {
    what: "a key frame comes",
  });
}, 40_000);

for (const [name, options] of [
  ["sealed video", { sealed: 3 }],
  ["sealed video and sound with sealed RTSP", { sealed: 7, sealedRtsp: true }],
  ["the older control sealing", { sealed: 0 }],
] as const) {
  test(`a session with ${name} plays`, async () => {
    const player = await play(options);
    await gets(player, 30);
    player.requestIdr();
    const before = player.frames.length;
    await until(() => player.frames.slice(before).some(({ isKey }) => isKey), {
      what: "a key frame comes",
    });
  });
}

test("the sound decodes back to the test tone, its parity rebuilds each packet", async () => {
  const player = await play({ withAudio: true });
  await until(() => player.audio.samples.length >= 48_000, { what: "a second of sound" });
  const steady = player.audio.samples.slice(9600);
  expect(Math.abs(frequencyOf(steady, 48_000) - 440)).toBeLessThan(4);
  expect(player.audio.checkedBlockCount).toBeGreaterThan(20);
});

test("a player that leaves can resume with a new key", async () => {
  const first = await play();
  await gets(first, 10);
  first.leave();
  await until(() => host.host.sessions().length === 0, { what: "nobody plays" });
  expect((await http.secure("/serverinfo")).value("currentgame")).toBe(
    `${appIdOf("Test picture")}`,
  );
  const second = await play({ resume: true });
  await gets(second, 10);
  expect(second.frames[0]?.isKey).toBe(true);
});

test("cancel ends the session with a normal reason", async () => {
  const player = await play();
  await gets(player, 5);
  expect((await http.secure("/cancel")).value("cancel")).toBe("1");
  await until(() => player.terminated !== undefined, { what: "the player is notified" });
  expect(player.terminated).toBe(0x8003_0023);
  await until(() => player.isDisconnected, { what: "the connection ends" });
  const info = await http.secure("/serverinfo");
  expect([info.value("currentgame"), info.value("state")]).toEqual(["0", "SUNSHINE_SERVER_FREE"]);
});

test("a killed player is noticed by its silence, and the host is free again", async () => {
  const player = await play();
  await gets(player, 5);
  player.kill();
  await until(() => host.host.sessions().length === 0, { what: "nobody plays" });
  expect((await http.secure("/serverinfo")).value("currentgame")).toBe("0");
});

test("a second player takes over, and a third quits, where the operator allows it", async () => {
  const [second, third] = [await host.pairedPlayer("taker"), await host.pairedPlayer("quitter")];
  const first = await play();
  await gets(first, 5);
  host.host.applySettings({ ...settingsDefault, revision: 1, gamestream_takeover: true });
  const taker = await play({ http: second });
  await gets(taker, 5);
  await until(() => first.terminated !== undefined, { what: "the first is notified" });
  expect(host.host.sessions()).toHaveLength(1);
  expect((await third.secure("/cancel")).value("cancel")).toBe("1");
  await until(() => host.host.sessions().length === 0, { what: "nobody plays" });
  host.host.applySettings({ ...settingsDefault, revision: 2 });
});

test("a second player is refused while the first plays", async () => {
  const other = await host.pairedPlayer("second");
  const player = await play();
  await gets(player, 5);
  await expect(Player.play({ basePort: host.basePort, http: other })).rejects.toThrow(
    "Someone else is playing",
  );
  expect((await other.secure("/cancel")).value("cancel")).toBe("0");
  const before = player.frames.length;
  await gets(player, before + 5);
});

test("the session of a removed player ends at once", async () => {
  const other = await host.pairedPlayer("third");
  const player = await Player.play({ basePort: host.basePort, http: other });
  players.push(player);
  await gets(player, 5);
  await host.host.removeClient(other.identity.fingerprint);
  await until(() => player.terminated !== undefined, { what: "the player is notified" });
  await until(() => host.host.sessions().length === 0, { what: "nobody plays" });
});

test("the operator asks for an IDR, changes the bitrate, and ends the session", async () => {
  const player = await play();
  await gets(player, 10);
  const id = host.host.sessions()[0]?.session_id ?? 0;
  expect(host.host.setBitrate(id, 1200)).toBe(true);
  await until(() => host.host.sessions()[0]?.bitrate_kbps === 1200, { what: "it is reported" });
  const before = player.frames.length;
  expect(host.host.requestIdr(id)).toBe(true);
  await until(() => player.frames.slice(before).some(({ isKey }) => isKey), {
    what: "a key frame comes",
  });
  expect(host.host.disconnect(id)).toBe(true);
  await until(() => player.terminated === 0x8003_0023, { what: "the player is notified" });
  expect(host.host.disconnect(id + 1)).toBe(false);
});

async function decodedCount(units: readonly Uint8Array[], format: string): Promise<number> {
  await using directory = await tempDirectory();
  const path = join(directory.path, `stream.${format}`);
  await Bun.write(path, Buffer.concat(units));
  const args = ["-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames"];
  const probe = Bun.spawn(["ffprobe", ...args, "-of", "csv=p=0", path], { stderr: "pipe" });
  const [text, faults] = await Promise.all([
    new Response(probe.stdout).text(),
    new Response(probe.stderr).text(),
  ]);
  expect(faults).toBe("");
  return Number(text.trim());
}
