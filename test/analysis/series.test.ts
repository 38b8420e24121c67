import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import fc from "fast-check";
import { makeSeries } from "../../src/analysis/series.ts";
import type { Capture, CaptureSession, StatsSample } from "../../src/model/capture.ts";
import { Series } from "../../src/model/series.ts";
import { sampleOf } from "../support/recorder-parts.ts";

const one: CaptureSession = {
  session_id: 1,
  kind: "native",
  width: 1280,
  height: 720,
  fps: 60,
  codec: "h264",
  client: "a player",
};

function captureOf(
  samples: StatsSample[],
  sessions: CaptureSession[] | undefined = [one],
): Capture {
  return {
    meta: {
      id: "x",
      started_unix_ms: 0,
      duration_ms: samples.at(-1)?.t_ms ?? 0,
      kind: "native",
      width: 1280,
      height: 720,
      fps: 60,
      codec: "h264",
      client: "a player",
      sample_count: samples.length,
      ...(sessions === undefined ? {} : { sessions }),
    },
    samples,
  };
}

function samplesOf(count: number, fields: (index: number) => Partial<StatsSample>): StatsSample[] {
  return Array.from({ length: count }, (_, index) =>
    sampleOf({ t_ms: (index + 1) * 2000, session_id: 1, ...fields(index) }),
  );
}

function total(values: readonly (number | null)[] | undefined): number {
  return (values ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

test("few samples are given as they are, with the session they belong to", () => {
  const capture = captureOf(samplesOf(2, (index) => ({ fps: 60 - index, packets_dropped: index })));
  const series = makeSeries(capture);
  expect(series).toMatchObject({ from_ms: 0, to_ms: 4000, duration_ms: 4000, sample_count: 2 });
  expect(series.sessions).toHaveLength(1);
  expect(series.sessions[0]).toMatchObject({
    ...one,
    stages: ["capture"],
    t_ms: [2000, 4000],
    window_count: [1, 1],
    stage_p50_us: [[100, 100]],
    stage_p99_us: [[200, 200]],
    stage_mean_us: [[null, null]],
    total_mean_us: [null, null],
    new_fps: [60, 59],
    packets_dropped: [0, 1],
    bitrate_kbps: [20_000, 20_000],
    rtt_us: [null, null],
    lower_bounds: [],
  });
});

test("5,400 samples become 600 buckets of nine", () => {
  const [session] = makeSeries(captureOf(samplesOf(5400, () => ({})))).sessions;
  expect(session?.t_ms).toHaveLength(600);
  expect(total(session?.window_count)).toBe(5400);
});

test("a spike of one window shows at every zoom", () => {
  const samples = samplesOf(5400, (index) =>
    index === 2345
      ? {
          stages: [{ name: "encode", p50_us: 1, p99_us: 99_999, mean_us: 1, max_us: 123_456 }],
          fps: 7,
        }
      : { stages: [{ name: "encode", p50_us: 1, p99_us: 2, mean_us: 1, max_us: 3 }] },
  );
  for (const points of [2, 60, 600, 2000]) {
    const [session] = makeSeries(captureOf(samples), { points }).sessions;
    expect(Math.max(...(session?.stage_p99_us[0] ?? []).map(Number))).toBe(99_999);
    expect(Math.max(...(session?.stage_max_us[0] ?? []).map(Number))).toBe(123_456);
    expect(Math.min(...(session?.new_fps ?? []).map(Number))).toBe(7);
  }
});

test("what nobody measured is null, what was measured in part is a lower bound", () => {
  const samples = samplesOf(6, (index) => ({
    packets_dropped: index === 3 ? 5 : 0,
    unmeasured: index < 3 ? ["packets_dropped"] : [],
  }));
  const [session] = makeSeries(captureOf(samples), { points: 3 }).sessions;
  expect(session?.window_count).toEqual([1, 2, 3]);
  expect(session?.packets_dropped).toEqual([null, null, 5]);
  expect(session?.lower_bounds.map(({ field }) => field)).not.toContain("packets_dropped");
  const [coarse] = makeSeries(captureOf(samples), { points: 2 }).sessions;
  expect(coarse?.window_count).toEqual([2, 4]);
  expect(coarse?.packets_dropped).toEqual([null, 5]);
  expect(coarse?.lower_bounds).toContainEqual({ field: "packets_dropped", buckets: [1] });
});

test("lower bounds are named with their buckets", () => {
  const samples = samplesOf(3, (index) => ({
    lower_bounds: index === 1 ? ["send_dropped", "something else"] : [],
  }));
  expect(makeSeries(captureOf(samples)).sessions[0]?.lower_bounds).toEqual([
    { field: "send_dropped", buckets: [1] },
  ]);
});

test("means are weighted by frames, rates by the length of their windows", () => {
  const encode = (mean_us: number) => [{ name: "encode", p50_us: 1, p99_us: 1, mean_us }];
  const samples = samplesOf(4, (index) =>
    index % 2 === 0
      ? {
          stages: encode(100),
          total_mean_us: 110,
          gap_mean_us: 10,
          frame_count: 90,
          fps: 60,
          window_us: 1_500_000,
        }
      : {
          stages: encode(200),
          total_mean_us: 220,
          gap_mean_us: 20,
          frame_count: 10,
          fps: 20,
          window_us: 500_000,
        },
  );
  const [session] = makeSeries(captureOf(samples), { points: 2, from: 2000 }).sessions;
  expect(session?.window_count).toEqual([2, 2]);
  expect(session?.stage_mean_us).toEqual([[110, 110]]);
  expect(session?.gap_mean_us).toEqual([11, 11]);
  expect(session?.total_mean_us).toEqual([121, 121]);
  expect(session?.new_fps_mean).toEqual([50, 50]);
});

test("a range holds the samples at both its ends", () => {
  const capture = captureOf(samplesOf(5, () => ({})));
  const series = makeSeries(capture, { from: 4000, to: 8000 });
  expect(series).toMatchObject({
    from_ms: 4000,
    to_ms: 8000,
    duration_ms: 10_000,
    sample_count: 3,
  });
  expect(series.sessions[0]?.t_ms).toEqual([4000, 6000, 8000]);
});

test("a range of one moment holds that sample", () => {
  const capture = captureOf(samplesOf(5, () => ({})));
  expect(makeSeries(capture, { from: 4000, to: 4000 }).sessions[0]?.t_ms).toEqual([4000]);
});

test("a range that ends before it begins is empty", () => {
  const capture = captureOf(samplesOf(5, () => ({})));
  const series = makeSeries(capture, { from: 8000, to: 4000 });
  expect(series.sample_count).toBe(0);
  expect(series.sessions[0]?.t_ms).toEqual([]);
});

test("two sessions are apart", () => {
  const second = { ...one, session_id: 2, client: "another", width: 640 };
  const samples = samplesOf(6, (index) => ({
    session_id: (index % 2) + 1,
    fps: index % 2 ? 30 : 60,
  }));
  const { sessions } = makeSeries(captureOf(samples, [one, second]));
  expect(sessions.map(({ client, width, new_fps }) => [client, width, new_fps])).toEqual([
    ["a player", 1280, [60, 60, 60]],
    ["another", 640, [30, 30, 30]],
  ]);
});

test("a capture without a list of sessions is of the one in its head", () => {
  const { meta, samples } = captureOf(samplesOf(1, () => ({})));
  const { sessions: _left, ...head } = meta;
  expect(makeSeries({ meta: head, samples }).sessions[0]).toMatchObject(one);
});

test("a capture in which nobody played has no sessions", () => {
  expect(makeSeries(captureOf([], []))).toEqual({
    from_ms: 0,
    to_ms: 0,
    duration_ms: 0,
    sample_count: 0,
    sessions: [],
  });
});

test.each([
  [undefined, 600],
  [1, 2],
  [2, 2],
  [2000, 2000],
  [2001, 2000],
])("%p points asked give %d buckets", (points, count) => {
  const capture = captureOf(samplesOf(5400, () => ({})));
  expect(makeSeries(capture, { points }).sessions[0]?.t_ms).toHaveLength(count);
});

const counter = fc.integer({ min: 0, max: 1000 });
const time = fc.integer({ min: 0, max: 100_000 });
const anySample = fc
  .record({ t_ms: time, session_id: fc.integer({ min: 1, max: 3 }), lost: counter, p99: counter })
  .map(({ t_ms, session_id, lost, p99 }) =>
    sampleOf({
      t_ms,
      session_id,
      send_dropped: lost,
      fps: lost,
      stages: [{ name: p99 % 3 === 0 ? "send" : "encode", p50_us: 0, p99_us: p99 }],
    }),
  );

test("at every zoom sums stay sums, the worst stays the worst, and the shape is the schema's", () => {
  const property = fc.property(
    fc.array(anySample, { maxLength: 200 }),
    fc.integer({ min: 2, max: 40 }),
    fc.tuple(time, time),
    (samples, points, [from, to]) => {
      const series = makeSeries(captureOf(samples), { points, from, to });
      expect(Value.Check(Series, series)).toBe(true);
      const inRange = samples.filter(({ t_ms }) => t_ms >= from && t_ms <= to);
      expect(series.sample_count).toBe(inRange.length);
      for (const session of series.sessions) {
        const own = inRange.filter(({ session_id }) => session_id === session.session_id);
        expect(session.t_ms.length).toBeLessThanOrEqual(points);
        expect(total(session.window_count)).toBe(own.length);
        expect(total(session.send_dropped)).toBe(total(own.map((sample) => sample.send_dropped)));
        const worst = Math.max(-1, ...own.map(({ stages }) => stages[0]?.p99_us ?? -1));
        expect(Math.max(-1, ...session.stage_p99_us.flat().map((value) => value ?? -1))).toBe(
          worst,
        );
        const least = Math.min(...own.map(({ fps }) => fps));
        expect(Math.min(...session.new_fps.map(Number))).toBe(least);
      }
    },
  );
  fc.assert(property);
});

test("what viewers report shows by its worst window, and is null where none did", () => {
  const samples = samplesOf(4, (index) =>
    index === 0
      ? {}
      : {
          client_fps: 60 - index,
          client_age_p50_us: 1000 * index,
          client_age_p99_us: 9000 - 1000 * index,
          client_dropped: index,
          client_stalls: 1,
        },
  );
  const [fine] = makeSeries(captureOf(samples)).sessions;
  expect(fine).toMatchObject({
    client_fps: [null, 59, 58, 57],
    client_age_p50_us: [null, 1000, 2000, 3000],
    client_age_p99_us: [null, 8000, 7000, 6000],
    client_dropped: [null, 1, 2, 3],
    client_stalls: [null, 1, 1, 1],
    lower_bounds: [],
  });
  const [coarse] = makeSeries(captureOf(samples), { points: 2, from: 1, to: 8001 }).sessions;
  expect(coarse).toMatchObject({
    client_fps: [59, 57],
    client_age_p50_us: [1000, 2500],
    client_age_p99_us: [8000, 7000],
    client_dropped: [1, 5],
    client_stalls: [1, 2],
  });
  // One of the first two windows did not know.
  expect(coarse?.lower_bounds).toContainEqual({ field: "client_dropped", buckets: [0] });
});
