/**
 * The same for runs without single frames, captures of earlier versions: blocks of five seconds
 * made of windows. A percentile of windows is not that of their frames, but equal runs have equal
 * ones.
 */
import type { StatsSample } from "../model/capture.ts";
import { measured } from "../model/metric-columns.ts";
import { metricNames, metricRows } from "../model/metrics.ts";
import type { RunUnit } from "../model/run-comparison.ts";
import { medianOf } from "./rank-interval.ts";
import { type BlockMetric, blockCountMax } from "./run-blocks.ts";

const blockMs = 5000;
/** An incomplete block says little. */
const blockShareMin = 0.5;

type Read = {
  readonly metric: string;
  readonly unit: RunUnit;
  readonly read: (sample: StatsSample) => number | undefined;
};

/** Every metric of the table, and every stage, of the samples of one session. */
export function sampleBlocksOf(samples: readonly StatsSample[]): {
  readonly metrics: readonly BlockMetric[];
  readonly count: number;
} {
  const groups = groupsOf(samples);
  const stages = samples[0]?.stages.map(({ name }) => name) ?? [];
  const names = metricNames.filter((name) => !isClickMetric(name));
  const reads: Read[] = [...names.map(metricRead), ...stages.flatMap(stageReads)];
  const metrics = reads.map(({ metric, unit, read }) => ({
    ...{ metric, unit },
    values: groups.map((group) => medianIn(group, read)),
  }));
  return { metrics, count: groups.length };
}

/** Clicks are compared one by one (`clicks.ts`): most windows have none. */
function isClickMetric(name: (typeof metricNames)[number]): boolean {
  return name.startsWith("click_");
}

function metricRead(metric: (typeof metricNames)[number]): Read {
  return { metric, unit: metricRows[metric].unit, read: (sample) => measured(sample, metric) };
}

function stageReads(stage: string): Read[] {
  return (["p50_us", "p99_us"] as const).map((field) => ({
    metric: `${stage}_${field}`,
    unit: "us",
    read: (sample) => sample.stages.find(({ name }) => name === stage)?.[field],
  }));
}

function groupsOf(samples: readonly StatsSample[]): StatsSample[][] {
  const firstMs = beginMs(samples[0]);
  const blocks = new Map<number, StatsSample[]>();
  for (const sample of samples) {
    const block = Math.floor((beginMs(sample) - firstMs + 1) / blockMs);
    blocks.set(block, [...(blocks.get(block) ?? []), sample]);
  }
  const full = [...blocks.values()].filter(isFull);
  const groupCount = Math.min(full.length, blockCountMax);
  const bound = (index: number) => Math.floor((index * full.length) / groupCount);
  return Array.from({ length: groupCount }, (_, index) =>
    full.slice(bound(index), bound(index + 1)).flat(),
  );
}

function beginMs(sample: StatsSample | undefined): number {
  return sample === undefined ? 0 : sample.t_ms - (sample.window_us ?? 2e6) / 1000;
}

function isFull(block: readonly StatsSample[]): boolean {
  const coveredUs = block.reduce((sum, { window_us = 2e6 }) => sum + window_us, 0);
  return coveredUs / 1000 >= blockMs * blockShareMin;
}

function medianIn(group: readonly StatsSample[], read: Read["read"]): number {
  const values = group.map(read).filter((value) => value !== undefined);
  return values.length === 0 ? Number.NaN : medianOf(values.sort((a, b) => a - b));
}
