/** What the rows of a file lack, beside them in its metadata; checked when it is read back. */
import { Value } from "@sinclair/typebox/value";
import { type RowMarks, Unread } from "../model/unread.ts";
import type { FrameFile } from "./parquet-reader.ts";
import type { FrameFileWriter } from "./parquet-writer.ts";

/** Where unread stretches lie in the metadata of a file of rows, as JSON. */
const unreadKey = "onglass.unread";
/** In the metadata of a file of rows that was cut: how many it has. */
const truncatedKey = "onglass.truncated";

/** A part of a capture, in ms since its begin; what is left out is not limited. */
type Range = { readonly from?: number | undefined; readonly to?: number | undefined };

/** What the rows of a file lack in the range that is asked for. Its notes are checked. */
export function marksOfFile(file: Pick<FrameFile, "note" | "lastDueUs">, range: Range): RowMarks {
  const { from = 0, to = Number.POSITIVE_INFINITY } = range;
  const unread = parse(file.note(unreadKey))
    .map(({ from_ms, to_ms }) => ({ from_ms: Math.max(from_ms, from), to_ms: Math.min(to_ms, to) }))
    .filter(({ from_ms, to_ms }) => to_ms > from_ms);
  const isCut = file.note(truncatedKey) !== undefined;
  const { lastDueUs } = file;
  const untilMs = isCut && lastDueUs !== undefined ? rowsUntilMs(lastDueUs) : undefined;
  const isMissed = untilMs !== undefined && to > untilMs;
  return {
    ...(unread.length === 0 ? {} : { unread }),
    ...(isMissed ? { rows_until_ms: untilMs } : {}),
  };
}

/** Behind the last row that is there. @param lastDueUs since the begin */
export function rowsUntilMs(lastDueUs: number): number {
  return Math.max(0, Math.floor(lastDueUs / 1000) + 1);
}

/** Writes what the rows lack beside them, for `marksOfFile`. Before the file is finished. */
export function noteMarks(rows: FrameFileWriter, { unread, rows_until_ms }: RowMarks): void {
  if (unread !== undefined) rows.note(unreadKey, JSON.stringify(unread));
  if (rows_until_ms !== undefined) rows.note(truncatedKey, `${rows.rowCount}`);
}

function parse(text: string | undefined): Unread {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Value.Check(Unread, value) ? value : [];
  } catch {
    // Not JSON, so not a note of ours: the rows themselves are checked when they are read.
    return [];
  }
}
