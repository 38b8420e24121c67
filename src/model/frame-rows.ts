/**
 * Single rows of a page of them, for the page of one frame: the frame at a moment, its neighbours,
 * and the next late one. Pure.
 */
import type { FrameColumnName } from "./frames.ts";
import type { FramesPage } from "./frames-page.ts";

/** One slot, with its measurements. */
export type FrameRow = {
  readonly frame: number;
  readonly dueUs: number;
  readonly fate: string;
  readonly isRepeat: boolean;
  readonly isKey: boolean;
  /** The other columns; absent where not measured. */
  readonly values: Readonly<Partial<Record<FrameColumnName, number>>>;
};

const handedParts = [
  ...(["wait_us", "capture_us", "submit_us", "encode_us", "packetize_us"] as const),
  ...(["queue_us", "send_us", "gap_us"] as const),
];

/** The rows of a page, in its order. */
export function rowsOf({ columns, count }: FramesPage): FrameRow[] {
  return Array.from({ length: count }, (_, row) => rowAt(columns, row));
}

function rowAt(columns: FramesPage["columns"], row: number): FrameRow {
  const values: Partial<Record<string, number>> = {};
  for (const [name, column] of Object.entries(columns)) {
    const value = column[row];
    if (typeof value === "number") values[name] = value;
  }
  return {
    frame: values.frame ?? 0,
    dueUs: values.due_us ?? 0,
    fate: String(columns.fate?.[row] ?? ""),
    isRepeat: columns.repeat?.[row] === true,
    isKey: columns.key?.[row] === true,
    values,
  };
}

/** From due until handed over; `undefined` for a slot without a sent frame. */
export function lateUsOf({ values }: FrameRow): number | undefined {
  if (values.gap_us === undefined) return undefined;
  return handedParts.reduce((sum, name) => sum + (values[name] ?? 0), 0);
}

/** A new frame that took longer than an interval to leave, or one that did not arrive. */
export function isLate(row: FrameRow, intervalUs: number): boolean {
  if (row.fate !== "sent") return true;
  return !row.isRepeat && (lateUsOf(row) ?? 0) > intervalUs;
}

/** The row due nearest to a moment, and the same number on either side. */
export function around(
  rows: readonly FrameRow[],
  atUs: number,
  count: number,
): { readonly row: FrameRow; readonly rows: readonly FrameRow[] } | undefined {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (const [index, { dueUs }] of rows.entries()) {
    if (Math.abs(dueUs - atUs) >= distance) continue;
    distance = Math.abs(dueUs - atUs);
    best = index;
  }
  const row = rows[best];
  return row && { row, rows: rows.slice(Math.max(0, best - count), best + count + 1) };
}
