/** What rows lack, cut to a range. Pure; a shared page uses it too. */
import type { RowMarks } from "../model/unread.ts";

/** A part of a capture, in ms since its begin; what is left out is not limited. */
export type MarksRange = { readonly from?: number | undefined; readonly to?: number | undefined };

/** What of it lies in the range; nothing of its kind is a field left out. */
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
