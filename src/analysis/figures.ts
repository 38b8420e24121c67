/**
 * The figures of a range of one session. Percentiles of windows cannot be averaged: of medians the
 * middle one is given, of 99th percentiles the worst, and the page says so. Unmeasured windows are
 * left out. Pure.
 */

import type { Capture, StatsSample } from "../model/capture.ts";
import type { Figure, Figures } from "../model/figures.ts";
import { isLowerBound, measured } from "../model/metric-columns.ts";
import { type MetricName, metricNames, metricRows } from "../model/metrics.ts";
import { summarizeClicks } from "./clicks.ts";

/** The subject of the figures: one session, or all; both times are included. */
export type FigureRange = {
  readonly session: number | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
};

/** A row for each stage, for total and gap, and for each metric of the table that has its own. */
export function makeFigures({ meta, samples }: Capture, range: FigureRange): Figures {
  const fromMs = range.fromMs ?? 0;
  const toMs = range.toMs ?? Math.max(meta.duration_ms, samples.at(-1)?.t_ms ?? 0);
  const own = samples.filter(
    ({ t_ms, session_id }) =>
      t_ms >= fromMs &&
      t_ms <= toMs &&
      (range.session === undefined || session_id === range.session),
  );
  const bounded = own.filter(({ lower_bounds: names = [] }) => names.length > 0);
  return {
    rows: [
      ...stageRows(own),
      partsRow(own, "total"),
      partsRow(own, "gap"),
      ...metricNames.flatMap((name) => metricRow(own, name, bounded)),
    ],
    windowCount: own.length,
    frameCount: own.reduce((sum, { frame_count: count }) => sum + (count ?? 0), 0),
    fromMs,
    toMs,
    worst: worstOf(own),
    clicks: summarizeClicks(own),
  };
}

/** A window without any frame is worse than one with a slow frame: it has no time to show. */
function worstOf(samples: readonly StatsSample[]): Figures["worst"] {
  let worst: Figures["worst"];
  for (const sample of samples) {
    if (sample.frame_count === 0 && (measured(sample, "missed_slots") ?? 0) > 0) {
      return { atMs: sample.t_ms, us: undefined };
    }
    const us = measured(sample, "total_p99_us");
    if (us !== undefined && us > (worst?.us ?? 0)) worst = { atMs: sample.t_ms, us };
  }
  return worst;
}

/** In one pass: a long capture has some 20,000 of them. */
function stageRows(samples: readonly StatsSample[]): Figure[] {
  const stages = new Map<string, { medians: number[]; p99: number; max: number }>();
  for (const sample of samples) {
    for (const { name, p50_us, p99_us, max_us = p99_us } of sample.stages) {
      const stage = stages.get(name) ?? { medians: [], p99: 0, max: 0 };
      stages.set(name, stage);
      stage.medians.push(p50_us);
      stage.p99 = Math.max(stage.p99, p99_us);
      stage.max = Math.max(stage.max, max_us);
    }
  }
  return [...stages].map(([name, { medians: unsorted, p99, max }]) => {
    const medians = sorted(unsorted);
    return {
      name: { stage: name },
      unit: "us",
      min: medians[0],
      p50: quantile(medians, 0.5),
      p99,
      max,
    };
  });
}

/** Combined from several metrics: the lowest and the middle of one, the worst of another. */
function partsRow(samples: readonly StatsSample[], row: "total" | "gap"): Figure {
  const valuesOf = (value: "p50" | "p99") => {
    const name = metricNames.find((one) => {
      const { part } = metricRows[one];
      return part?.row === row && part.value === value;
    });
    return name === undefined ? sorted([]) : sortedIn(samples, name);
  };
  const middle = valuesOf("p50");
  return {
    name: row,
    unit: "us",
    min: middle[0],
    p50: quantile(middle, 0.5),
    p99: valuesOf("p99").at(-1),
  };
}

/**
 * Absent for a part of another row, for metrics this path does not have, and for events that never
 * happened.
 */
function metricRow(
  samples: readonly StatsSample[],
  name: MetricName,
  bounded: readonly StatsSample[],
): Figure[] {
  const { unit, fold, part, only, isOccasional } = metricRows[name];
  if (part !== undefined) return [];
  const values = sortedIn(samples, name);
  if (values.length === 0 && (only !== undefined || isOccasional)) return [];
  const isSummed = fold === "sum" && values.length > 0;
  return [
    {
      name,
      unit,
      min: values[0],
      p50: quantile(values, 0.5),
      p99: quantile(values, 0.99),
      max: values.at(-1),
      sum: isSummed ? values.reduce((total, value) => total + value, 0) : undefined,
      isLowerBound: bounded.some((sample) => isLowerBound(sample, name)),
    },
  ];
}

/** Hot: some forty metrics of thousands of samples stand between a click and a capture's page. */
function sortedIn(samples: readonly StatsSample[], name: MetricName): Float64Array {
  const values = new Float64Array(samples.length);
  let count = 0;
  for (const sample of samples) {
    const value = measured(sample, name);
    if (value === undefined) continue;
    values[count] = value;
    count += 1;
  }
  return values.subarray(0, count).sort();
}

/** Nearest rank. */
function quantile(ascending: Float64Array, share: number): number | undefined {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)];
}

/** By the runtime, without a call for each pair. */
function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
