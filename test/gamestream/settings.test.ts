/** What a running Moonlight session makes of the operator's settings. */
import { expect, test } from "bun:test";
import type { StatsSample } from "../../src/model/capture.ts";
import { type Settings, settingsDefault } from "../../src/model/settings.ts";
import { decodeLuma } from "../support/decode.ts";
import { startTestHost } from "../support/gamestream-client/host.ts";
import { Player } from "../support/gamestream-client/player.ts";
import type { WholeFrame } from "../support/gamestream-client/video-receiver.ts";
import { until } from "../support/until.ts";

const testMs = 40_000;

const changed = (change: Partial<Settings>): Settings => ({
  ...settingsDefault,
  revision: 1,
  ...change,
});
const keysOf = (frames: readonly WholeFrame[]) => frames.filter(({ isKey }) => isKey).length;

/** A session that records from its first frame on. */
async function play(settings = settingsDefault) {
  await using parts = new AsyncDisposableStack();
  const host = parts.use(await startTestHost({ settings }));
  host.gate.open(1);
  const http = await host.pairedPlayer("player");
  const mode = { width: 320, height: 180, bitrateKbps: 2500 };
  const player = parts.use(await Player.play({ basePort: host.basePort, http, ...mode }));
  await until(() => player.frames.length > 30, { what: "the picture runs" });
  const samples = (): StatsSample[] =>
    host.events.flatMap((event) => (event.kind === "sample" ? [event.sample] : []));
  const running = parts.move();
  return {
    host: host.host,
    player,
    samples,
    /** The first window that begins a second from now at the latest. */
    nextWindow: async () => {
      const before = samples().length;
      await until(() => samples().length > before + 1, { what: "a whole window is over" });
      return samples()[before + 1] ?? expect.unreachable();
    },
    frameCount: (count: number) =>
      until(() => player.frames.length >= count, { what: "frames come" }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** At sixty frames a second. The encoder gives each frame its bits: a busy machine makes fewer frames. */
const fullRateMbps = ({ mbps, fps }: StatsSample) => (mbps * 60) / fps;

/** Every frame came, in order, and ffmpeg has nothing to say about the stream. */
async function expectUnbroken(player: Player): Promise<void> {
  const frames = [...player.frames];
  expect(frames.map(({ number }) => number)).toEqual(frames.map((_, index) => index + 1));
  const stream = Buffer.concat(frames.map(({ unit }) => unit));
  const pictures = await decodeLuma(stream, { width: 320, height: 180, format: "h264" });
  expect(pictures).toHaveLength(frames.length);
  expect(player.terminated).toBeUndefined();
}

test(
  "a bitrate is followed within a second, and back to what the player asked for",
  async () => {
    await using run = await play();
    run.host.applySettings(changed({ bitrate_kbps: 500 }));
    const lower = await run.nextWindow();
    expect(lower.bitrate_kbps).toBe(500);
    expect(lower.mbps).toBeLessThan(0.7);
    run.host.applySettings({ ...settingsDefault, revision: 2 });
    const higher = await run.nextWindow();
    expect(higher.bitrate_kbps).toBe(2000);
    expect(fullRateMbps(higher)).toBeGreaterThan(0.9);
    expect(keysOf(run.player.frames)).toBe(1);
    await expectUnbroken(run.player);
  },
  testMs,
);

test(
  "a cap makes fewer frames from a key frame on, and another preset begins with one too",
  async () => {
    await using run = await play();
    run.host.applySettings(changed({ fps_cap: 20 }));
    expect((await run.nextWindow()).fps).toBeWithin(1, 22);
    await until(() => run.host.sessions()[0]?.fps === 20, { what: "the list says so" });
    run.host.applySettings(changed({ fps_cap: 100, revision: 2 }));
    expect((await run.nextWindow()).fps).toBeGreaterThan(22);
    const before = run.player.frames.length;
    const preset = { fps_cap: 100, encoder_preset: "medium" };
    run.host.applySettings(changed({ ...preset, revision: 3 }));
    await run.frameCount(before + 60);
    expect(keysOf(run.player.frames.slice(before))).toBe(1);
    await expectUnbroken(run.player);
  },
  testMs,
);

test(
  "parity can be turned off while a stream runs, and on again",
  async () => {
    await using run = await play();
    const { player } = run;
    /** Datagrams for each that the picture alone would take. */
    const shareNow = async () => {
      const [from, arrivedFrom] = [player.frames.length, player.video.arrivedCount];
      await run.frameCount(from + 60);
      const arrived = player.video.arrivedCount - arrivedFrom;
      const bytes = player.frames
        .slice(from)
        .map(({ unit }) => Math.ceil((unit.length + 8) / 1008));
      return arrived / bytes.reduce((sum, count) => sum + count, 0);
    };
    const withParity = await shareNow();
    run.host.applySettings(changed({ parity_percent_max: 0 }));
    await run.frameCount(player.frames.length + 30);
    const without = await shareNow();
    run.host.applySettings(changed({ parity_percent_min: 50, revision: 2 }));
    await run.frameCount(player.frames.length + 30);
    const again = await shareNow();
    expect(without).toBeWithin(0.9, 1.15);
    expect(withParity).toBeGreaterThan(without * 1.5);
    expect(again).toBeGreaterThan(without * 1.4);
    await expectUnbroken(player);
  },
  testMs,
);

test(
  "a new session begins with what is set",
  async () => {
    await using run = await play(changed({ fps_cap: 25, bitrate_kbps: 900 }));
    await until(() => run.host.sessions().length > 0, { what: "it is listed" });
    expect(run.host.sessions()[0]).toMatchObject({ fps: 25, bitrate_kbps: 900 });
    expect((await run.nextWindow()).fps).toBeWithin(15, 28);
  },
  testMs,
);

test(
  "without pacing the packets of a large frame leave as fast as a player can take them",
  async () => {
    await using run = await play();
    const spanOf = ({ stages }: StatsSample) => stages.find(({ name }) => name === "send")?.p50_us;
    const big = { bitrate_kbps: 20_000 };
    run.host.applySettings(changed({ ...big, pacing_share: 0.9 }));
    const spread = spanOf(await run.nextWindow()) ?? 0;
    run.host.applySettings(changed({ ...big, pacing_share: 0, revision: 2 }));
    const atOnce = spanOf(await run.nextWindow()) ?? 0;
    expect(spread).toBeGreaterThan(atOnce * 2);
  },
  testMs,
);
