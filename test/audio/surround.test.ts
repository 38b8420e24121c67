/** Sound for more than two speakers: what is played on one is heard on that one only. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { fileSound } from "../../src/audio/file-sound.ts";
import { type ChannelCount, sampleRate, samplesIn, spreadStereo } from "../../src/audio/format.ts";
import { OpusPacker } from "../../src/audio/opus.ts";
import type { Micros } from "../../src/base/clock.ts";
import { describe } from "../../src/gamestream/rtsp/sdp.ts";
import { SurroundDecoder } from "../support/gamestream-client/surround-decoder.ts";
import { command } from "../support/programs.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const anyTime = 0 as Micros;
const surround = [
  [6, 0],
  [6, 1],
  [6, 2],
  [6, 3],
  [6, 4],
  [6, 5],
  [8, 0],
  [8, 3],
  [8, 4],
  [8, 6],
  [8, 7],
] as const;

const offered = (channelCount: ChannelCount) =>
  new RegExp(`surround-params=(${channelCount}\\d+)`).exec(describe({ codecs: [] }))?.[1] ?? "";

/** The loudness of each channel after a second through Opus and back. */
function heard(channelCount: ChannelCount, read: (target: Int16Array) => void): number[] {
  const packer = new OpusPacker(channelCount);
  using decoder = new SurroundDecoder(offered(channelCount));
  const samples = new Int16Array(samplesIn(5) * channelCount);
  const sums = new Array<number>(channelCount).fill(0);
  for (let index = 0; index < 200; index++) {
    read(samples);
    for (const [channel, values] of decoder.decode(packer.pack(samples)).entries())
      sums[channel] = (sums[channel] ?? 0) + values.reduce((sum, value) => sum + value * value, 0);
  }
  return sums.map((sum) => Math.sqrt(sum / sampleRate));
}

const loud = (levels: readonly number[]) =>
  levels.flatMap((level, channel) => (level > 0.01 ? [channel] : []));

test.each(surround)(
  "with %d channels a tone on speaker %d is heard there only",
  (count, speaker) => {
    let sample = 0;
    const levels = heard(count, (target) => {
      for (let at = 0; at < target.length; at += count) {
        target[at + speaker] = 8000 * Math.sin((2 * Math.PI * 440 * sample++) / sampleRate);
      }
    });
    expect(levels[speaker]).toBeWithin(0.15, 0.2);
    expect(levels.filter((level, channel) => channel !== speaker && level > 0.002)).toEqual([]);
  },
);

test.each([2, 6, 8] as const)(
  "packets of %d channels have one length, whatever they hold",
  (count) => {
    const packer = new OpusPacker(count);
    const samples = new Int16Array(samplesIn(5) * count);
    const lengths = new Set<number>();
    for (let index = 0; index < 200; index++) {
      if (index > 50) crypto.getRandomValues(samples);
      if (index > 100) samples.fill(index > 150 ? 0 : 32_767);
      lengths.add(packer.pack(samples).length);
    }
    expect(lengths.size).toBe(1);
  },
);

test("stereo is heard on all speakers of its side, and both sides in the middle", () => {
  const spread = spreadStereo(Int16Array.of(100, -40, 7, 7), 8);
  expect([...spread.subarray(0, 8)]).toEqual([100, -40, 30, 30, 100, -40, 100, -40]);
  expect([...spread.subarray(8)]).toEqual([7, 7, 7, 7, 7, 7, 7, 7]);
});

/** A film with a tone on one speaker. */
async function film(path: string, layout: "5.1" | "5.1(side)" | "7.1", speaker: number) {
  const count = layout === "7.1" ? 8 : 6;
  const sounds = Array.from({ length: count }, (_, at) =>
    at === speaker ? "0.25*sin(2*PI*440*t)" : "0",
  );
  const input = `aevalsrc=${sounds.join("|")}:s=48000:c=${layout}:d=2`;
  await command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", input, "-c:a", "flac", path);
  return path;
}

test.each([
  ["5.1", 6, 3, [3]],
  ["5.1", 6, 4, [4]],
  // Both names of the speakers at the back mean the same two.
  ["5.1(side)", 6, 4, [4]],
  ["5.1(side)", 8, 5, [7]],
  ["5.1", 8, 5, [5]],
  ["7.1", 8, 6, [6]],
  ["7.1", 8, 2, [2]],
  // What a player has no speaker for is heard on the nearest.
  ["7.1", 6, 7, [5]],
  ["5.1", 2, 0, [0]],
] as const)(
  "a film in %s is heard with %d channels on its speaker %d",
  async (...[layout, count, speaker, expected]) => {
    await using directory = await tempDirectory();
    const source = fileSound(await film(join(directory.path, "film.mka"), layout, speaker), {
      channelCount: count,
    });
    const levels = heard(count, (target) => source.read(target, anyTime));
    source.close();
    expect(loud(levels)).toEqual([...expected]);
  },
);
