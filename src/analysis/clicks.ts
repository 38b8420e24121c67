/** Clicks of a range: their percentiles and histogram, and the groups in which two runs are compared. Pure. */
import type { StatsSample } from "../model/capture.ts";
import { type ClickSummary, type ClickTimes, clickParts } from "../model/click.ts";
import type { RunDistribution } from "../model/run-comparison.ts";
import { distributionOf } from "./distribution.ts";
import { medianOf } from "./rank-interval.ts";
import { type BlockMetric, blockCountMax } from "./run-blocks.ts";

const stepUs = 10_000;
/** Bars of the histogram; the last one also holds all longer times. */
const barCount = 16;
/** Consecutive clicks resemble each other: this many of them count as one sample. */
const groupClicks = 5;
/** With fewer groups no difference can be shown, and a comparison could only say "too little". */
const groupCountMin = 7;

/** `undefined` where none was measured. */
export function summarizeClicks(samples: readonly StatsSample[]): ClickSummary | undefined {
  const clicks = clicksIn(samples);
  if (clicks.length === 0) return undefined;
  const at = (name: keyof ClickTimes, share: number) => {
    const sorted = clicks.map((click) => click[name] ?? 0).sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  };
  const counts = Array.from({ length: barCount }, () => 0);
  for (const { total_us } of clicks) {
    const bar = Math.min(barCount - 1, Math.floor(total_us / stepUs));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return {
    count: clicks.length,
    p50_us: at("total_us", 0.5),
    p99_us: at("total_us", 0.99),
    parts: {
      to_host_us: at("to_host_us", 0.5),
      to_capture_us: at("to_capture_us", 0.5),
      to_encoded_us: at("to_encoded_us", 0.5),
      to_shown_us: at("to_shown_us", 0.5),
    },
    histogram: { step_us: stepUs, counts },
  };
}

/**
 * Medians of groups of five, in the order of time; none for a run with too few clicks to compare.
 */
export function clickBlocksOf(samples: readonly StatsSample[]): BlockMetric[] {
  const clicks = clicksIn(samples);
  const groupCount = Math.min(blockCountMax, Math.floor(clicks.length / groupClicks));
  if (groupCount < groupCountMin) return [];
  const bound = (index: number) => Math.floor((index * clicks.length) / groupCount);
  const groups = Array.from({ length: groupCount }, (_, index) =>
    clicks.slice(bound(index), bound(index + 1)),
  );
  const block = (metric: string, name: keyof ClickTimes): BlockMetric => ({
    ...{ metric, unit: "us" },
    values: groups.map((group) => medianOf(group.map((one) => one[name] ?? 0).sort(ascending))),
  });
  return [
    block("click_p50_us", "total_us"),
    ...clickParts.map((part) => block(`click_${part}`, part)),
  ];
}

/** Of both runs; `undefined` if one of them has too few clicks to compare. */
export function clickDistributionOf(
  a: readonly StatsSample[],
  b: readonly StatsSample[],
): RunDistribution | undefined {
  const [ofA, ofB] = [a, b].map((samples) =>
    Float64Array.from(clicksIn(samples), ({ total_us }) => total_us),
  );
  const least = groupClicks * groupCountMin;
  if (ofA === undefined || ofB === undefined) return undefined;
  if (Math.min(ofA.length, ofB.length) < least) return undefined;
  return distributionOf("click", ofA, ofB);
}

function clicksIn(samples: readonly StatsSample[]): ClickTimes[] {
  return samples.flatMap(({ clicks }) => clicks ?? []);
}

function ascending(a: number, b: number): number {
  return a - b;
}
