/** Sound from its sources to Opus and back. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Decoder } from "@evan/opus";
import { fileSound } from "../../src/audio/file-sound.ts";
import { sampleRate, samplesIn } from "../../src/audio/format.ts";
import { OpusPacker } from "../../src/audio/opus.ts";
import { SampleRing } from "../../src/audio/sample-ring.ts";
import { SoundLoop } from "../../src/audio/sound-loop.ts";
import { openSilence, openTone, toneHz } from "../../src/audio/tone.ts";
import { type Micros, systemClock } from "../../src/base/clock.ts";
import { frequencyOf, peakOf } from "../support/frequency.ts";
import { command } from "../support/programs.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const channelCount = 2;
const atAnyTime = 0 as Micros;

test("the test tone comes back from Opus with its pitch, in packets of one length", () => {
  const [source, packer, decoder] = [
    openTone(channelCount),
    new OpusPacker(channelCount),
    new Decoder({ channels: channelCount, sample_rate: sampleRate }),
  ];
  const samples = new Int16Array(samplesIn(5) * channelCount);
  const lengths = new Set<number>();
  const heard: number[] = [];
  for (let index = 0; index < 200; index++) {
    source.read(samples, atAnyTime);
    const packet = packer.pack(samples);
    lengths.add(packet.length);
    const bytes = new Uint8Array(decoder.decode(packet));
    heard.push(...new Int16Array(bytes.buffer).filter((_, at) => at % channelCount === 0));
  }
  expect(lengths.size).toBe(1);
  expect(Math.abs(frequencyOf(heard.slice(4800), sampleRate) - toneHz)).toBeLessThan(3);
});

test("the sound of a file is played in 48 kHz stereo and begins again at its end", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "tone.wav");
  await makeTone(path);
  const source = fileSound(path, { channelCount });
  const samples = new Int16Array(sampleRate * channelCount);
  // The file lasts half a second: a whole second has it twice.
  source.read(samples, atAnyTime);
  source.close();
  const left = [...samples].filter((_, at) => at % channelCount === 0);
  expect(Math.abs(frequencyOf(left, sampleRate) - 1000)).toBeLessThan(5);
  expect(peakOf(left.slice(40_000))).toBeGreaterThan(1000);
});

test("sound that is shorter than its film waits in silence for the picture", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "film.mkv");
  const picture = ["-f", "lavfi", "-i", "color=black:size=64x36:rate=25:duration=1"];
  const tone = ["-f", "lavfi", "-i", "sine=frequency=1000:sample_rate=48000:duration=0.5"];
  await command("ffmpeg", "-v", "error", ...picture, ...tone, "-c:a", "pcm_s16le", path);
  const source = fileSound(path, { channelCount });
  const peaks = [0, 0.5, 1, 1.5].map(() => {
    const samples = new Int16Array((sampleRate / 2) * channelCount);
    source.read(samples, atAnyTime);
    return peakOf([...samples.subarray(2000, -2000)]);
  });
  source.close();
  expect(peaks.map((peak) => peak > 1000)).toEqual([true, false, true, false]);
});

test("a file without sound is refused with a reason", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "text.txt");
  await Bun.write(path, "no sound in here");
  expect(() => fileSound(path, { channelCount })).toThrow("Cannot play the sound of");
});

test("a pipe is refused as sound at once", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "sound.wav");
  await command("mkfifo", path);
  expect(() => fileSound(path, { channelCount })).toThrow("it is not a regular file");
});

test("a full ring forgets the oldest samples", () => {
  const ring = new SampleRing({ sampleCountMax: 2, channelCount });
  ring.write(Int16Array.of(1, 1, 2, 2, 3, 3));
  expect(ring.count).toBe(2);
  const target = new Int16Array(4);
  ring.read(target);
  expect([...target]).toEqual([2, 2, 3, 3]);
});

test("an empty ring gives silence", () => {
  const ring = new SampleRing({ sampleCountMax: 4, channelCount });
  ring.write(Int16Array.of(7, 7));
  const target = new Int16Array(4).fill(9);
  ring.read(target);
  expect([...target]).toEqual([7, 7, 0, 0]);
});

async function makeTone(path: string): Promise<void> {
  const input = "sine=frequency=1000:sample_rate=44100:duration=0.5";
  const made = Bun.spawn(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", input, "-ac", "1", path]);
  expect(await made.exited).toBe(0);
}

test("each packet says when its source played its first sample, less what was held back", async () => {
  const dueUs: number[] = [];
  const packetsUs: number[] = [];
  const loop = new SoundLoop({
    ...{ clock: systemClock(), packetMs: 10, channelCount },
    source: {
      ...{ delayUs: 30_000, close: () => undefined },
      read: (_target, atUs) => void dueUs.push(atUs),
    },
    onPacket: (_bytes, atUs) => {
      packetsUs.push(atUs);
      if (packetsUs.length === 5) loop.close();
    },
  });
  await loop.run();
  // The encoder's own delay is 2.5 ms.
  expect(packetsUs).toEqual(dueUs.map((us) => us - 32_500));
});

test("packets without anything to hear are marked as such", async () => {
  const marks: boolean[] = [];
  const loop = new SoundLoop({
    ...{ clock: systemClock(), packetMs: 5, channelCount, source: openSilence() },
    onPacket: (_bytes, _atUs, isSilent) => {
      marks.push(isSilent);
      if (marks.length === 2) loop.replaceSource(openTone(channelCount));
      if (marks.length === 4) loop.close();
    },
  });
  await loop.run();
  expect(marks).toEqual([true, true, false, false]);
});
