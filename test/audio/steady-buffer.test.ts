/** Sound between two clocks, by simulated time: what comes late or at another pace is not heard. */
import { expect, test } from "bun:test";
import { samplesIn } from "../../src/audio/format.ts";
import { SteadyBuffer } from "../../src/audio/steady-buffer.ts";
import { frequencyOf, peakOf } from "../support/frequency.ts";
import { Random } from "../support/random.ts";

const sampleRate = 48_000;
const hertz = 1000;
const channelCount = 2;

/** A source whose clock is off by `driftPpm`, in pieces of 5 ms, each up to `lateMsMax` late. */
function play({
  driftPpm,
  lateMsMax,
  seconds,
}: {
  driftPpm: number;
  lateMsMax: number;
  seconds: number;
}) {
  const buffer = new SteadyBuffer({
    holdCount: samplesIn(20),
    sampleCountMax: samplesIn(100),
    channelCount,
  });
  const random = new Random(18);
  const heard: number[] = [];
  const piece = new Int16Array(samplesIn(5) * channelCount);
  const target = new Int16Array(samplesIn(5) * channelCount);
  let writtenCount = 0;
  let dueMs = 0;
  for (let nowMs = 0; nowMs < seconds * 1000; nowMs += 5) {
    while (dueMs <= nowMs) {
      for (let at = 0; at < piece.length; at++) piece[at] = tone(writtenCount + (at >> 1));
      writtenCount += piece.length / channelCount;
      buffer.write(piece);
      const madeMs = (writtenCount / sampleRate) * 1000 * (1 - driftPpm / 1e6);
      dueMs = Math.max(dueMs, madeMs + random.below(lateMsMax + 1));
    }
    buffer.read(target);
    heard.push(...target.filter((_, at) => at % channelCount === 0));
  }
  return { buffer, heard };
}

function tone(index: number): number {
  return Math.round(8000 * Math.sin((2 * Math.PI * hertz * index) / sampleRate));
}

test.each([0, 300, -300])(
  "a clock that is %d ppm off is never heard",
  (driftPpm) => {
    const { buffer, heard } = play({ driftPpm, lateMsMax: 12, seconds: 60 });
    expect(buffer.emptyReadCount).toBe(0);
    const later = heard.slice(sampleRate);
    expect(Math.abs(frequencyOf(later, sampleRate) - hertz)).toBeLessThan(6);
    // No step is larger than the tone's own.
    const steps = later.slice(1).map((value, at) => Math.abs(value - (later[at] ?? 0)));
    expect(peakOf(steps)).toBeLessThan(1200);
  },
  30_000,
);

test("20 ms are held back before the first sound, and again after a pause", () => {
  const buffer = new SteadyBuffer({ holdCount: 960, sampleCountMax: 4800, channelCount });
  const target = new Int16Array(240 * channelCount);
  const isSilent = () => {
    buffer.read(target);
    return peakOf([...target]) === 0;
  };
  const loud = (count: number) => buffer.write(new Int16Array(count * channelCount).fill(5000));
  loud(1199);
  expect(isSilent()).toBe(true);
  loud(1);
  expect(isSilent()).toBe(false);
  while (!isSilent());
  expect(buffer.emptyReadCount).toBe(1);
  loud(900);
  expect(isSilent()).toBe(true);
  loud(300);
  expect(isSilent()).toBe(false);
});

test("a buffer that is full forgets the oldest samples", () => {
  const buffer = new SteadyBuffer({ holdCount: 8, sampleCountMax: 16, channelCount });
  buffer.write(Int16Array.from({ length: 40 * channelCount }, (_, at) => at >> 1));
  const target = new Int16Array(2 * channelCount);
  buffer.read(target);
  expect(target[0]).toBeGreaterThanOrEqual(24);
});
