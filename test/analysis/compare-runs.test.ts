/** Two runs compared: what is found, what is not, and what is refused. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { compareRuns, type GivenRun } from "../../src/analysis/compare-runs.ts";
import { selectNth } from "../../src/analysis/select.ts";
import type { FrameTable } from "../../src/model/frames.ts";
import type { RunComparison } from "../../src/model/run-comparison.ts";
import { sampleOf } from "../support/recorder-parts.ts";
import { type SyntheticRun, syntheticRun } from "../support/synthetic-run.ts";

const facts = {
  ...{ id: "x", session_id: 1, from_ms: 0, to_ms: 0, kind: "native", codec: "h264" },
  ...{ width: 1280, height: 720, fps: 60, client: "den" },
};
const whole = { fromUs: 0, toUs: Number.POSITIVE_INFINITY };

function givenOf(rows: FrameTable, change: Partial<GivenRun["facts"]> = {}): GivenRun {
  const given = { facts: { ...facts, ...change }, samples: [], conditions: {} };
  return { ...given, rows: { rows, stretches: [whole] } };
}

const made = (run: Partial<SyntheticRun>) =>
  givenOf(syntheticRun({ seed: 1, seconds: 60, ...run }));
const metricOf = ({ metrics }: RunComparison, name: string) =>
  metrics.find(({ metric }) => metric === name);

test("a millisecond in one stage is found, with its interval, and all of it in that stage", () => {
  const found = compareRuns(made({}), made({ seed: 2, addUs: 1000, stage: "encode_us" }));
  expect(found).toMatchObject({ result: "difference", measured_until: "complete" });
  const lead = metricOf(found, "complete_p50_us");
  expect(lead?.verdict).toBe("higher");
  expect(lead?.low ?? 0).toBeLessThan(1000);
  expect(lead?.high ?? 0).toBeGreaterThan(1000);
  expect(metricOf(found, "encode_p50_us")?.verdict).toBe("higher");
  const [part] = found.lead?.parts ?? [];
  expect(part?.part).toBe("encode");
  expect(part?.share).toBeGreaterThan(0.9);
  expect(part?.share).toBeLessThan(1.1);
});

/** What a real pair of equal runs shows too: METRICS.md, third trap. */
test("of 200 pages of equal runs 8 % show a difference at most", () => {
  let alarmCount = 0;
  for (let pair = 0; pair < 200; pair++) {
    const found = compareRuns(made({ seed: 2 * pair + 10 }), made({ seed: 2 * pair + 11 }));
    if (found.result === "difference") alarmCount += 1;
  }
  expect(alarmCount).toBeLessThanOrEqual(16);
}, 120_000);

test("a millisecond more in one stage is found in nine of ten runs", () => {
  const slow = ["encode_us", "capture_us", "send_us", "queue_us"] as const;
  let foundCount = 0;
  for (let pair = 0; pair < 60; pair++) {
    const stage = slow[pair % slow.length] ?? "encode_us";
    const other = made({ seed: 2 * pair + 1011, addUs: 1000, stage });
    const { lead } = compareRuns(made({ seed: 2 * pair + 1010 }), other);
    if (`${lead?.parts[0]?.part}_us` === stage) foundCount += 1;
  }
  expect(foundCount).toBeGreaterThanOrEqual(54);
}, 60_000);

test("runs of a few seconds are too little, however far apart they are", () => {
  const found = compareRuns(
    made({ seconds: 14 }),
    made({ seconds: 14, addUs: 9000, stage: "encode_us" }),
  );
  expect(found.result).toBe("too_little");
  expect(metricOf(found, "encode_p50_us")).toMatchObject({ verdict: "too_little" });
});

test("a run differs from itself in nothing", () => {
  const run = made({});
  expect(compareRuns(run, run).result).toBe("no_difference");
});

test("a difference that is sure and tiny is said to be too small to matter", () => {
  const rows = syntheticRun({ seed: 3, seconds: 120 });
  const flat = (us: number) => ({
    count: rows.count,
    columns: { ...rows.columns, submit_us: rows.columns.submit_us.map(() => us) },
  });
  const found = compareRuns(givenOf(flat(20)), givenOf(flat(26)));
  expect(metricOf(found, "submit_p50_us")).toMatchObject({
    ...{ verdict: "no_difference", negligible: true, difference: 6 },
  });
});

test.each([
  [{ codec: "hevc" }, { code: "codec", a: "h264", b: "hevc" }],
  [{ kind: "moq" }, { code: "kind", a: "native", b: "moq" }],
  [{ fps: 30 }, { code: "mode", a: "1280x720@60", b: "1280x720@30" }],
] as const)("with %j the two are not comparable unless forced", (change, reason) => {
  const rows = syntheticRun({ seed: 1, seconds: 40 });
  const sides = [givenOf(rows), givenOf(rows, change)] as const;
  expect(compareRuns(...sides)).toMatchObject({
    ...{ result: "not_comparable", not_comparable: [reason], metrics: [] },
  });
  expect(compareRuns(...sides, { isForced: true })).toMatchObject({
    ...{ result: "no_difference", differs: [reason] },
  });
});

test("another source forbids a comparison, another preset or a busy machine is named", () => {
  const rows = syntheticRun({ seed: 1, seconds: 40 });
  const side = (source: string, preset: string, share: number): GivenRun => ({
    ...givenOf(rows),
    samples: [sampleOf({ session_id: 1, machine: { cpu_others_share: share } })],
    conditions: { source, encoder_preset: preset },
  });
  const [a, b] = [side("testsrc", "fast", 0.05), side("testsrc", "slow", 0.6)];
  expect(compareRuns(a, b).differs).toEqual([
    { code: "encoder_preset", a: "fast", b: "slow" },
    { code: "machine_busy", a: "0.05", b: "0.60" },
  ]);
  expect(compareRuns(a, side("x11::0", "fast", 0.05)).not_comparable).toEqual([
    { code: "source", a: "testsrc", b: "x11::0" },
  ]);
});

test("what nobody measured is not compared, and nothing on one side is said to be so", () => {
  const rows = syntheticRun({ seed: 1, seconds: 40 });
  const without = {
    count: rows.count,
    columns: { ...rows.columns, complete_us: rows.columns.complete_us.map(() => Number.NaN) },
  };
  const found = compareRuns(givenOf(rows), givenOf(without));
  expect(found.measured_until).toBe("handed_over");
  expect(metricOf(found, "network_p50_us")).toBeUndefined();
  const empty = { count: 0, columns: syntheticRun({ seed: 1, seconds: 0 }).columns };
  expect(compareRuns(givenOf(rows), givenOf(empty)).not_comparable).toEqual([
    { code: "nothing_b" },
  ]);
});

test("captures without rows are compared by their samples", () => {
  const side = (encodeUs: number): GivenRun => ({
    ...{ facts, conditions: {} },
    samples: Array.from({ length: 40 }, (_, n) => {
      const us = encodeUs + ((n * 7919) % 13) * 5;
      const stage = { name: "encode", p50_us: us, p99_us: us + 900 };
      const totals = { total_p50_us: us + 2000, frame_count: 120 };
      const window = { t_ms: (n + 1) * 2000, window_us: 2_000_000, session_id: 1 };
      return sampleOf({ ...window, ...totals, stages: [stage] });
    }),
  });
  const found = compareRuns(side(3000), side(4500));
  expect(found).toMatchObject({ based_on: "samples", result: "difference" });
  expect(found.lead).toMatchObject({ metric: "total_p50_us", parts: [{ part: "encode" }] });
});

test("stretches of an experiment count, and what lies between them does not", () => {
  const rows = syntheticRun({ seed: 4, seconds: 160, addUs: 1500, stage: "encode_us" });
  const calm = syntheticRun({ seed: 4, seconds: 160 });
  const isB = (row: number) => Math.floor((rows.columns.due_us[row] ?? 0) / 1e7) % 2 === 1;
  const mixed = {
    count: rows.count,
    columns: {
      ...calm.columns,
      encode_us: calm.columns.encode_us.map((us, row) =>
        isB(row) ? (rows.columns.encode_us[row] ?? us) : us,
      ),
    },
  };
  const stretches = (odd: number) =>
    Array.from({ length: 8 }, (_, index) => {
      const fromUs = (2 * index + odd) * 1e7;
      return { fromUs: fromUs + 2e6, toUs: fromUs + 1e7 };
    });
  const side = (odd: number): GivenRun => ({
    ...{ facts, samples: [], conditions: {} },
    rows: { rows: mixed, stretches: stretches(odd) },
  });
  const found = compareRuns(side(0), side(1));
  expect([found.a.blocks, found.b.blocks]).toEqual([8, 8]);
  expect(metricOf(found, "encode_p50_us")?.verdict).toBe("higher");
});

test("both distributions add up, and are of one length", () => {
  const { distribution } = compareRuns(made({}), made({ seed: 2, addUs: 4000, stage: "send_us" }));
  const sum = (shares: readonly number[]) => shares.reduce((all, share) => all + share, 0);
  expect(sum(distribution?.a ?? [])).toBeCloseTo(1, 3);
  expect(sum(distribution?.b ?? [])).toBeCloseTo(1, 3);
  expect(distribution?.a.length).toBe(distribution?.b.length ?? -1);
  expect(distribution?.a.length ?? 99).toBeLessThanOrEqual(65);
});

test("the k-th smallest is where sorting puts it", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 60 }), fc.nat(), (list, at) => {
      const k = at % list.length;
      const sorted = [...list].sort((a, b) => a - b);
      expect(selectNth(Float64Array.from(list), list.length, k)).toBe(sorted[k] ?? Number.NaN);
    }),
  );
});
