/** How evenly new pictures came: at the source, as sent, as shown. */

import { frameFates } from "../model/frames.ts";
import type { Cadence } from "../model/verdict.ts";
import type { Judged } from "./judge.ts";

const missed = frameFates.indexOf("missed");
const sent = frameFates.indexOf("sent");
/** A pattern of holds is looked for up to this length: 24 in 60 is two, 25 in 60 five. */
const patternLengthMax = 6;
const patternShareMin = 0.9;

/** `undefined` with fewer than three new pictures. */
export function cadenceOf(judged: Judged): Cadence | undefined {
  const { columns, count } = judged.table;
  const rows = newRowsOf(judged);
  if (rows.length < 3) return undefined;
  const source = unevenness(rows.map((row) => pictureTime(judged, row)));
  const sentCount = rows.filter((row) => columns.fate[row] === sent).length;
  const rangeUs = (columns.due_us[count - 1] ?? 0) - (columns.due_us[0] ?? 0) + judged.intervalUs;
  return {
    source_fps: round(1e6 / source.mean),
    sent_fps: round((sentCount * 1e6) / rangeUs),
    source_cv: round(source.cv),
    mad_ms: round(source.mad / 1000),
    ...shownFields(shownTimesOf(judged, rows)),
    ...patternOf(
      rows.map((row) => columns.frame[row] ?? 0),
      source.mean,
      judged.intervalUs,
    ),
  };
}

/** Rows with a picture that was new at the source. */
export function newRowsOf({ table }: Judged): number[] {
  const rows: number[] = [];
  const { fate, repeat } = table.columns;
  for (let row = 0; row < table.count; row++) {
    if (fate[row] !== missed && repeat[row] === 0) rows.push(row);
  }
  return rows;
}

function shownTimesOf({ table }: Judged, rows: readonly number[]): number[] {
  const { due_us, shown_us } = table.columns;
  const shown = rows.filter((row) => !Number.isNaN(shown_us[row]));
  return shown.map((row) => (due_us[row] ?? 0) + (shown_us[row] ?? 0));
}

/** When the picture was made, where its age is known; when it was taken otherwise. */
function pictureTime({ table }: Judged, row: number): number {
  const taken = (table.columns.due_us[row] ?? 0) + (table.columns.wait_us[row] || 0);
  return taken - (table.columns.source_age_us[row] || 0);
}

function shownFields(times: readonly number[]): Partial<Cadence> {
  if (times.length < 3) return {};
  const { mean, cv } = unevenness(times);
  return { shown_fps: round(1e6 / mean), shown_cv: round(cv) };
}

function unevenness(times: readonly number[]) {
  const intervals = new Float64Array(times.length - 1);
  let sum = 0;
  for (let index = 0; index < intervals.length; index++) {
    intervals[index] = (times[index + 1] ?? 0) - (times[index] ?? 0);
    sum += intervals[index] ?? 0;
  }
  const mean = sum / intervals.length;
  let squares = 0;
  for (const interval of intervals) squares += (interval - mean) ** 2;
  const cv = mean > 0 ? Math.sqrt(squares / intervals.length) / mean : 0;
  const median = middle(intervals);
  return { mean, cv, mad: middle(intervals.map((interval) => Math.abs(interval - median))) };
}

/** Median, nearest rank. */
function middle(values: Float64Array): number {
  return values.toSorted()[Math.ceil(values.length / 2) - 1] ?? 0;
}

/** The beat of a rate just below the stream's; else holds that repeat, such as 2 and 3 for 24 in 60. */
function patternOf(slots: readonly number[], meanUs: number, intervalUs: number): Partial<Cadence> {
  const holds = slots.slice(1).map((slot, index) => slot - (slots[index] ?? 0));
  const singles = holds.filter((hold) => hold === 1).length;
  const doubles = holds.filter((hold) => hold === 2).length;
  if (singles >= patternShareMin * holds.length) {
    const isBeat = doubles > 1 && singles + doubles === holds.length;
    return isBeat ? { beat_s: round(1 / (1e6 / intervalUs - 1e6 / meanUs)) } : {};
  }
  for (let length = 1; length <= patternLengthMax; length++) {
    if (keepsPeriod(holds, length)) return { pattern: holds.slice(-length) };
  }
  return {};
}

function keepsPeriod(holds: readonly number[], length: number): boolean {
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
