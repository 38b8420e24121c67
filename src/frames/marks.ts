/** What rows lack, cut to a range. Pure; a shared page uses it too. */
import type { RowMarks } from "../model/unread.ts";

/** A part of a capture, in ms since its start; absent limits are open. */
export type MarksRange = { readonly from?: number | undefined; readonly to?: number | undefined };

/** The part of it in the range; a field is left out if nothing of its kind is in it. */
export function marksIn({ unread = [], rows_until_ms }: RowMarks, range: MarksRange): RowMarks {
  const { from = 0, to = Number.POSITIVE_INFINITY } = range;
  const own = unread
    .map(({ from_ms, to_ms }) => ({ from_ms: Math.max(from_ms, from), to_ms: Math.min(to_ms, to) }))
    .filter(({ from_ms, to_ms }) => to_ms > from_ms);
  const isMissed = rows_until_ms !== undefined && to > rows_until_ms;
  return {
    ...(own.length === 0 ? {} : { unread: own }),
    ...(isMissed ? { rows_until_ms } : {}),
  };
}
