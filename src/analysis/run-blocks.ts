/**
 * The figures of a run, block by block: blocks of five seconds of rows, because consecutive frames
 * resemble each other too much to be counted separately. Long runs have more blocks than a
 * comparison needs: then neighbours are merged into groups, so that drift within minutes is not
 * mistaken for many independent samples either.
 */
import { type FrameTable, frameFates } from "../model/frames.ts";
import type { RunEnd, RunUnit } from "../model/run-comparison.ts";
import { hasTimes, type PartName, partNames, partsOf } from "../verdict/parts.ts";
import { medianOf } from "./rank-interval.ts";
import { selectQuantile, selectQuantiles } from "./select.ts";

/** METRICS.md, third trap. */
export const blockUs = 5_000_000;
/**
 * Blocks, or groups of them, per side: as many as an exact test can take, and more power than
 * needed.
 */
export const blockCountMax = 40;
/** A block with fewer new frames than this has no percentiles worth comparing. */
const blockFramesMin = 30;

/** A stretch of time in which all rows count, on the clock of `due_us`. */
export type Stretch = { readonly fromUs: number; readonly toUs: number };

/** Rows of one session, and which of them count. */
export type RunRows = { readonly rows: FrameTable; readonly stretches: readonly Stretch[] };

/** Values of one metric, one per block, in the order of time; NaN where it was not measured. */
export type BlockMetric = {
  readonly metric: string;
  readonly unit: RunUnit;
  readonly values: readonly number[];
};

export type RunBlocks = {
  readonly metrics: readonly BlockMetric[];
  /** By part: mean over the middle half of a block's frames; parts of a block add up. */
  readonly middle: Readonly<Record<PartName, readonly number[]>>;
  /** The duration of each new frame until the end, in the order of time. */
  readonly endUs: Float64Array;
  readonly count: number;
};

/** Facts of a run before its blocks are made: one pass over its rows. */
export type RunParts = RunRows & {
  readonly parts: Readonly<Record<PartName, Float64Array>>;
  readonly handedUs: Float64Array;
  /** The farthest end known for most of its frames. */
  readonly knownEnd: RunEnd;
};

/** Measures the parts of every row. */
export function partsOfRun(run: RunRows): RunParts {
  const { parts, handedUs, measuredUntil } = partsOf(run.rows);
  return { ...run, parts, handedUs, knownEnd: measuredUntil };
}

/** Rows from `first` up to, not including, `end`. */
type Span = { readonly first: number; readonly end: number };

/** Blocks of all stretches, measured until `end`, which both sides know. */
export function blocksOf(run: RunParts, end: RunEnd): RunBlocks {
  const endUs = endColumn(run, end);
  const spans = run.stretches.flatMap((stretch) => spansOf(run.rows, stretch));
  const measure = new BlockMeasure(run, end, endUs);
  const blocks = spans.map((span) => measure.block(span)).filter((block) => block !== undefined);
  const groups = groupsOf(blocks);
  const names = blocks[0]?.values.map(({ metric, unit }) => ({ metric, unit })) ?? [];
  const middle = (part: PartName) =>
    groups.map((group) => folded(group, (one) => one.middle[part]));
  return {
    metrics: names.map((name, place) => ({
      ...name,
      values: groups.map((group) => folded(group, ({ values }) => values[place]?.value)),
    })),
    // Every name, right here.
    middle: Object.fromEntries(partNames.map((part) => [part, middle(part)])) as Record<
      PartName,
      number[]
    >,
    endUs: framesIn(run, endUs, spans),
    count: groups.length,
  };
}

/** As far as both know it: parts beyond it are excluded from the whole. */
function endColumn({ parts, handedUs }: RunParts, end: RunEnd): Float64Array {
  if (end === "handed_over") return handedUs;
  const { network, display } = parts;
  const isShown = end === "shown";
  const endUs = new Float64Array(handedUs.length);
  for (let row = 0; row < endUs.length; row++) {
    const completeUs = (handedUs[row] ?? 0) + (network[row] ?? 0);
    endUs[row] = isShown ? completeUs + (display[row] ?? 0) : completeUs;
  }
  return endUs;
}

/** Equal blocks of five seconds or a little more: nothing of a stretch is left over. */
function spansOf({ columns, count }: FrameTable, { fromUs, toUs }: Stretch): Span[] {
  const { due_us: due } = columns;
  const begin = lowerBound(due, count, fromUs);
  const last = lowerBound(due, count, toUs);
  if (last <= begin) return [];
  const firstUs = due[begin] ?? 0;
  const lengthUs = Math.max(1, (due[last - 1] ?? 0) - firstUs + 1);
  const blockCount = Math.max(1, Math.round(lengthUs / blockUs - 0.4));
  const bounds = Array.from({ length: blockCount + 1 }, (_, index) =>
    index === blockCount ? last : lowerBound(due, count, firstUs + (index * lengthUs) / blockCount),
  );
  return bounds.slice(1).map((end, index) => ({ first: bounds[index] ?? begin, end }));
}

/** First row due at `us` or later; rows of one session are ordered by time. */
function lowerBound(due: Float64Array, count: number, us: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((due[middle] ?? 0) < us) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Block = {
  readonly values: readonly {
    readonly metric: string;
    readonly unit: RunUnit;
    readonly value: number;
  }[];
  readonly middle: Readonly<Record<PartName, number>>;
};

/** All other fates are of slots that nobody saw. */
const sent = frameFates.indexOf("sent");

/** For the durations of a block's new frames. */
type Ends = {
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p99: number;
};

/** Parts beyond an end. */
const beyond: Readonly<Record<RunEnd, readonly PartName[]>> = {
  handed_over: ["network", "display"],
  complete: ["display"],
  shown: [],
};

/** Measures block after block with the same memory. */
class BlockMeasure {
  readonly #run: RunParts;
  readonly #end: RunEnd;
  readonly #endUs: Float64Array;
  readonly #scratch: Float64Array;
  /** Rows of the block's new frames. */
  readonly #frames: Uint32Array;
  /** Those of the middle half among them. */
  readonly #middleRows: Uint32Array;
  readonly #partNames: readonly PartName[];
  /** Those with any duration: the others are 0 in every block. */
  readonly #timedParts: ReadonlySet<PartName>;

  constructor(run: RunParts, end: RunEnd, endUs: Float64Array) {
    this.#run = run;
    this.#end = end;
    this.#endUs = endUs;
    this.#scratch = new Float64Array(run.rows.count);
    this.#frames = new Uint32Array(run.rows.count);
    this.#middleRows = new Uint32Array(run.rows.count);
    this.#partNames = partNames.filter((part) => !beyond[end].includes(part));
    this.#timedParts = new Set(this.#partNames.filter((part) => hasTimes(run.parts[part])));
  }

  /** `undefined` if there are too few new frames. */
  block({ first, end }: Span): Block | undefined {
    const { columns } = this.#run.rows;
    const { frameCount, absentCount, repeatCount } = this.#count(first, end);
    if (frameCount < blockFramesMin) return undefined;
    const slots = end - first;
    const dueUs = (columns.due_us[end - 1] ?? 0) - (columns.due_us[first] ?? 0);
    const seconds = (dueUs * slots) / Math.max(1, slots - 1) / 1e6;
    const ends = this.#ends(frameCount);
    return {
      values: [
        ...this.#times(frameCount, ends),
        { metric: "interval_p99_us", unit: "us", value: this.#interval(frameCount) },
        { metric: "absent_share", unit: "share", value: absentCount / slots },
        { metric: "repeat_share", unit: "share", value: repeatCount / slots },
        { metric: "fps", unit: "fps", value: frameCount / seconds },
        {
          metric: "mbps",
          unit: "mbps",
          value: (this.#sum("bytes", first, end) * 8) / seconds / 1e6,
        },
        { metric: "lost_packets_share", unit: "share", value: this.#lostShare(first, end) },
      ],
      middle: this.#middle(frameCount, ends),
    };
  }

  /** Leaves the rows of new frames in `#frames`. */
  #count(first: number, end: number) {
    const { fate, repeat } = this.#run.rows.columns;
    let frameCount = 0;
    let absentCount = 0;
    let repeatCount = 0;
    for (let row = first; row < end; row++) {
      if (fate[row] !== sent) absentCount += 1;
      if (Number.isNaN(this.#endUs[row])) continue;
      if (repeat[row] === 1) repeatCount += 1;
      else this.#frames[frameCount++] = row;
    }
    return { frameCount, absentCount, repeatCount };
  }

  #times(frameCount: number, { p50, p99 }: Ends): Block["values"] {
    const { parts, rows } = this.#run;
    const name = endMetrics[this.#end];
    const us = (metric: string, value: number) => ({ metric, unit: "us", value }) as const;
    return [
      us(`${name}_p50_us`, p50),
      us(`${name}_p99_us`, p99),
      ...this.#partNames.map((part) =>
        us(
          `${part}_p50_us`,
          this.#timedParts.has(part) ? this.#median(parts[part], frameCount) : 0,
        ),
      ),
      us("cpu_wait_p50_us", this.#median(rows.columns.cpu_wait_us, frameCount)),
    ];
  }

  #ends(frameCount: number): Ends {
    const count = this.#gather(this.#endUs, frameCount);
    const quantiles = selectQuantiles(this.#scratch, count, [0.25, 0.5, 0.75, 0.99]);
    const [p25 = Number.NaN, p50 = Number.NaN, p75 = Number.NaN, p99 = Number.NaN] = quantiles;
    return { p25, p50, p75, p99 };
  }

  /** NaN if most frames have no such value. */
  #median(column: Float64Array, frameCount: number): number {
    const count = this.#gather(column, frameCount);
    return count * 2 < frameCount ? Number.NaN : selectQuantile(this.#scratch, count, 0.5);
  }

  /** Leaves the values of the block's new frames in `#scratch`. */
  #gather(column: Float64Array, frameCount: number): number {
    const [scratch, frames] = [this.#scratch, this.#frames];
    let count = 0;
    for (let index = 0; index < frameCount; index++) {
      const value = column[frames[index] ?? 0] ?? Number.NaN;
      if (!Number.isNaN(value)) scratch[count++] = value;
    }
    return count;
  }

  /** Between the ends of consecutive new frames. */
  #interval(frameCount: number): number {
    const { due_us: due } = this.#run.rows.columns;
    let before = Number.NaN;
    let count = 0;
    for (let index = 0; index < frameCount; index++) {
      const row = this.#frames[index] ?? 0;
      const at = (due[row] ?? 0) + (this.#endUs[row] ?? 0);
      if (!Number.isNaN(before)) this.#scratch[count++] = Math.max(0, at - before);
      before = at;
    }
    return selectQuantile(this.#scratch, count, 0.99);
  }

  #sum(name: "bytes" | "packets" | "lost_packets", first: number, end: number): number {
    const column = this.#run.rows.columns[name];
    let sum = 0;
    for (let row = first; row < end; row++) sum += column[row] || 0;
    return sum;
  }

  /** NaN if the player reports none. */
  #lostShare(first: number, end: number): number {
    const { lost_packets: lost, packets } = this.#run.rows.columns;
    let isKnown = false;
    for (let row = first; row < end && !isKnown; row++) isKnown = !Number.isNaN(lost[row]);
    if (!isKnown || Number.isNaN(packets[first] ?? Number.NaN)) return isKnown ? 0 : Number.NaN;
    return this.#sum("lost_packets", first, end) / Math.max(1, this.#sum("packets", first, end));
  }

  /** For the frames between the quartiles: their parts add up, and no single stall decides. */
  #middle(frameCount: number, { p25, p75 }: Ends): Record<PartName, number> {
    const [frames, rows, endUs] = [this.#frames, this.#middleRows, this.#endUs];
    let count = 0;
    for (let index = 0; index < frameCount; index++) {
      const row = frames[index] ?? 0;
      const value = endUs[row] ?? 0;
      if (value >= p25 && value <= p75) rows[count++] = row;
    }
    const means = partNames.map((part) => [
      part,
      this.#timedParts.has(part) ? meanOf(this.#run.parts[part], rows, count) : 0,
    ]);
    // Every name, right here.
    return Object.fromEntries(means) as Record<PartName, number>;
  }
}

/** For the first `count` of these rows; 0 without any. */
function meanOf(column: Float64Array, rows: Uint32Array, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += column[rows[index] ?? 0] ?? 0;
  return sum / Math.max(1, count);
}

/** Names of the whole, by its end. */
export const endMetrics = {
  handed_over: "handed_over",
  complete: "complete",
  shown: "shown",
} as const satisfies Record<RunEnd, string>;

/** Neighbours in one group, of equal length where possible. */
function groupsOf(blocks: readonly Block[]): Block[][] {
  const groupCount = Math.min(blocks.length, blockCountMax);
  return Array.from({ length: groupCount }, (_, index) =>
    blocks.slice(
      Math.floor((index * blocks.length) / groupCount),
      Math.floor(((index + 1) * blocks.length) / groupCount),
    ),
  );
}

/** Median of a group; NaN if no block of it has a value. */
function folded(group: readonly Block[], read: (block: Block) => number | undefined): number {
  const values = group.map((block) => read(block) ?? Number.NaN);
  const known = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return known.length === 0 ? Number.NaN : medianOf(known);
}

/** Ends of the new frames of all blocks. */
function framesIn(run: RunParts, endUs: Float64Array, spans: readonly Span[]): Float64Array {
  const { repeat } = run.rows.columns;
  const values = new Float64Array(run.rows.count);
  let count = 0;
  for (const { first, end } of spans) {
    for (let row = first; row < end; row++) {
      const value = endUs[row] ?? Number.NaN;
      if (repeat[row] !== 1 && !Number.isNaN(value)) values[count++] = value;
    }
  }
  return values.subarray(0, count);
}
