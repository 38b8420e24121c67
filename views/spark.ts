/**
 * A session's minutes as a spark line: columns of equal length in time, each as high as its slowest
 * frame on a log scale. Pure. However many minutes there are, no slow one is lost.
 */
import type { HistorySession } from "../src/model/frames-page.ts";

/** One column of the line. */
export type SparkColumn = {
  /** Longest from due until handed over; 0 if unknown. */
  readonly worstMs: number;
  /** Frames that were skipped, dropped or lost. */
  readonly goneCount: number;
};

const columnCountMax = 180;
const minuteMs = 60_000;
/**
 * The range of the line's height: below a millisecond nothing is of interest, a second is its top.
 */
const [lowMs, highMs] = [1, 1000];
const heightMin = 6;

/** One per minute, fewer if they would be too many; always at least one. */
export function sparkColumns({
  duration_ms,
  minutes,
}: Pick<HistorySession, "duration_ms" | "minutes">): SparkColumn[] {
  const count = Math.min(columnCountMax, Math.max(1, Math.ceil(duration_ms / minuteMs)));
  const columns = Array.from({ length: count }, () => ({ worstMs: 0, goneCount: 0 }));
  for (const [index, worstMs] of minutes.worst_ms.entries()) {
    const atMs = minutes.at_ms[index] ?? index * minuteMs;
    const place = Math.floor((atMs / Math.max(1, duration_ms)) * count);
    const column = columns[Math.min(count - 1, Math.max(0, place))];
    if (column === undefined) continue;
    column.worstMs = Math.max(column.worstMs, worstMs);
    const gone = [minutes.missed[index], minutes.dropped?.[index], minutes.lost[index]];
    for (const frames of gone) column.goneCount += frames ?? 0;
  }
  return columns;
}

/** As paths, a column one unit wide and 100 units its full height. */
export function sparkPaths(columns: readonly SparkColumn[]): { good: string; bad: string } {
  const paths = { good: "", bad: "" };
  for (const [index, { worstMs, goneCount }] of columns.entries()) {
    if (worstMs === 0 && goneCount === 0) continue;
    const height = Math.round(heightOf(worstMs));
    paths[goneCount > 0 ? "bad" : "good"] += `M${index + 0.1} 100h.8v${-height}h-.8Z`;
  }
  return paths;
}

function heightOf(worstMs: number): number {
  const share = Math.log(Math.max(lowMs, worstMs) / lowMs) / Math.log(highMs / lowMs);
  return heightMin + Math.min(1, share) * (100 - heightMin);
}
