/**
 * What a change did: the samples on both sides of a checkpoint, as medians of blocks of five seconds,
 * because windows that follow each other resemble each other too much to be counted one by one.
 */
import type { Capture, CaptureSession, StatsSample } from "../model/capture.ts";
import type { ComparedMetric, Comparison, SideDifference, Verdict } from "../model/comparison.ts";
import { medianOf, rankInterval } from "./rank-interval.ts";

const blockMs = 5000;
/** Windows of a block that is only begun say little. */
const blockShareMin = 0.5;

export type ComparisonRange = {
  readonly checkpoint: string;
  /** On the capture's clock. */
  readonly atMs: number;
  /** Length of each side. */
  readonly seconds: number;
  /** Left out behind the checkpoint. */
  readonly settleMs: number;
};

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

/** Of the session that has most of the side's windows; a window belongs where all of it lies. */
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

const counters = ["frames_dropped", "packets_dropped", "send_dropped", "fec_recovered"] as const;

/** Every metric that was measured on both sides, in the order of the samples' fields. */
function compareSides(before: Side, after: Side): ComparedMetric[] {
  const stages = before.blocks[0]?.[0]?.stages.map(({ name }) => name) ?? [];
  const metrics: [string, Read][] = [
    ["total_p50_us", (sample) => sample.total_p50_us],
    ["total_p99_us", (sample) => sample.total_p99_us],
    ...stages.flatMap((name): [string, Read][] => [
      [`${name}_p50_us`, (sample) => stageOf(sample, name)?.p50_us],
      [`${name}_p99_us`, (sample) => stageOf(sample, name)?.p99_us],
    ]),
    ["gap_mean_us", (sample) => sample.gap_mean_us],
    ["fps", (sample) => sample.fps],
    ["repeat_fps", (sample) => sample.repeat_fps],
    ["mbps", (sample) => sample.mbps],
    ["bitrate_kbps", (sample) => sample.bitrate_kbps],
    ["rtt_us", (sample) => (isMeasured(sample, "rtt_us") ? sample.rtt_us : undefined)],
    ...counters.map((name): [string, Read] => [
      name,
      (sample) => (isMeasured(sample, name) ? sample[name] : undefined),
    ]),
  ];
  return metrics.flatMap(([name, read]) =>
    compareMetric(name, mediansOf(before, read), mediansOf(after, read)),
  );
}

function stageOf(sample: StatsSample, name: string) {
  return sample.stages.find((stage) => stage.name === name);
}

function isMeasured(sample: StatsSample, name: string): boolean {
  return sample.unmeasured?.includes(name) !== true;
}

/** Sorted; of the blocks in which it was measured. */
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

function verdictOn(interval: { low: number; high: number } | undefined): Verdict {
  if (interval === undefined) return "too_little";
  if (interval.low > 0) return "higher";
  return interval.high < 0 ? "lower" : "no_difference";
}
