/**
 * Stretches of which there are no rows: unread, overwritten, or recording was paused. Every slot has a
 * row, also one in which no frame was made, so that nothing is known of such a stretch, and nothing
 * may be counted over it.
 */
import type { FrameTable } from "../model/frames.ts";

/** Slots of a grid are due one interval apart; clocks are corrected by less than this many. */
const holeIntervals = 4;

/** The time that rows cover, on the clock of `due_us`: each hole in it lasts one interval. */
export function coveredUsOf({ columns, count }: FrameTable, intervalUs: number): Float64Array {
  const due = columns.due_us;
  const covered = new Float64Array(count);
  let inHolesUs = 0;
  for (let row = 0; row < count; row++) {
    const dueUs = due[row] ?? 0;
    const stepUs = dueUs - (due[row - 1] ?? dueUs);
    if (stepUs > holeIntervals * intervalUs) inHolesUs += stepUs - intervalUs;
    covered[row] = dueUs - inHolesUs;
  }
  return covered;
}

/** Whether a hole lies between the rows. */
export function hasHole(
  { table, coveredUs }: { readonly table: FrameTable; readonly coveredUs: Float64Array },
  { from, to }: { readonly from: number; readonly to: number },
): boolean {
  const { due_us: due } = table.columns;
  const inHolesUs = (row: number) => (due[row] ?? 0) - (coveredUs[row] ?? 0);
  return inHolesUs(to) - inHolesUs(from) > 1;
}
