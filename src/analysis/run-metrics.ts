/**
 * From the blocks of two runs to a conclusion for each metric. All metrics of a page share one
 * false-alarm rate (Holm): of a dozen tests at 5 % each, one would be wrong on every other page. A
 * difference that is too small to matter is ignored, however certain it is.
 */
import type { RunMetric, RunUnit } from "../model/run-comparison.ts";
import { driftChance } from "./drift.ts";
import { medianOf, RankTable, rankInterval } from "./rank-interval.ts";
import type { BlockMetric } from "./run-blocks.ts";

/** Of pages of two equal runs, at most this share shows a difference; measured, it is below 8 %. */
export const alarmShare = 0.04;
/** A metric may differ by this much and still count as equal: a share of A, and an amount. */
const floorShare: Readonly<Record<RunUnit, number>> = {
  us: 0.03,
  mbps: 0.02,
  kbps: 0.02,
  fps: 0,
  share: 0,
  count: 0.02,
  percent: 0,
};
const floorAmount: Readonly<Record<RunUnit, number>> = {
  us: 50,
  mbps: 0.05,
  kbps: 50,
  fps: 0.1,
  share: 0.002,
  count: 0.5,
  percent: 1,
};
/** Tails vary more than medians. */
const tailFactor = 2;

type Tested = Omit<RunMetric, "verdict"> & { readonly least: number };

/** @param pageCount pages that are evaluated together: an experiment with three values has two */
export function compareMetrics(
  a: readonly BlockMetric[],
  b: readonly BlockMetric[],
  pageCount = 1,
): RunMetric[] {
  const tables = new Map<string, RankTable>();
  const others = new Map(b.map((metric) => [metric.metric, metric]));
  const tested = a.flatMap((metric) => testOne(metric, others.get(metric.metric), tables));
  // A constant metric can raise no alarm, and costs the others nothing.
  const family = tested.filter(({ chance }) => chance < 1).sort((x, y) => x.chance - y.chance);
  const share = alarmShare / Math.max(1, pageCount);
  const shown = new Set<string>();
  for (const [rank, { chance, metric }] of family.entries()) {
    if (chance > share / (family.length - rank)) break;
    shown.add(metric);
  }
  const need = share / Math.max(1, family.length);
  return tested.map(({ least, ...one }) => judged(one, shown.has(one.metric), least > need));
}

function testOne(
  { metric, unit, values }: BlockMetric,
  other: BlockMetric | undefined,
  tables: Map<string, RankTable>,
): Tested[] {
  const [a, b] = [sortedOf(values), sortedOf(other?.values ?? [])];
  if (a.length === 0 || b.length === 0) return [];
  const key = `${a.length} ${b.length}`;
  const table = tables.get(key) ?? new RankTable(a.length, b.length);
  tables.set(key, table);
  const { estimate, interval, chance: rankChance } = rankInterval(a, b, table);
  const chance = Math.max(rankChance, driftChance(known(values), known(other?.values ?? [])));
  const medians = { a: round(medianOf(a)), b: round(medianOf(b)) };
  const difference = round(estimate);
  const bounds = interval && { low: round(interval.low), high: round(interval.high) };
  return [{ metric, unit, ...medians, difference, ...bounds, chance, least: table.least }];
}

function judged(
  one: Omit<RunMetric, "verdict">,
  isShown: boolean,
  isTooLittle: boolean,
): RunMetric {
  if (!isShown) return { ...one, verdict: isTooLittle ? "too_little" : "no_difference" };
  if (Math.abs(one.difference) < floorOf(one)) {
    return { ...one, verdict: "no_difference", negligible: true };
  }
  return { ...one, verdict: one.difference > 0 ? "higher" : "lower" };
}

function floorOf({ metric, unit, a, b }: Omit<RunMetric, "verdict">): number {
  const factor = metric.includes("_p99_") ? tailFactor : 1;
  const size = Math.max(Math.abs(a), Math.abs(b));
  return factor * Math.max(floorAmount[unit], floorShare[unit] * size);
}

function known(values: readonly number[]): number[] {
  return values.filter((value) => !Number.isNaN(value));
}

function sortedOf(values: readonly number[]): number[] {
  return known(values).sort((a, b) => a - b);
}

/** To a millionth: anything beyond is not measured. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
