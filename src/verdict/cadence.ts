/** How evenly new pictures arrived: at the source, as sent, as shown. */

import { frameFates } from "../model/frames.ts";
import type { Cadence } from "../model/verdict.ts";
import { unevenCvMin, unevenGrowth } from "./bounds.ts";
import type { StreamFacts } from "./input.ts";
import type { Judged } from "./judge.ts";
import { median } from "./nth.ts";

const missed = frameFates.indexOf("missed");
const sent = frameFates.indexOf("sent");
/** Maximum length of a repeating pattern of holds: 24 in 60 is two, 25 in 60 five. */
const patternLengthMax = 6;
const patternShareMin = 0.9;

type Origin = Pick<StreamFacts, "isImported">;

/** `undefined` with fewer than three new pictures, and where they do not follow each other in time. */
export function cadenceOf(judged: Judged, { isImported = false }: Origin): Cadence | undefined {
  const { coveredUs, table } = judged;
  const rows = newRowsOf(judged);
  if (rows.length < 3) return undefined;
  // In a missed slot of an imported run the program made no frame; here the host took none.
  const isSeen = isImported ? undefined : seenIntervals(judged, rows);
  const source = unevenness(intervalsOf(pictureTimes(judged, rows), isSeen));
  const shown = shownFields(shownTimesOf(judged, rows));
  const sentCount = countSent(judged, rows);
  const rangeUs = (coveredUs[table.count - 1] ?? 0) - (coveredUs[0] ?? 0) + judged.intervalUs;
  // Rows of a foreign file need not be ordered by time.
  if (!(source.mean > 0 && rangeUs > 0)) return undefined;
  return {
    source_fps: round(1e6 / source.mean),
    sent_fps: round((sentCount * 1e6) / rangeUs),
    source_cv: round(source.cv),
    mad_ms: round(source.mad / 1000),
    ...shown,
    ...unevenField(source.cv, shown.shown_cv),
    ...patternOf(holdsOf(judged, rows, isSeen), source.mean, judged.intervalUs),
  };
}

/** Rows with a picture that was new at the source. */
export function newRowsOf({ table }: Judged): Uint32Array {
  const rows = new Uint32Array(table.count);
  let count = 0;
  const { fate, repeat } = table.columns;
  for (let row = 0; row < table.count; row++) {
    if (fate[row] !== missed && repeat[row] === 0) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

function shownTimesOf({ coveredUs, table }: Judged, rows: Uint32Array): Float64Array {
  const { shown_us } = table.columns;
  const times = new Float64Array(rows.length);
  let count = 0;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    const shownUs = shown_us[row] ?? Number.NaN;
    if (!Number.isNaN(shownUs)) times[count++] = (coveredUs[row] ?? 0) + shownUs;
  }
  return times.subarray(0, count);
}

/**
 * For each picture but the last, whether the source was looked at in every slot until the next: in
 * a slot that the host missed it may have had a new one.
 */
function seenIntervals({ table }: Judged, rows: Uint32Array): Uint8Array {
  const { fate } = table.columns;
  const isSeen = new Uint8Array(rows.length - 1);
  for (let index = 0; index < isSeen.length; index++) {
    const next = rows[index + 1] ?? 0;
    let row = (rows[index] ?? 0) + 1;
    while (row < next && fate[row] !== missed) row += 1;
    isSeen[index] = row === next ? 1 : 0;
  }
  return isSeen;
}

/** For how many slots each picture but the last was there, of those that `isSeen` has; of all without. */
function holdsOf({ table }: Judged, rows: Uint32Array, isSeen?: Uint8Array): Uint32Array {
  const slots = table.columns.frame;
  const holds = new Uint32Array(rows.length - 1);
  let count = 0;
  for (let index = 0; index < holds.length; index++) {
    if (isSeen?.[index] === 0) continue;
    holds[count++] = (slots[rows[index + 1] ?? 0] ?? 0) - (slots[rows[index] ?? 0] ?? 0);
  }
  return holds.subarray(0, count);
}

/** When each picture was made, if its age is known; otherwise when it was captured. */
function pictureTimes({ coveredUs, table }: Judged, rows: Uint32Array): Float64Array {
  const { wait_us, source_age_us } = table.columns;
  const times = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    times[index] = (coveredUs[row] ?? 0) + (wait_us[row] || 0) - (source_age_us[row] || 0);
  }
  return times;
}

function countSent({ table }: Judged, rows: Uint32Array): number {
  const { fate } = table.columns;
  let count = 0;
  for (let index = 0; index < rows.length; index++) if (fate[rows[index] ?? 0] === sent) count += 1;
  return count;
}

function shownFields(times: Float64Array): Partial<Cadence> {
  if (times.length < 3) return {};
  const { mean, cv } = unevenness(intervalsOf(times));
  return { shown_fps: round(1e6 / mean), shown_cv: round(cv) };
}

/** Where intervals became uneven. */
function unevenField(sourceCv: number, shownCv = 0): Pick<Cadence, "uneven"> {
  if (shownCv >= unevenCvMin && shownCv >= unevenGrowth * sourceCv) return { uneven: "way" };
  return sourceCv >= unevenCvMin ? { uneven: "source" } : {};
}

/** From each time to the next, of those that `isSeen` has; of all without. */
function intervalsOf(times: Float64Array, isSeen?: Uint8Array): Float64Array {
  const intervals = new Float64Array(times.length - 1);
  let count = 0;
  for (let index = 0; index < intervals.length; index++) {
    if (isSeen?.[index] === 0) continue;
    intervals[count++] = (times[index + 1] ?? 0) - (times[index] ?? 0);
  }
  return intervals.subarray(0, count);
}

/** A mean of 0 without intervals. @param intervals is changed */
function unevenness(intervals: Float64Array) {
  if (intervals.length === 0) return { mean: 0, cv: 0, mad: 0 };
  let sum = 0;
  for (let index = 0; index < intervals.length; index++) sum += intervals[index] ?? 0;
  const mean = sum / intervals.length;
  let squares = 0;
  for (let index = 0; index < intervals.length; index++) {
    squares += ((intervals[index] ?? 0) - mean) ** 2;
  }
  const cv = mean > 0 ? Math.sqrt(squares / intervals.length) / mean : 0;
  const middle = median(intervals);
  for (let index = 0; index < intervals.length; index++) {
    intervals[index] = Math.abs((intervals[index] ?? 0) - middle);
  }
  return { mean, cv, mad: median(intervals) };
}

/**
 * The beat of a rate just below the stream's; otherwise holds that repeat, such as 2 and 3 for 24
 * in 60.
 */
function patternOf(holds: Uint32Array, meanUs: number, intervalUs: number): Partial<Cadence> {
  const [singles, doubles] = [countOf(holds, 1), countOf(holds, 2)];
  if (singles >= patternShareMin * holds.length) {
    const isBeat = doubles > 1 && singles + doubles === holds.length;
    return isBeat ? { beat_s: round(1 / (1e6 / intervalUs - 1e6 / meanUs)) } : {};
  }
  if (countOf(holds, 0) > 0) return {};
  for (let length = 1; length <= patternLengthMax; length++) {
    if (keepsPeriod(holds, length)) return { pattern: [...holds.slice(-length)] };
  }
  return {};
}

function countOf(holds: Uint32Array, wanted: number): number {
  let count = 0;
  for (let index = 0; index < holds.length; index++) if (holds[index] === wanted) count += 1;
  return count;
}

function keepsPeriod(holds: Uint32Array, length: number): boolean {
  if (holds.length < 3 * length) return false;
  let same = 0;
  for (let index = length; index < holds.length; index++) {
    if (holds[index] === holds[index - length]) same += 1;
  }
  return same >= patternShareMin * (holds.length - length);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
