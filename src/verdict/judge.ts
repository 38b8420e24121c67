/**
 * Which slots were good and which were not, compared with the usual values of the seconds before.
 * Rows are of one session and in order.
 */
import { type FrameTable, frameFates } from "../model/frames.ts";
import {
  excessShareMin,
  excessUsMin,
  nobodyUsMax,
  settlingUs,
  usualCountMin,
  usualSpanUs,
} from "./bounds.ts";
import { type Coverage, coverageOf } from "./holes.ts";
import { type FrameParts, hasTimes, type PartName, partNames, partsOf } from "./parts.ts";
import { bucketOf, RollingMedian } from "./rolling-median.ts";

/** The meaning of a slot for the viewer. */
export const slotStates = { settling: 0, inTime: 1, late: 2, absent: 3, old: 4 } as const;

export type Judged = FrameParts &
  Coverage & {
    readonly table: FrameTable;
    readonly intervalUs: number;
    /** One of `slotStates` for each row. */
    readonly state: Uint8Array;
    /** How much later than usual a bad frame came; an absent one counts one interval. */
    readonly lateUs: Float64Array;
    /** The excess of each part over its usual value, only for bad frames. */
    readonly excess: Readonly<Record<PartName, Float64Array>>;
    /** Medians of frames in time, over the whole range. */
    readonly usual: Readonly<Record<PartName | "end", number>>;
  };

/** Frames that the medians of a whole range rest on. */
const usualSampleCount = 20_000;
/** The bucket of a frame that is not usual. */
const noBucket = 0xffff;
const sent = frameFates.indexOf("sent");
const dropped = frameFates.indexOf("dropped");
const partColumns = [...partNames, "end"] as const;
type Column = (typeof partColumns)[number];
/** Each value's bucket of the medians, of frames that are usual; none of a column that has no times. */
type Buckets = Partial<Record<Column, Uint16Array>>;

/**
 * Judges every row. Repeats are never late: nobody waits for a picture that is already there.
 * @param fps the grid's rate.
 */
export function judge(table: FrameTable, fps: number): Judged {
  const parts = partsOf(table);
  const buckets = bucketsOf(parts, usualRows(table));
  const judged = {
    ...parts,
    table,
    intervalUs: 1e6 / fps,
    ...coverageOf(table, 1e6 / fps),
    state: new Uint8Array(table.count),
    lateUs: new Float64Array(table.count),
    excess: excessColumns(buckets, table.count),
    usual: wholeUsual(buckets),
  };
  judgeRows(judged, new Usual(judged, buckets));
  return judged;
}

function judgeRows(judged: Judged, usual: Usual): void {
  const { table, state } = judged;
  const startUs = Math.max((table.columns.due_us[0] ?? 0) + settlingUs, nobodyUntilUs(judged));
  const due = table.columns.due_us;
  for (let row = 0; row < table.count; row++) {
    const dueUs = due[row] ?? 0;
    usual.forgetBefore(dueUs - usualSpanUs);
    state[row] = dueUs < startUs ? slotStates.settling : judgeRow(judged, usual, row);
    usual.learn(row);
  }
}

/** Until the first frame was handed to somebody: a stream that a page asked for runs before the page is there. */
function nobodyUntilUs({ table: { columns, count }, intervalUs }: Judged): number {
  const { due_us, fate, frame } = columns;
  const isBegin = (frame[0] ?? 0) * intervalUs <= settlingUs;
  let first = 0;
  while (isBegin && first < count && fate[first] === dropped) first += 1;
  return Math.min(due_us[first] ?? Number.POSITIVE_INFINITY, (due_us[0] ?? 0) + nobodyUsMax);
}

function judgeRow(judged: Judged, usual: Usual, row: number): number {
  const { table, endUs, intervalUs, lateUs } = judged;
  const isMade = !Number.isNaN(endUs[row]);
  if (table.columns.fate[row] !== sent) {
    lateUs[row] = intervalUs;
    if (isMade) noteExcess(judged, usual, row);
    return slotStates.absent;
  }
  const beyondUs = (endUs[row] ?? 0) - usual.of("end");
  if (table.columns.repeat[row] === 1 || !(beyondUs > intervalUs)) return slotStates.inTime;
  lateUs[row] = beyondUs;
  noteExcess(judged, usual, row);
  return slotStates.late;
}

function noteExcess(judged: Judged, usual: Usual, row: number): void {
  for (const part of partNames) {
    const timeUs = judged.parts[part][row] ?? 0;
    // Too short to exceed any usual value: no median is needed.
    if (timeUs <= excessUsMin) continue;
    const usualUs = usual.of(part);
    const beyondUs = timeUs - usualUs;
    const isMore = beyondUs > Math.max(excessUsMin, excessShareMin * usualUs);
    if (isMore) judged.excess[part][row] = beyondUs;
  }
}

/**
 * Rolling medians of all parts, of new frames that are not key: the usual values of a frame. A
 * part's median is updated on request, which happens only for bad frames.
 */
class Usual {
  readonly #judged: Judged;
  readonly #parts: Partial<Record<Column, RollingPart>> = {};
  /** The rows that are in the medians: from the oldest up to, not including, the end. */
  #oldest = 0;
  #end = 0;

  constructor(judged: Judged, buckets: Buckets) {
    this.#judged = judged;
    for (const column of partColumns) {
      const own = buckets[column];
      if (own !== undefined) this.#parts[column] = new RollingPart(own);
    }
  }

  of(column: Column): number {
    const part = this.#parts[column];
    if (part === undefined) return 0;
    part.moveTo(this.#oldest, this.#end);
    const { count, median } = part.median;
    return count < usualCountMin ? this.#judged.usual[column] : median;
  }

  learn(row: number): void {
    this.#end = row + 1;
  }

  forgetBefore(dueUs: number): void {
    const due = this.#judged.table.columns.due_us;
    while ((due[this.#oldest] ?? Number.POSITIVE_INFINITY) < dueUs) this.#oldest += 1;
  }
}

/** The median of one part over a sliding range of rows. */
class RollingPart {
  readonly median = new RollingMedian();
  readonly #buckets: Uint16Array;
  #oldest = 0;
  #end = 0;

  constructor(buckets: Uint16Array) {
    this.#buckets = buckets;
  }

  moveTo(oldest: number, end: number): void {
    const buckets = this.#buckets;
    const leaving = Math.min(oldest, this.#end);
    for (let row = this.#oldest; row < leaving; row++) {
      const bucket = buckets[row] ?? noBucket;
      if (bucket !== noBucket) this.median.remove(bucket);
    }
    // Rows that came and went since were never in it.
    this.#oldest = Math.max(this.#oldest, oldest);
    for (let row = Math.max(this.#end, this.#oldest); row < end; row++) {
      const bucket = buckets[row] ?? noBucket;
      if (bucket !== noBucket) this.median.add(bucket);
    }
    this.#end = Math.max(this.#end, this.#oldest, end);
  }
}

/** A part that never took time never exceeds its usual value: all of them share a column. */
function excessColumns(buckets: Buckets, count: number): Record<PartName, Float64Array> {
  const none = new Float64Array(count);
  const columns = partNames.map((part) => [
    part,
    buckets[part] === undefined ? none : new Float64Array(count),
  ]);
  // Every name of `partNames` is in it.
  return Object.fromEntries(columns) as Record<PartName, Float64Array>;
}

function valuesOf({ parts, endUs }: FrameParts, column: Column): Float64Array {
  return column === "end" ? endUs : parts[column];
}

function bucketsOf(parts: FrameParts, isUsual: Uint8Array): Buckets {
  const buckets: Buckets = {};
  for (const column of partColumns) {
    const values = valuesOf(parts, column);
    if (!hasTimes(values)) continue;
    const own = new Uint16Array(values.length);
    for (let row = 0; row < values.length; row++) {
      own[row] = isUsual[row] === 1 ? bucketOf(values[row] ?? 0) : noBucket;
    }
    buckets[column] = own;
  }
  return buckets;
}

function usualRows({ columns, count }: FrameTable): Uint8Array {
  const { fate, repeat, key } = columns;
  const usual = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    usual[row] = fate[row] === sent && repeat[row] === 0 && key[row] === 0 ? 1 : 0;
  }
  return usual;
}

/** Medians of the whole range, of every n-th frame where there are many: enough for a summary. */
function wholeUsual(buckets: Buckets): Record<Column, number> {
  const medianOf = (column: Column) => {
    const own = buckets[column];
    if (own === undefined) return 0;
    const median = new RollingMedian();
    const step = Math.max(1, Math.floor(own.length / usualSampleCount));
    for (let row = 0; row < own.length; row += step) {
      const bucket = own[row] ?? noBucket;
      if (bucket !== noBucket) median.add(bucket);
    }
    return median.median || 0;
  };
  return Object.fromEntries(partColumns.map((column) => [column, medianOf(column)])) as Record<
    Column,
    number
  >;
}
