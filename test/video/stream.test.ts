import { expect, test } from "bun:test";
import { onWarning } from "../../src/base/log.ts";
import { type Ending, ending } from "../../src/model/ending.ts";
import { reasonText } from "../../src/model/reason.ts";
import { warningEvent } from "../../src/model/warning.ts";
import { codeCellSize, readCode } from "../../src/video/code-block.ts";
import type { EncoderReset } from "../../src/video/link.ts";
import type { SharedFrame } from "../../src/video/stream.ts";
import { decodeLuma } from "../support/decode.ts";
import {
  collect,
  type KeptFrame,
  median,
  openSmall,
  smallMode,
  streamBytes,
} from "../support/stream.ts";

const formats = { h264: "h264", hevc: "hevc", av1: "obu" } as const;
/** SVT-AV1 needs more than the others to keep small cells apart. */
const lowBitrates = { h264: 600, hevc: 600, av1: 2000 } as const;
const keysOf = (frames: readonly KeptFrame[]) => frames.filter(({ isKey }) => isKey).length;

for (const codec of ["h264", "hevc", "av1"] as const) {
  test(`every ${codec} frame at a low bitrate shows its number and the start of its capture`, async () => {
    await using stream = await openSmall({ codec, bitrateKbps: lowBitrates[codec] });
    const frames = await collect(stream, ({ length }) => length === 60);
    const picture = { ...smallMode, format: formats[codec] };
    const pictures = await decodeLuma(streamBytes(frames), picture);
    const expected = frames.map(({ index, captureStartUs }) => {
      return { frameNumber: index, captureStartUs };
    });
    expect(pictures.map(readCode)).toEqual(expected);
  });

  test(`a request gives ${codec} one key frame within two frames`, async () => {
    await using stream = await openSmall({ codec });
    const frames = await collect(stream, ({ length }) => {
      if (length === 30) stream.requestIdr();
      return length === 60;
    });
    expect(frames[0]?.isKey).toBe(true);
    expect(keysOf(frames.slice(30, 33))).toBe(1);
    expect(keysOf(frames)).toBe(2);
  });

  test(`a change of ${codec} bitrate shows in what is measured`, async () => {
    await using stream = await openSmall({ codec, bitrateKbps: 2000 });
    const frames = await collect(stream, ({ length }) => {
      if (length === 60) stream.setBitrate(500);
      return length === 150;
    });
    expect(rateKbps(frames.slice(30, 60))).toBeGreaterThan(1200);
    expect(rateKbps(frames.slice(90))).toBeWithin(250, 750);
    await decodeLuma(streamBytes(frames), { ...smallMode, format: formats[codec] });
  });
}

test("a slow preset shows in encode, neither in capture nor in submit", async () => {
  const mode = { width: 1280, height: 720, fps: 10, bitrateKbps: 5000 };
  const [fast, slow] = [await timesOf(mode), await timesOf({ ...mode, preset: "slow" })];
  expect(slow.encode).toBeGreaterThan(fast.encode * 3);
  const growth = slow.encode - fast.encode;
  expect(slow.capture - fast.capture).toBeLessThan(growth / 5);
  expect(slow.submit - fast.submit).toBeLessThan(growth / 5);
});

test("an encoder that is too slow makes fewer frames, each within a slot of its own", async () => {
  const intervalUs = 1e6 / 240;
  await using stream = await openSmall({ width: 1280, height: 720, fps: 240, preset: "slow" });
  const frames = await collect(stream, ({ length }) => length === 20);
  const starts = frames.map(({ captureStartUs }) => captureStartUs);
  const steps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
  expect(median(steps)).toBeGreaterThan(2 * intervalUs);
  // Each slot since the first frame either has its frame or is counted as missed.
  for (const { captureStartUs, dueUs, slot, index, missedCount } of frames) {
    const slots = (dueUs - (frames[0]?.dueUs ?? 0)) / intervalUs;
    const counted = index + missedCount - (frames[0]?.missedCount ?? 0);
    expect(slot - (frames[0]?.slot ?? 0)).toBe(Math.round(slots));
    expect(counted).toBe(Math.round(slots));
    expect(captureStartUs).toBeGreaterThanOrEqual(dueUs);
  }
  // The grid says the same: its numbers have no gap but for missed slots, its times are regular.
  for (const { slot, dueUs, captureStartUs } of frames) {
    const passed = slot - (frames[0]?.slot ?? 0);
    expect(Math.abs(dueUs - (frames[0]?.dueUs ?? 0) - passed * intervalUs)).toBeLessThan(2);
    expect(captureStartUs).toBeGreaterThanOrEqual(dueUs);
  }
  expect(frames.at(-1)?.missedCount).toBeGreaterThan(20);
  // A reader that was late for more than the pool holds gets none of those frames; no frame comes twice.
  const indexes = frames.map(({ index }) => index);
  expect(indexes).toEqual([...new Set(indexes)].toSorted((a, b) => a - b));
});

test("a change of mode continues in the same stream with a key frame of the new size", async () => {
  await using stream = await openSmall();
  const large = { width: 640, height: 360, fps: 30 };
  const frames = await collect(stream, (all) => {
    if (all.length === 10) stream.setMode(large);
    return all.length >= 40 && keysOf(all) === 2;
  });
  const change = frames.findLastIndex(({ isKey }) => isKey);
  const format = "h264";
  const before = await decodeLuma(streamBytes(frames.slice(0, change)), { ...smallMode, format });
  const after = await decodeLuma(streamBytes(frames.slice(change)), { ...large, format });
  const numbers = [...before, ...after].map((picture) => readCode(picture)?.frameNumber);
  expect(numbers).toEqual(frames.map(({ index }) => index));
});

test("an encoder that is opened again says when, and for what", async () => {
  await using stream = await openSmall();
  const resets: EncoderReset[] = [];
  using _ = stream.subscribe({
    onFrame: (frame) => frame.release(),
    onReset: (reset) => void resets.push(reset),
    onEnd: () => undefined,
  });
  const frames = await collect(stream, (all) => {
    if (all.length === 10) stream.tune({ preset: "veryfast", bitrateKbps: 2000 });
    // Followed without a new one.
    if (all.length === 20) stream.tune({ bitrateKbps: 3000 });
    return all.length >= 40 && keysOf(all) === 2;
  });
  const [before, after] = frames.filter(({ isKey }) => isKey);
  expect(resets.map(({ reason }) => reasonText(reason))).toEqual([
    expect.stringMatching(/^preset default to veryfast, 1 to [23] Mbit\/s$/),
  ]);
  const atUs = resets[0]?.atUs ?? 0;
  expect(atUs).toBeGreaterThan(before?.captureStartUs ?? 0);
  expect(atUs).toBeLessThanOrEqual(after?.captureStartUs ?? 0);
});

test("what cannot be encoded leaves the encoder at work, and a warning with the reason", async () => {
  const large = { codec: "hevc", width: 1280, height: 720, fps: 10, encoder: "x264" } as const;
  await using stream = await openSmall(large);
  const warned = Promise.withResolvers<string>();
  using _ = onWarning((code, fields) => warned.resolve(warningEvent(code, fields).message));
  await collect(stream, ({ length }) => length === 2);
  stream.tune({ fps: 240 });
  const text = /^encoder not changed; the current one stays: Cannot encode 1280x720 at 240 fps/;
  expect(await warned.promise).toMatch(text);
  expect(keysOf(await collect(stream, ({ length }) => length === 2))).toBeLessThan(2);
});

test("a stream that nobody measures has no stage times", async () => {
  await using stream = await openSmall({}, new SharedArrayBuffer(8));
  const frames = await collect(stream, ({ length }) => length === 5);
  for (const { isMeasured, captureUs, submitUs, encodeUs, captureStartUs } of frames) {
    expect([isMeasured, captureUs, submitUs, encodeUs]).toEqual([false, 0, 0, 0]);
    expect(captureStartUs).toBeGreaterThan(0);
  }
});

test("a consumer that comes later begins with a key frame", async () => {
  await using stream = await openSmall();
  const first = collect(stream, ({ length }) => length === 60);
  await collect(stream, ({ length }) => length === 10);
  const late = await collect(stream, ({ length }) => length === 10);
  expect(late[0]?.isKey).toBe(true);
  expect(await first).toHaveLength(60);
});

test("frames that are kept are dropped ones later, and a key frame follows", async () => {
  await using stream = await openSmall();
  await using metronome = await openSmall();
  const kept: SharedFrame[] = [];
  const next = Promise.withResolvers<SharedFrame>();
  let isKeeping = true;
  stream.subscribe({
    onFrame: (frame) => (isKeeping ? kept.push(frame) : next.resolve(frame)),
    onEnd: () => next.reject(new Error("ended")),
  });
  await collect(metronome, ({ length }) => kept.length === 8 && length >= 40);
  isKeeping = false;
  for (const frame of kept) frame.release();
  const { index, isKey, droppedCount } = await next.promise;
  expect(isKey).toBe(true);
  expect(droppedCount).toBeGreaterThan(0);
  const last = kept.at(-1);
  expect(index - (last?.index ?? 0)).toBe(droppedCount - (last?.droppedCount ?? 0) + 1);
});

test("two streams with modes of their own run at once", async () => {
  const large = { width: 640, height: 360, fps: 30 };
  await using one = await openSmall();
  await using two = await openSmall(large);
  const streams = [one, two];
  const isEnough = ({ length }: { length: number }) => length === 30;
  const [small, big] = await Promise.all(streams.map((stream) => collect(stream, isEnough)));
  const format = "h264";
  expect(await decodeLuma(streamBytes(small ?? []), { ...smallMode, format })).toHaveLength(30);
  expect(await decodeLuma(streamBytes(big ?? []), { ...large, format })).toHaveLength(30);
});

test("closing notifies consumers that it was on purpose", async () => {
  await using stream = await openSmall();
  const { promise, resolve } = Promise.withResolvers<Ending>();
  stream.subscribe({ onFrame: (frame) => frame.release(), onEnd: resolve });
  await stream.close();
  expect(await promise).toEqual(ending("stream_closed"));
  await stream.close();
});

test("a picture too small for a code is streamed all the same", async () => {
  expect(codeCellSize(16, 16)).toBeUndefined();
  const size = { width: 16, height: 16 };
  await using stream = await openSmall(size);
  const frames = await collect(stream, ({ length }) => length === 3);
  expect(await decodeLuma(streamBytes(frames), { ...size, format: "h264" })).toHaveLength(3);
});

async function timesOf(options: Parameters<typeof openSmall>[0]) {
  await using stream = await openSmall(options);
  const frames = await collect(stream, ({ length }) => length === 12);
  const steady = frames.slice(2);
  return {
    capture: median(steady.map(({ captureUs }) => captureUs)),
    submit: median(steady.map(({ submitUs }) => submitUs)),
    encode: median(steady.map(({ encodeUs }) => encodeUs)),
  };
}

function rateKbps(frames: readonly KeptFrame[]): number {
  const bytes = frames.reduce((sum, { byteCount }) => sum + byteCount, 0);
  return (bytes * 8 * smallMode.fps) / frames.length / 1000;
}
