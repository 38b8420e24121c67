/** What running streams make of the operator's settings. */
import { expect, test } from "bun:test";
import type { StatsSample } from "../../src/model/capture.ts";
import { type Settings, settingsDefault } from "../../src/model/settings.ts";
import { decodeLuma } from "../support/decode.ts";
import { ownCredentials, startTestHost, startTestPlayer } from "../support/native.ts";

type Frames = { bytes: Uint8Array; isKey: boolean; frame: number }[];

/** A busy machine delays packets as a narrow link does: here the bitrate stays as it is set. */
const fixed: Settings = { ...settingsDefault, bitrate_follows_link: false };
const changed = (change: Partial<Settings>): Settings => ({
  ...fixed,
  revision: 1,
  ...change,
});
const keysOf = (frames: Frames) => frames.filter(({ isKey }) => isKey).length;
const bytesOf = (frames: Frames) => frames.reduce((sum, { bytes }) => sum + bytes.length, 0);

/**
 * Slots of the stream's grid in a second, by the host's own count: also those a busy machine missed.
 * Over several windows, because a frame may end in a window after that of its slot.
 */
function slotRate(windows: readonly StatsSample[]): number {
  let [slots, us] = [0, 0];
  for (const { frame_count = 0, missed_slots = 0, window_us = 0 } of windows) {
    slots += frame_count + missed_slots;
    us += window_us;
  }
  return (slots * 1e6) / us;
}

/** What the stream comes to when no slot is missed, in Mbit/s. */
function rateOf(windows: readonly StatsSample[]): number {
  const frames = windows.reduce((sum, { frame_count = 0 }) => sum + frame_count, 0);
  const mbps = windows.reduce((sum, sample) => sum + sample.mbps, 0) / windows.length;
  const seconds = windows.reduce((sum, { window_us = 0 }) => sum + window_us, 0) / 1e6;
  return (mbps * slotRate(windows) * seconds) / frames;
}

/** A session that records from its first frame on. */
async function play(settings = fixed) {
  const host = await startTestHost({ settings });
  host.gate.open(1);
  const player = await startTestPlayer(host.host.port, await ownCredentials(host));
  await player.frameCount(30);
  const samples = (): StatsSample[] =>
    host.events.flatMap((event) => (event.kind === "sample" ? [event.sample] : []));
  return {
    host,
    player,
    samples,
    /** So many encoders have taken over from the first. */
    resetCount: async (count: number) => {
      const resets = () =>
        host.events
          .flatMap((event) => (event.kind === "happened" ? event.happenings : []))
          .filter(({ action }) => action === "encoder_reset");
      await host.event("happened", () => resets().length >= count);
    },
    /** The first whole windows after now. */
    nextWindows: async (count = 1) => {
      const before = samples().length;
      await host.event("sample", () => samples().length > before + count);
      return samples().slice(before + 1, before + 1 + count);
    },
    [Symbol.asyncDispose]: async () => {
      player.player.stop();
      await host[Symbol.asyncDispose]();
    },
  };
}

/** Every frame came, in order, and ffmpeg has nothing to say about the stream. */
async function expectUnbroken(all: Frames): Promise<void> {
  const frames = [...all];
  expect(frames.map(({ frame }) => frame)).toEqual(frames.map((_, index) => index));
  const stream = Buffer.concat(frames.map(({ bytes }) => bytes));
  const pictures = await decodeLuma(stream, { width: 320, height: 180, format: "h264" });
  expect(pictures).toHaveLength(frames.length);
}

/** So many key frames and no more, where a busy machine dropped nothing, which needs another. */
function expectKeys(
  frames: Frames,
  { count, samples }: { readonly count: number; readonly samples: readonly StatsSample[] },
): void {
  if (samples.every(({ frames_dropped }) => frames_dropped === 0))
    expect(keysOf(frames)).toBe(count);
  else expect(keysOf(frames)).toBeGreaterThanOrEqual(count);
}

test("a bitrate is followed within a second, and back to what the player asked for", async () => {
  await using run = await play();
  const { host, player, nextWindows, samples } = run;
  host.host.applySettings(changed({ bitrate_kbps: 500 }));
  const lower = await nextWindows();
  expect(lower[0]?.bitrate_kbps).toBe(500);
  expect(rateOf(lower)).toBeLessThan(0.7);
  host.host.applySettings({ ...fixed, revision: 2 });
  const higher = await nextWindows();
  expect(higher[0]?.bitrate_kbps).toBe(2000);
  expect(rateOf(higher)).toBeGreaterThan(1.2);
  expectKeys(player.frames, { count: 1, samples: samples() });
  await expectUnbroken(player.frames);
}, 40_000);

test("a cap makes fewer frames from a key frame on, at the bitrate as before", async () => {
  await using run = await play();
  const { host, player, nextWindows, resetCount, samples } = run;
  host.host.applySettings(changed({ fps_cap: 20 }));
  await resetCount(1);
  const capped = await nextWindows(3);
  expect(slotRate(capped)).toBeWithin(18, 21);
  expect(rateOf(capped)).toBeGreaterThan(1.2);
  expect(host.host.sessions()[0]?.fps).toBe(20);
  host.host.applySettings(changed({ fps_cap: 100, revision: 2 }));
  await resetCount(2);
  expect(slotRate(await nextWindows(3))).toBeWithin(58, 62);
  expectKeys(player.frames, { count: 3, samples: samples() });
  await expectUnbroken(player.frames);
}, 40_000);

test("another preset is there within a second, from a key frame on", async () => {
  await using run = await play();
  const { host, player, samples } = run;
  host.host.applySettings(changed({ encoder_preset: "medium" }));
  const before = player.frames.length;
  await player.frameCount(before + 60);
  await host.event("sample");
  expectKeys(player.frames.slice(before), { count: 1, samples: samples() });
  await expectUnbroken(player.frames);
}, 40_000);

test("a preset of another encoder leaves the picture as it is", async () => {
  await using run = await play(changed({ encoder_preset: "p3" }));
  await run.player.frameCount(60);
  await expectUnbroken(run.player.frames);
}, 40_000);

test("parity can be turned off while a stream runs, and on again", async () => {
  await using run = await play();
  const { host, player } = run;
  const shareNow = async () => {
    const [from, sentFrom] = [player.frames.length, player.player.arrivals.receivedCount];
    await player.frameCount(from + 60);
    const datagrams = player.player.arrivals.receivedCount - sentFrom;
    return datagrams / (bytesOf(player.frames.slice(from)) / 1148);
  };
  const withParity = await shareNow();
  host.host.applySettings(changed({ parity_percent_max: 0 }));
  await player.frameCount(player.frames.length + 30);
  const without = await shareNow();
  host.host.applySettings(changed({ parity_percent_min: 50, revision: 2 }));
  await player.frameCount(player.frames.length + 30);
  const again = await shareNow();
  expect(without).toBeLessThan(withParity / 1.5);
  expect(again).toBeGreaterThan(without * 1.5);
  await expectUnbroken(player.frames);
}, 40_000);

test("a new session begins with what is set", async () => {
  const settings = changed({ fps_cap: 25, bitrate_kbps: 900 });
  await using run = await play(settings);
  const [session] = run.host.host.sessions();
  expect(session).toMatchObject({ fps: 25, bitrate_kbps: 900 });
  expect(run.player.player.opened.fps).toBe(25);
  expect(slotRate(await run.nextWindows(3))).toBeWithin(23, 26);
}, 40_000);

test("without pacing the packets of a large frame leave at once", async () => {
  await using run = await play();
  const spanOf = ([sample]: readonly StatsSample[]) =>
    sample?.stages.find(({ name }) => name === "send")?.p50_us;
  const big = { bitrate_kbps: 20_000 };
  run.host.host.applySettings(changed({ ...big, pacing_share: 0.9 }));
  const spread = spanOf(await run.nextWindows()) ?? 0;
  run.host.host.applySettings(changed({ ...big, pacing_share: 0, revision: 2 }));
  const atOnce = spanOf(await run.nextWindows()) ?? 0;
  expect(spread).toBeGreaterThan(atOnce * 2);
}, 40_000);
