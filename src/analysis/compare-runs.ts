/**
 * Compares two runs reliably: by blocks of five seconds, with one false-alarm rate for all figures
 * of the page, and not at all where the runs differ in their conditions. Pure.
 */
import type { StatsSample } from "../model/capture.ts";
import type {
  ComparedRun,
  RunComparison,
  RunDifference,
  RunDifferenceCode,
  RunEnd,
  RunLead,
  RunMetric,
} from "../model/run-comparison.ts";
import { runEnds } from "../model/run-comparison.ts";
import { partNames } from "../verdict/parts.ts";
import { clickBlocksOf, clickDistributionOf } from "./clicks.ts";
import { distributionOf } from "./distribution.ts";
import { medianOf } from "./rank-interval.ts";
import {
  blocksOf,
  endMetrics,
  partsOfRun,
  type RunBlocks,
  type RunParts,
  type RunRows,
} from "./run-blocks.ts";
import { alarmShare, compareMetrics } from "./run-metrics.ts";
import { sampleBlocksOf } from "./sample-blocks.ts";

/** Identifies a side; the counts are made here. */
export type RunFacts = Omit<ComparedRun, "frames" | "blocks">;

/** A side as it is passed in. */
export type GivenRun = {
  readonly facts: RunFacts;
  /** Absent for a capture without single frames. */
  readonly rows?: RunRows | undefined;
  /** Those of its session, in the range. */
  readonly samples: readonly StatsSample[];
  /** The known conditions: the source, the preset, the machine's name. */
  readonly conditions: Readonly<Partial<Record<ConditionCode, string>>>;
};

/** What runs may differ in besides mode and codec. */
export type ConditionCode = Exclude<
  RunDifferenceCode,
  "nothing_a" | "nothing_b" | "kind" | "mode" | "codec" | "client" | "machine_busy"
>;

export type CompareOptions = {
  /** Compares in spite of what forbids it. */
  readonly isForced?: boolean;
  /** Comparisons that are evaluated together. */
  readonly pageCount?: number;
};

/** A difference of this share of all cores in the use by other programs is reported. */
const busyShare = 0.2;

/** B against A. */
export function compareRuns(a: GivenRun, b: GivenRun, options: CompareOptions = {}): RunComparison {
  const frames =
    a.rows === undefined || b.rows === undefined
      ? ofSamples(a, b)
      : ofRows(partsOfRun(a.rows), partsOfRun(b.rows));
  const made = withClicks(frames, a.samples, b.samples);
  const clicks = clickDistributionOf(a.samples, b.samples);
  const { forbids, differs } = differencesOf(a, b, made);
  const isForbidden = forbids.some(isMissing) || (forbids.length > 0 && options.isForced !== true);
  const metrics = isForbidden
    ? []
    : compareMetrics(made.a.metrics, made.b.metrics, options.pageCount);
  return {
    version: 1,
    a: { ...a.facts, frames: made.a.frames, blocks: made.a.count },
    b: { ...b.facts, frames: made.b.frames, blocks: made.b.count },
    based_on: made.basedOn,
    measured_until: made.end,
    ...(isForbidden ? { not_comparable: forbids } : {}),
    differs: isForbidden ? differs : [...forbids, ...differs],
    result: isForbidden ? "not_comparable" : resultOf(metrics),
    alarm_share: alarmShare,
    metrics,
    ...(isForbidden ? {} : { lead: leadOf(made, metrics) }),
    ...(made.distribution === undefined ? {} : { distribution: made.distribution }),
    ...(isForbidden || clicks === undefined ? {} : { clicks }),
  };
}

type MadeSide = Pick<RunBlocks, "metrics" | "count"> & {
  readonly frames: number;
  readonly middle?: RunBlocks["middle"];
};

type Made = {
  readonly a: MadeSide;
  readonly b: MadeSide;
  readonly basedOn: "rows" | "samples";
  readonly end: RunEnd;
  readonly leadMetric: string;
  readonly distribution?: RunComparison["distribution"];
};

function ofRows(a: RunParts, b: RunParts): Made {
  const end = runEnds[Math.min(runEnds.indexOf(a.knownEnd), runEnds.indexOf(b.knownEnd))];
  const known = end ?? "handed_over";
  const [one, two] = [blocksOf(a, known), blocksOf(b, known)];
  const distribution = distributionOf(endMetrics[known], one.endUs, two.endUs);
  return {
    a: { ...one, frames: one.endUs.length },
    b: { ...two, frames: two.endUs.length },
    ...{ basedOn: "rows", end: known, leadMetric: `${endMetrics[known]}_p50_us` },
    ...(distribution === undefined ? {} : { distribution }),
  };
}

function ofSamples(a: GivenRun, b: GivenRun): Made {
  const side = ({ samples }: GivenRun): MadeSide => ({
    ...sampleBlocksOf(samples),
    frames: samples.reduce((sum, { frame_count = 0 }) => sum + frame_count, 0),
  });
  const facts = { basedOn: "samples", end: "handed_over", leadMetric: "total_p50_us" } as const;
  return { a: side(a), b: side(b), ...facts };
}

/** Clicks are not frames: whether single frames were kept makes no difference to them. */
function withClicks(made: Made, a: readonly StatsSample[], b: readonly StatsSample[]): Made {
  const [ofA, ofB] = [clickBlocksOf(a), clickBlocksOf(b)];
  return {
    ...made,
    a: { ...made.a, metrics: [...made.a.metrics, ...ofA] },
    b: { ...made.b, metrics: [...made.b.metrics, ...ofB] },
  };
}

function differencesOf(a: GivenRun, b: GivenRun, made: Made) {
  const mode = ({ facts: { width, height, fps } }: GivenRun) => `${width}x${height}@${fps}`;
  const fact = (code: RunDifferenceCode, one?: string, other?: string): RunDifference[] =>
    one === undefined || other === undefined || one === other ? [] : [{ code, a: one, b: other }];
  const condition = (code: ConditionCode) => fact(code, a.conditions[code], b.conditions[code]);
  const forbids: RunDifference[] = [
    ...(made.a.count === 0 ? [{ code: "nothing_a" } as const] : []),
    ...(made.b.count === 0 ? [{ code: "nothing_b" } as const] : []),
    ...fact("kind", a.facts.kind, b.facts.kind),
    ...fact("mode", mode(a), mode(b)),
    ...fact("codec", a.facts.codec, b.facts.codec),
    ...condition("source"),
  ];
  const differs = [
    ...fact("client", a.facts.client, b.facts.client),
    ...(["host", "encoder_preset", "bitrate_kbps", "fps_cap"] as const).flatMap(condition),
    ...busyDifference(a.samples, b.samples),
  ];
  return { forbids, differs };
}

function isMissing({ code }: RunDifference): boolean {
  return code === "nothing_a" || code === "nothing_b";
}

function busyDifference(a: readonly StatsSample[], b: readonly StatsSample[]): RunDifference[] {
  const [one, other] = [othersShare(a), othersShare(b)];
  if (one === undefined || other === undefined || Math.abs(one - other) < busyShare) return [];
  return [{ code: "machine_busy", a: one.toFixed(2), b: other.toFixed(2) }];
}

/** Median share of all cores used by other programs; `undefined` if it was not measured. */
export function othersShare(samples: readonly StatsSample[]): number | undefined {
  const shares = samples
    .map(({ machine }) => machine?.cpu_others_share)
    .filter((share) => share !== undefined);
  return shares.length === 0 ? undefined : medianOf(shares.sort((x, y) => x - y));
}

function resultOf(metrics: readonly RunMetric[]): RunComparison["result"] {
  if (metrics.some(({ verdict }) => verdict === "higher" || verdict === "lower")) {
    return "difference";
  }
  const isTold = metrics.some(({ verdict }) => verdict === "no_difference");
  return isTold && metrics.every(({ verdict }) => verdict !== "too_little")
    ? "no_difference"
    : "too_little";
}

/** Parts are compared only if the whole differs: no part is to blame for noise. */
function leadOf(made: Made, metrics: readonly RunMetric[]): RunLead {
  const { leadMetric: metric } = made;
  const found = metrics.find((one) => one.metric === metric);
  const isShown = found?.verdict === "higher" || found?.verdict === "lower";
  return { metric, parts: isShown ? partsIn(made, metrics, Math.sign(found.difference)) : [] };
}

function partsIn(made: Made, metrics: readonly RunMetric[], sign: number): RunLead["parts"] {
  const differences = made.basedOn === "rows" ? middleDifferences(made) : stageDifferences(metrics);
  const whole = differences.reduce((sum, { difference_us }) => sum + difference_us, 0);
  // The middle half of frames moved in the opposite direction of the median: there is nothing to
  // attribute.
  if (whole * sign <= 0) return [];
  return differences
    .map((one) => ({ ...one, share: Math.round((one.difference_us / whole) * 1000) / 1000 }))
    .filter(({ difference_us }) => difference_us !== 0)
    .sort((x, y) => y.share - x.share);
}

type PartDifference = { readonly part: string; readonly difference_us: number };

function middleDifferences({ a, b }: Made): PartDifference[] {
  return partNames.map((part) => {
    const [one, other] = [medianOfBlocks(a.middle?.[part]), medianOfBlocks(b.middle?.[part])];
    return { part, difference_us: Math.round((other - one) * 10) / 10 };
  });
}

function medianOfBlocks(values: readonly number[] = []): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort((x, y) => x - y);
  return known.length === 0 ? 0 : medianOf(known);
}

function stageDifferences(metrics: readonly RunMetric[]): PartDifference[] {
  return metrics.flatMap(({ metric, difference }) => {
    const part = /^(\w+)_p50_us$/.exec(metric)?.[1];
    return part === undefined || part === "total" ? [] : [{ part, difference_us: difference }];
  });
}
