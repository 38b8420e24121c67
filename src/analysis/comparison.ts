/**
 * The effect of a change: the samples on both sides of a checkpoint, as medians of blocks of five
 * seconds, because consecutive windows resemble each other too much to be counted separately.
 */
import type { Capture, CaptureSession, StatsSample } from "../model/capture.ts";
import type {
  ComparedMetric,
  Comparison,
  MetricVerdict,
  SideDifference,
} from "../model/comparison.ts";
import { isLowerBound, measured } from "../model/metric-columns.ts";
import { type MetricName, metricNames, metricRows } from "../model/metrics.ts";
import { medianOf, rankInterval } from "./rank-interval.ts";

const blockMs = 5000;
/** Windows of an incomplete block say little. */
const blockShareMin = 0.5;

/** Start and end of the two sides, in milliseconds of the capture. */
export type ComparisonRange = {
  readonly checkpoint: string;
  /** On the capture's clock. */
  readonly atMs: number;
  /** Length of each side. */
  readonly seconds: number;
  /** Skipped after the checkpoint. */
  readonly settleMs: number;
};

/** Compares every metric before and after a moment, by medians of blocks of five seconds. Pure. */
export function compareAround(capture: Capture, range: ComparisonRange): Comparison {
  const { checkpoint, atMs, seconds, settleMs } = range;
  const before = sideOf(capture, { fromMs: atMs - seconds * 1000, toMs: atMs });
  const afterMs = atMs + settleMs;
  const after = sideOf(capture, { fromMs: afterMs, toMs: afterMs + seconds * 1000 });
  const reason = reasonAgainst(before, after);
  return {
    checkpoint,
    at_ms: atMs,
    seconds,
    settle_ms: settleMs,
    blocks_before: before.blocks.length,
    blocks_after: after.blocks.length,
    ...(reason === undefined ? {} : { not_comparable: textOf(reason), side_difference: reason }),
    metrics: reason === undefined ? compareSides(before, after) : [],
  };
}

type Side = {
  readonly session: CaptureSession | undefined;
  readonly blocks: readonly (readonly StatsSample[])[];
};

/**
 * For the session that has most of the side's windows; a window belongs to the side that contains
 * all of it.
 */
function sideOf(capture: Capture, { fromMs, toMs }: { fromMs: number; toMs: number }): Side {
  const inside = capture.samples.filter(({ t_ms, window_us = 0 }) => {
    return t_ms <= toMs && t_ms - window_us / 1000 >= fromMs - 1;
  });
  const counts = new Map<number, number>();
  for (const { session_id: id } of inside) counts.set(id, (counts.get(id) ?? 0) + 1);
  const [busiest] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  const own = inside.filter(({ session_id }) => session_id === busiest);
  return {
    session: capture.meta.sessions?.find(({ session_id }) => session_id === busiest),
    blocks: blocksOf(own, fromMs),
  };
}

function blocksOf(samples: readonly StatsSample[], fromMs: number): StatsSample[][] {
  const blocks = new Map<number, StatsSample[]>();
  for (const sample of samples) {
    const block = Math.floor((sample.t_ms - (sample.window_us ?? 0) / 1000 - fromMs + 1) / blockMs);
    const members = blocks.get(block);
    if (members === undefined) blocks.set(block, [sample]);
    else members.push(sample);
  }
  return [...blocks.values()].filter(isFull);
}

function isFull(block: readonly StatsSample[]): boolean {
  const coveredUs = block.reduce((sum, { window_us = 0 }) => sum + window_us, 0);
  return coveredUs / 1000 >= blockMs * blockShareMin;
}

function reasonAgainst(before: Side, after: Side): SideDifference | undefined {
  if (before.blocks.length === 0) return { kind: "nothing_before" };
  if (after.blocks.length === 0) return { kind: "nothing_after" };
  const [one, two] = [before.session, after.session];
  if (one === undefined || two === undefined) return undefined;
  const facts = [
    ["codec", one.codec, two.codec],
    ["client", one.client, two.client],
    ["mode", modeOf(one), modeOf(two)],
  ] as const;
  const changed = facts.find(([, was, is]) => was !== is);
  return changed && { kind: changed[0], before: changed[1], after: changed[2] };
}

function modeOf({ width, height, fps }: CaptureSession): string {
  return `${width}x${height}@${fps}`;
}

function textOf({ kind, before, after }: SideDifference): string {
  if (kind === "nothing_before") return "nothing was measured before";
  if (kind === "nothing_after") return "nothing was measured after";
  return `the ${kind} changed from ${before} to ${after}`;
}

type Read = (sample: StatsSample) => number | undefined;

/** A metric of the table, or of a stage. */
type Compared = { readonly name: string; readonly metric?: MetricName; readonly read: Read };

/**
 * Every metric that was measured on both sides, in the order of the table; stages after the total.
 */
function compareSides(before: Side, after: Side): ComparedMetric[] {
  const stages = before.blocks[0]?.[0]?.stages.map(({ name }) => name) ?? [];
  const rows = metricNames.map(
    (name): Compared => ({ name, metric: name, read: (sample) => measured(sample, name) }),
  );
  const isTotal = ({ metric }: Compared) =>
    metric !== undefined && metricRows[metric].part?.row === "total";
  const all = [
    ...rows.filter(isTotal),
    ...stages.flatMap(comparedStage),
    ...rows.filter((row) => !isTotal(row)),
  ];
  return all.flatMap((compared) => compareOne(compared, before, after));
}

function comparedStage(stage: string): Compared[] {
  return (["p50_us", "p99_us"] as const).map((field) => ({
    name: `${stage}_${field}`,
    read: (sample) => sample.stages.find(({ name }) => name === stage)?.[field],
  }));
}

function compareOne({ name, metric, read }: Compared, before: Side, after: Side): ComparedMetric[] {
  const isLow = metric !== undefined && [before, after].some((side) => hasLowerBound(side, metric));
  return compareMetric(name, mediansOf(before, read), mediansOf(after, read)).map((compared) => ({
    ...compared,
    ...(isLow ? { is_lower_bound: true } : {}),
  }));
}

function hasLowerBound({ blocks }: Side, metric: MetricName): boolean {
  return blocks.some((block) => block.some((sample) => isLowerBound(sample, metric)));
}

/** Sorted; for the blocks in which it was measured. */
function mediansOf({ blocks }: Side, read: Read): number[] {
  const medians = blocks.flatMap((block) => {
    const values = block.map(read).filter((value) => value !== undefined);
    return values.length === 0 ? [] : [medianOf(values.sort((a, b) => a - b))];
  });
  return medians.sort((a, b) => a - b);
}

function compareMetric(
  metric: string,
  before: readonly number[],
  after: readonly number[],
): ComparedMetric[] {
  if (before.length === 0 || after.length === 0) return [];
  const { estimate, interval } = rankInterval(before, after);
  const medians = { before: medianOf(before), after: medianOf(after), difference: estimate };
  return [{ metric, ...medians, ...interval, verdict: verdictOn(interval) }];
}

function verdictOn(interval: { low: number; high: number } | undefined): MetricVerdict {
  if (interval === undefined) return "too_little";
  if (interval.low > 0) return "higher";
  return interval.high < 0 ? "lower" : "no_difference";
}
