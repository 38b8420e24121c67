import { expect, test } from "bun:test";
import fc from "fast-check";
import { compareAround } from "../../src/analysis/comparison.ts";
import { rankInterval } from "../../src/analysis/rank-interval.ts";
import type { Capture, StatsSample } from "../../src/model/capture.ts";
import { nativeSession, sampleOf } from "../support/recorder-parts.ts";

const atMs = 60_000;
const range = { checkpoint: "c", atMs, seconds: 30, settleMs: 2000 };

/** Windows of a second for two minutes, of which `fields` says more. */
function captureOf(
  fields: (second: number) => Partial<StatsSample>,
  sessions = [{ ...nativeSession, session_id: 1 }],
): Capture {
  const samples = Array.from({ length: 120 }, (_, n) =>
    sampleOf({ t_ms: (n + 1) * 1000, session_id: 1, window_us: 1_000_000, ...fields(n) }),
  );
  const meta = { ...nativeSession, id: "x", started_unix_ms: 0, duration_ms: 120_000 };
  return { meta: { ...meta, sample_count: 120, sessions }, samples };
}

const noise = (second: number) => ((second * 7919) % 13) - 6;
const metricOf = (capture: Capture, name: string, given = range) =>
  compareAround(capture, given).metrics.find(({ metric }) => metric === name);

test("what became higher is higher by as much, with an interval around it", () => {
  const capture = captureOf((n) => ({ total_p50_us: (n < 60 ? 5000 : 6800) + 10 * noise(n) }));
  const found = metricOf(capture, "total_p50_us");
  expect(found?.verdict).toBe("higher");
  expect(Math.abs((found?.difference ?? 0) - 1800)).toBeLessThan(60);
  expect(found?.low ?? 0).toBeLessThanOrEqual(1800);
  expect(found?.high ?? 0).toBeGreaterThanOrEqual(1800);
});

test("a bitrate that was lowered is lower by exactly that", () => {
  const found = metricOf(
    captureOf((n) => ({ bitrate_kbps: n < 60 ? 20_000 : 5000 })),
    "bitrate_kbps",
  );
  expect(found).toEqual({
    ...{ metric: "bitrate_kbps", before: 20_000, after: 5000, difference: -15_000 },
    ...{ low: -15_000, high: -15_000, verdict: "lower" },
  });
});

test("noise alone is not a difference", () => {
  const capture = captureOf((n) => ({ fps: 60 + noise(n) / 10 }));
  expect(metricOf(capture, "fps")?.verdict).toBe("no_difference");
});

test("three blocks on a side are too little for a verdict, four are enough", () => {
  const capture = captureOf((n) => ({ fps: n < 60 ? 60 : 30 }));
  expect(metricOf(capture, "fps", { ...range, seconds: 15 })).toMatchObject({
    ...{ before: 60, after: 30, difference: -30, verdict: "too_little" },
  });
  expect(metricOf(capture, "fps", { ...range, seconds: 20 })?.verdict).toBe("lower");
});

test("the settling time is left out", () => {
  const settling = captureOf((n) => ({ fps: n >= 60 && n < 65 ? 1 : 60 }));
  const after = (settleMs: number) => metricOf(settling, "fps", { ...range, settleMs })?.after;
  expect([after(5000), after(0)]).toEqual([60, 60]);
  const low = compareAround(settling, { ...range, seconds: 5, settleMs: 0 });
  expect(low.metrics.find(({ metric }) => metric === "fps")?.after).toBe(1);
});

test("what was not measured on a side is not compared", () => {
  const capture = captureOf((n) => (n < 60 ? { unmeasured: ["packets_dropped"] } : {}));
  expect(metricOf(capture, "packets_dropped")).toBeUndefined();
  expect(metricOf(capture, "send_dropped")?.verdict).toBe("no_difference");
  expect(metricOf(capture, "total_p50_us")).toBeUndefined();
});

test.each([
  [{ codec: "hevc" as const }, ["codec", "h264", "hevc"]],
  [{ client: "somebody else" }, ["client", nativeSession.client, "somebody else"]],
  [{ width: 1280 }, ["mode", "1920x1080@60", "1280x1080@60"]],
  [{ fps: 30 }, ["mode", "1920x1080@60", "1920x1080@30"]],
])("with %j after it the two sides are not comparable", (change, [kind, before, after]) => {
  const sessions = [
    { ...nativeSession, session_id: 1 },
    { ...nativeSession, session_id: 2, ...change },
  ];
  const found = compareAround(
    captureOf((n) => ({ session_id: n < 60 ? 1 : 2 }), sessions),
    range,
  );
  expect(found).toMatchObject({
    not_comparable: `the ${kind} changed from ${before} to ${after}`,
    side_difference: { kind, before, after },
    metrics: [],
  });
});

test("a player who came back with the same mode is comparable with before", () => {
  const sessions = [1, 2].map((session_id) => ({ ...nativeSession, session_id }));
  const found = compareAround(
    captureOf((n) => ({ session_id: n < 60 ? 1 : 2 }), sessions),
    range,
  );
  expect(found.not_comparable).toBeUndefined();
});

test("without samples on a side there is nothing to compare", () => {
  const capture = captureOf(() => ({}));
  const found = [0, 120_000].map((at) => compareAround(capture, { ...range, atMs: at }));
  expect(found.map(({ not_comparable: text, side_difference: why }) => [text, why?.kind])).toEqual([
    ["nothing was measured before", "nothing_before"],
    ["nothing was measured after", "nothing_after"],
  ]);
});

test("the interval is that of the rank sum test, as tables have it", () => {
  // Two-sided 5 %: the critical U of 4 and 4 is 0, of 5 and 5 is 2, of 6 and 6 is 5, of 8 and 10 is 17.
  const cut = (n: number, m: number) => {
    const before = Array.from({ length: n }, (_, i) => i * 1000);
    const after = Array.from({ length: m }, (_, i) => i * 1_000_000);
    const sorted = after.flatMap((b) => before.map((a) => b - a)).sort((a, b) => a - b);
    const { interval } = rankInterval(before, after);
    return interval === undefined ? 0 : sorted.indexOf(interval.low) + 1;
  };
  expect([cut(3, 3), cut(4, 4), cut(5, 5), cut(6, 6), cut(8, 10)]).toEqual([0, 1, 3, 6, 18]);
});

test("of two sets from one place the interval misses zero in some 5 % of cases at most", () => {
  let missedCount = 0;
  const runs = 2000;
  let seed = 12_345;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  for (let run = 0; run < runs; run++) {
    const draw = () => Array.from({ length: 6 }, random).sort((a, b) => a - b);
    const { interval } = rankInterval(draw(), draw());
    if (interval !== undefined && (interval.low > 0 || interval.high < 0)) missedCount += 1;
  }
  expect(missedCount / runs).toBeLessThan(0.06);
  expect(missedCount / runs).toBeGreaterThan(0.02);
});

test("shifting one side shifts estimate and interval by as much", () => {
  const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: -500, max: 500 }), (before, after, shift) => {
      const one = rankInterval(before, after);
      const two = rankInterval(
        before,
        after.map((value) => value + shift),
      );
      expect(two.estimate).toBe(one.estimate + shift);
      expect(two.interval?.low).toBe((one.interval?.low ?? 0) + shift);
      expect(two.interval?.high).toBe((one.interval?.high ?? 0) + shift);
    }),
  );
});
