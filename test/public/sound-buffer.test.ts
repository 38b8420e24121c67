/** Sound between packets and the sound card, without either. */
import { expect, test } from "bun:test";
import { SoundBuffer, sampleRate } from "../../public/sound-buffer.ts";
import { SoundPace } from "../../public/sound-pace.ts";
import { frequencyOf, peakOf } from "../support/frequency.ts";
import { Random } from "../support/random.ts";

const packetCount = 480;
const packetUs = 10_000;
const quantum = 128;
const toneHz = 440;

function makeBuffer(holdMs: number): SoundBuffer {
  const holdCount = (holdMs * sampleRate) / 1000;
  return new SoundBuffer({ channelCount: 1, sampleCountMax: sampleRate, holdCount });
}

/** The samples of packet `index` of an endless tone. */
function tonePacket(index: number, length = packetCount): Float32Array[] {
  const first = index * length;
  return [
    Float32Array.from({ length }, (_, at) =>
      Math.sin((2 * Math.PI * toneHz * (first + at)) / sampleRate),
    ),
  ];
}

function readMs(buffer: SoundBuffer, ms: number): number[] {
  const heard: number[] = [];
  for (let left = Math.round((ms * sampleRate) / 1000 / quantum); left > 0; left -= 1) {
    const target = new Float32Array(quantum);
    buffer.read([target]);
    heard.push(...target);
  }
  return heard;
}

test("nothing is heard until as much waits as is held back", () => {
  const buffer = makeBuffer(40);
  for (const index of [0, 1, 2]) buffer.write(index * packetUs, tonePacket(index));
  expect(peakOf(readMs(buffer, 10))).toBe(0);
  for (const index of [3, 4]) buffer.write(index * packetUs, tonePacket(index));
  expect(peakOf(readMs(buffer, 8))).toBeGreaterThan(0.5);
  expect(buffer.emptyCount).toBe(0);
});

test("where more waits than is held back, the newest of it is heard first", () => {
  const buffer = makeBuffer(20);
  for (let index = 0; index < 50; index += 1) buffer.write(index * packetUs, tonePacket(index));
  readMs(buffer, quantum / 48);
  // Half a second came at once: its last 20 ms are left.
  expect(buffer.placeUs).toBeCloseTo(480_000, -2);
});

test("a packet that never came is silence of its length", () => {
  const buffer = makeBuffer(70);
  for (const index of [0, 1, 2, 3, 5, 6, 7]) buffer.write(index * packetUs, tonePacket(index));
  const heard = readMs(buffer, 48);
  expect(buffer.emptyCount).toBe(0);
  const silent = heard.filter((value) => value === 0).length;
  expect(silent).toBeGreaterThan(packetCount - 20);
  expect(silent).toBeLessThan(packetCount + 20);
});

test("what was played before is left out, and what comes much later begins again", () => {
  const buffer = makeBuffer(20);
  for (const index of [0, 1, 2, 3]) buffer.write(index * packetUs, tonePacket(index));
  buffer.write(packetUs, tonePacket(1));
  readMs(buffer, 3);
  expect(buffer.isPlaying).toBe(true);
  buffer.write(9_000_000, tonePacket(900));
  expect(buffer.isPlaying).toBe(false);
  for (const index of [901, 902, 903]) buffer.write(index * packetUs, tonePacket(index));
  readMs(buffer, 3);
  expect(buffer.placeUs).toBeGreaterThan(9_000_000);
});

test("sound that is not expected for a while has not run out", () => {
  const buffer = makeBuffer(20);
  for (const index of [0, 1, 2, 3]) buffer.write(index * packetUs, tonePacket(index));
  readMs(buffer, 3);
  buffer.rest();
  expect(peakOf(readMs(buffer, 500))).toBe(0);
  expect(buffer.emptyCount).toBe(0);
  for (const index of [70, 71, 72]) buffer.write(index * packetUs, tonePacket(index));
  readMs(buffer, 3);
  expect(buffer.placeUs).toBeGreaterThan(700_000);
});

type Network = {
  readonly unevenMs: number;
  readonly drift?: number;
  /** Nothing comes for so long; then all at once. */
  readonly breakMs?: number;
  /** Time from one such break to the next. */
  readonly everyMs?: number;
};

/** A minute of packets that come up to `unevenMs` late, to a card whose clock is `drift` off. */
function run({ unevenMs, drift = 0, breakMs = 0, everyMs = 8000 }: Network) {
  const random = new Random(7);
  const buffer = makeBuffer(40);
  const pace = new SoundPace();
  const pictureLagMs = 18;
  const heard: number[] = [];
  const offsetsMs: number[] = [];
  let [sent, arriveMs] = [0, 0];
  const quantumMs = (quantum / sampleRate) * 1000 * (1 + drift);
  for (let nowMs = 0; nowMs < 60_000; nowMs += quantumMs) {
    for (; arriveMs <= nowMs; sent += 1) {
      buffer.write(sent * 2 * packetUs, tonePacket(sent, 2 * packetCount));
      const dueMs = (sent + 1) * 20 + 2 + (random.below(1000) * unevenMs) / 1000;
      arriveMs = Math.max(arriveMs, dueMs + Math.max(0, breakMs - (dueMs % everyMs)));
    }
    const offsetMs = nowMs + 11 - buffer.placeUs / 1000 - pictureLagMs;
    const { isPlaying } = buffer;
    const target = new Float32Array(quantum);
    buffer.read([target]);
    if (nowMs > 30_000) heard.push(...target);
    if (nowMs > 30_000 && isPlaying) offsetsMs.push(offsetMs);
    if (Math.floor(nowMs / 1000) === Math.floor((nowMs - quantumMs) / 1000)) continue;
    pace.take({
      leastMs: (buffer.leastCount * 1000) / sampleRate,
      averageMs: (buffer.averageCount * 1000) / sampleRate,
      offsetMs,
    });
    buffer.leastCount = Number.POSITIVE_INFINITY;
    buffer.holdCount = Math.round((pace.holdMs * sampleRate) / 1000);
    buffer.moreCount = Math.round((pace.moreMs * sampleRate) / 1000);
  }
  return { heard, offsetsMs, emptyCount: buffer.emptyCount };
}

test("over an even network sound is heard with its picture, never runs out and keeps its pitch", () => {
  for (const drift of [-0.001, 0, 0.001]) {
    const { heard, offsetsMs, emptyCount } = run({ unevenMs: 3, drift });
    expect(emptyCount).toBe(0);
    expect(Math.max(...offsetsMs.map(Math.abs))).toBeLessThan(30);
    expect(Math.abs(frequencyOf(heard, sampleRate * (1 - drift)) - toneHz)).toBeLessThan(3);
  }
});

test("over an uneven network it is held back for as long as packets are late, and no longer", () => {
  const { offsetsMs, emptyCount } = run({ unevenMs: 60 });
  expect(emptyCount).toBeLessThanOrEqual(4);
  const highest = Math.max(...offsetsMs);
  expect(highest).toBeGreaterThan(30);
  expect(highest).toBeLessThan(120);
});

test("sound that runs out again is held back by what was missing, and for half a minute", () => {
  const { offsetsMs, emptyCount } = run({ unevenMs: 3, breakMs: 110 });
  expect(emptyCount).toBe(2);
  expect(Math.max(...offsetsMs)).toBeLessThan(130);
});

test("an interruption as short as sound may be late unnoticed is not heard", () => {
  const { emptyCount } = run({ unevenMs: 3, breakMs: 20, everyMs: 9000 });
  expect(emptyCount).toBe(0);
});

test("a single interruption does not take sound away from its picture", () => {
  const { offsetsMs, emptyCount } = run({ unevenMs: 3, breakMs: 110, everyMs: 45_000 });
  expect(emptyCount).toBe(1);
  expect(Math.max(...offsetsMs.map(Math.abs))).toBeLessThan(40);
});
