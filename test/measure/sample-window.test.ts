import { expect, test } from "bun:test";
import fc from "fast-check";
import { SampleWindow, type WindowCounters } from "../../src/measure/sample-window.ts";
import type { StageName } from "../../src/model/capture.ts";

const stages: StageName[] = ["capture", "submit", "encode", "send"];
const counters = {
  bitrate_kbps: 10_000,
  frames_dropped: 1,
  packets_dropped: 2,
  send_dropped: 3,
  fec_recovered: 4,
} satisfies WindowCounters;

const fresh = { isRepeat: false, isKey: false };
const again = { isRepeat: true, isKey: false };

function windowOf(frameCountMax = 1024): SampleWindow {
  const window = new SampleWindow({ stages, frameCountMax });
  window.open(1_000_000);
  return window;
}

test("a window without a frame has rates of zero, and says nothing of stages", () => {
  expect(windowOf().close(3_000_000, counters)).toEqual({
    t_ms: 0,
    session_id: 0,
    stages: [],
    fps: 0,
    repeat_fps: 0,
    mbps: 0,
    ...counters,
    keyframes: 0,
    frame_count: 0,
    window_us: 2_000_000,
  });
});

test("quality is the mean of the frames whose encoder told it", () => {
  const window = windowOf();
  for (const quality of [40, undefined, 51]) window.addFrame(10, 100, { ...fresh, quality });
  expect(window.close(3_000_000, counters).quality).toBe(46);
  window.open(3_000_000);
  window.addFrame(10, 100, fresh);
  expect(window.close(5_000_000, counters)).not.toHaveProperty("quality");
});

test("percentiles are those of nearest rank", () => {
  const window = windowOf();
  for (let frame = 1; frame <= 200; frame++) {
    window.stageUs.fill(0);
    window.stageUs[2] = 201 - frame;
    window.addFrame(201 - frame + 7, 100, fresh);
  }
  const sample = window.close(3_000_000, counters);
  expect(sample.stages[2]).toEqual({
    name: "encode",
    p50_us: 100,
    p99_us: 198,
    mean_us: 100.5,
    max_us: 200,
  });
  expect(sample).toMatchObject({
    total_p50_us: 107,
    total_p99_us: 205,
    total_mean_us: 107.5,
    gap_mean_us: 7,
    gap_p99_us: 7,
    frame_count: 200,
  });
});

test("rates go by the window's real length", () => {
  const window = windowOf();
  for (let frame = 0; frame < 24; frame++) window.addFrame(10, 12_500, fresh);
  for (let frame = 0; frame < 36; frame++) window.addFrame(10, 0, again);
  const sample = window.close(3_400_000, counters);
  expect(sample).toMatchObject({ fps: 10, repeat_fps: 15, mbps: 1, window_us: 2_400_000 });
});

test("key frames are counted, timed or not, and those of the window before are forgotten", () => {
  const window = windowOf();
  const key = { isRepeat: false, isKey: true };
  window.addFrame(10, 1000, key);
  window.addFrame(10, 1000, fresh);
  window.addUntimedFrame(1000, key);
  expect(window.close(2_000_000, counters)).toMatchObject({ keyframes: 2 });
  window.open(2_000_000);
  window.addFrame(10, 1000, again);
  expect(window.close(3_000_000, counters)).toMatchObject({ keyframes: 0 });
});

test("a frame nobody timed counts in the rates alone", () => {
  const window = windowOf();
  window.addFrame(10, 1000, fresh);
  window.addUntimedFrame(1000, fresh);
  const sample = window.close(2_000_000, counters);
  expect(sample).toMatchObject({ fps: 2, frame_count: 1, mbps: 0.016 });
});

test("an opened window knows nothing of the one before", () => {
  const window = windowOf(4);
  for (let frame = 0; frame < 9; frame++) window.addFrame(5000, 1000, fresh);
  window.close(2_000_000, counters);
  window.open(2_000_000);
  window.stageUs.fill(1);
  window.addFrame(10, 1000, fresh);
  expect(window.close(3_000_000, counters)).toMatchObject({
    fps: 1,
    total_p99_us: 10,
    frame_count: 1,
  });
});

test("a window without length has rates of zero", () => {
  const window = windowOf();
  window.addFrame(10, 1000, fresh);
  expect(window.close(1_000_000, counters)).toMatchObject({ fps: 0, mbps: 0, window_us: 0 });
});

test("what cannot be known is zero by name, and a round trip is not there", () => {
  const sample = windowOf().close(3_000_000, {
    ...counters,
    rtt_us: 500,
    unmeasured: ["packets_dropped", "rtt_us"],
    lower_bounds: ["send_dropped"],
  });
  expect(sample).toMatchObject({
    packets_dropped: 0,
    send_dropped: 3,
    unmeasured: ["packets_dropped", "rtt_us"],
    lower_bounds: ["send_dropped"],
  });
  expect(sample).not.toHaveProperty("rtt_us");
});

test("what applies is written, what does not is absent", () => {
  const sample = windowOf().close(3_000_000, { ...counters, rtt_us: 500.4, frames_lost: 0 });
  expect(sample).toMatchObject({ rtt_us: 500, frames_lost: 0 });
  for (const absent of ["idr_requests", "unmeasured", "lower_bounds"]) {
    expect(sample).not.toHaveProperty(absent);
  }
});

const anyTime = fc.oneof(
  fc.integer({ min: 0, max: 100_000 }),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.constantFrom(-1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300),
);

test("whatever comes in, what goes out is finite, not negative and adds up", () => {
  const frame = fc.tuple(fc.array(anyTime, { minLength: 4, maxLength: 4 }), anyTime);
  const property = fc.property(
    fc.array(frame, { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 50 }),
    (frames, frameCountMax) => {
      const window = windowOf(frameCountMax);
      for (const [times, totalUs] of frames) {
        window.stageUs.set(times);
        window.addFrame(totalUs, 1000, fresh);
      }
      const sample = window.close(3_000_000, counters);
      const numbers = [...sample.stages.flatMap(numbersOf), ...numbersOf(sample)];
      for (const number of numbers) expect(number).toBeGreaterThanOrEqual(0);
      expect(numbers.every(Number.isFinite)).toBe(true);
      let sum = sample.gap_mean_us ?? 0;
      for (const stage of sample.stages) sum += stage.mean_us ?? 0;
      expect(Math.abs(sum - (sample.total_mean_us ?? 0))).toBeLessThanOrEqual(0.001 + sum * 1e-12);
      expect(sample.total_p99_us).toBeGreaterThanOrEqual(sample.total_p50_us ?? 0);
    },
  );
  fc.assert(property);
});

function numbersOf(value: object): number[] {
  return Object.values(value).filter((field) => typeof field === "number");
}

test("with more frames than are kept, percentiles are at most 1/64 too large and never too small", () => {
  const property = fc.property(
    fc.array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 9, maxLength: 300 }),
    (times) => {
      const window = new SampleWindow({ stages: ["encode"], frameCountMax: 8 });
      window.open(0);
      for (const time of times) {
        window.stageUs[0] = time;
        window.addFrame(time, 0, fresh);
      }
      const [encode] = window.close(1_000_000, counters).stages;
      const sorted = times.toSorted((a, b) => a - b);
      for (const [share, found] of [
        [0.5, encode?.p50_us],
        [0.99, encode?.p99_us],
      ] as const) {
        const exact = sorted[Math.ceil(share * times.length) - 1] ?? 0;
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact * (1 + 1 / 64));
      }
      expect(encode?.max_us).toBe(Math.max(...times));
      expect(encode?.mean_us).toBeCloseTo(
        times.reduce((sum, time) => sum + time) / times.length,
        2,
      );
    },
  );
  fc.assert(property);
});

test.each([
  [8, 1000],
  [9, 1007],
])("with eight frames kept, %d give a median of %d", (count, median) => {
  const window = new SampleWindow({ stages: ["encode"], frameCountMax: 8 });
  window.open(0);
  for (let frame = 0; frame < count; frame++) {
    window.stageUs[0] = frame === 0 ? 5000 : 1000;
    window.addFrame(5000, 0, fresh);
  }
  expect(window.close(1_000_000, counters).stages[0]?.p50_us).toBe(median);
});
