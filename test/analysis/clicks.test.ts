/** Clicks of a capture: summed up for a range, and compared between two runs. */
import { expect, test } from "bun:test";
import { clickBlocksOf, clickDistributionOf, summarizeClicks } from "../../src/analysis/clicks.ts";
import { compareRuns, type GivenRun } from "../../src/analysis/compare-runs.ts";
import { makeFigures } from "../../src/analysis/figures.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import type { ClickTimes } from "../../src/model/click.ts";
import { madeCapture } from "../support/made-capture.ts";
import { syntheticRun } from "../support/synthetic-run.ts";

/** Four parts that make up the whole. */
function clickOf(totalUs: number): ClickTimes {
  const parts = { to_host_us: 2000, to_capture_us: 8000, to_encoded_us: 10_000 };
  return { ...parts, to_shown_us: totalUs - 20_000, total_us: totalUs };
}

/** Windows of a capture with these clicks, three in each. */
function samplesWith(totals: readonly number[]): StatsSample[] {
  const { samples } = madeCapture({ id: "a", windowCount: Math.ceil(totals.length / 3) });
  return samples.map((sample, index) => ({
    ...sample,
    clicks: totals.slice(3 * index, 3 * index + 3).map(clickOf),
  }));
}

const spread = (count: number, addUs = 0) =>
  Array.from({ length: count }, (_, index) => 40_000 + addUs + ((index * 7919) % 10_000));

test("percentiles and histogram are over the single clicks of all windows", () => {
  const summary = summarizeClicks(samplesWith([41_000, 45_000, 52_000, 58_000, 400_000]));
  expect(summary).toMatchObject({ count: 5, p50_us: 52_000, p99_us: 400_000 });
  expect(summary?.parts).toEqual({
    ...{ to_host_us: 2000, to_capture_us: 8000, to_encoded_us: 10_000 },
    to_shown_us: 32_000,
  });
  const { counts = [], step_us } = summary?.histogram ?? {};
  expect(step_us).toBe(10_000);
  expect([counts[4], counts[5], counts.at(-1)]).toEqual([2, 2, 1]);
});

test("a range without clicks has no summary", () => {
  const capture = madeCapture({ id: "a", windowCount: 4 });
  expect(summarizeClicks(capture.samples)).toBeUndefined();
  const last = capture.samples.at(-1);
  if (last !== undefined) last.clicks = [clickOf(50_000)];
  const whole = { session: undefined, fromMs: undefined, toMs: undefined };
  expect(makeFigures(capture, whole).clicks?.count).toBe(1);
  expect(makeFigures(capture, { ...whole, toMs: 1 }).clicks).toBeUndefined();
});

test("with one click less than 35 there is nothing to compare", () => {
  expect(clickBlocksOf(samplesWith(spread(34)))).toEqual([]);
  expect(clickBlocksOf(samplesWith(spread(35)))[0]?.values).toHaveLength(7);
  const [few, enough] = [samplesWith(spread(34)), samplesWith(spread(35))];
  expect(clickDistributionOf(few, enough)).toBeUndefined();
  expect(clickDistributionOf(enough, enough)?.a.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1);
});

function givenOf(seed: number, samples: readonly StatsSample[]): GivenRun {
  const facts = {
    ...{ id: "x", session_id: 1, from_ms: 0, to_ms: 0, kind: "moq", codec: "h264" },
    ...{ width: 1280, height: 720, fps: 60, client: "1 viewer" },
  };
  const rows = syntheticRun({ seed, seconds: 60 });
  const stretches = [{ fromUs: 0, toUs: Number.POSITIVE_INFINITY }];
  return { facts, samples, conditions: {}, rows: { rows, stretches } };
}

test("clicks that take 20 ms longer are found where the frames are alike, and in their own part", () => {
  const found = compareRuns(
    givenOf(1, samplesWith(spread(40))),
    givenOf(2, samplesWith(spread(40, 20_000))),
  );
  const of = (name: string) => found.metrics.find(({ metric }) => metric === name);
  expect(found.result).toBe("difference");
  expect(of("click_p50_us")?.verdict).toBe("higher");
  expect(of("click_p50_us")?.difference).toBeCloseTo(20_000, -3);
  expect(of("click_to_shown_us")?.verdict).toBe("higher");
  expect(of("click_to_host_us")?.verdict).toBe("no_difference");
  expect(found.clicks?.metric).toBe("click");
});

test("a run without clicks is compared as before", () => {
  const found = compareRuns(givenOf(1, []), givenOf(2, samplesWith(spread(40))));
  expect(found.metrics.some(({ metric }) => metric.startsWith("click_"))).toBe(false);
  expect(found.result).toBe("no_difference");
});
