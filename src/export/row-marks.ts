/** Metadata about missing rows of a file; checked when it is read back. */
import { Value } from "@sinclair/typebox/value";
import { parseJson } from "../base/parse-json.ts";
import { type MarksRange, marksIn } from "../frames/marks.ts";
import { type RowMarks, Unread } from "../model/unread.ts";
import type { FrameFile } from "./parquet-reader.ts";
import type { FrameFileWriter } from "./parquet-writer.ts";

/** Where unread stretches are in the metadata of a file of rows, as JSON. */
const unreadKey = "onglass.unread";
/** In the metadata of a truncated file of rows: how many it has. */
const truncatedKey = "onglass.truncated";

/** What is missing in the requested range of a file's rows. The notes are checked. */
export function marksOfFile(
  file: Pick<FrameFile, "note" | "lastDueUs">,
  range: MarksRange,
): RowMarks {
  const isCut = file.note(truncatedKey) !== undefined;
  const { lastDueUs } = file;
  const until = isCut && lastDueUs !== undefined ? { rows_until_ms: rowsUntilMs(lastDueUs) } : {};
  return marksIn({ unread: parse(file.note(unreadKey)), ...until }, range);
}

/**
 * After the last existing row.
 * @param lastDueUs since the start
 */
export function rowsUntilMs(lastDueUs: number): number {
  return Math.max(0, Math.floor(lastDueUs / 1000) + 1);
}

/** Writes what the rows lack into the metadata, for `marksOfFile`. Before the file is finished. */
export function noteMarks(rows: FrameFileWriter, { unread, rows_until_ms }: RowMarks): void {
  if (unread !== undefined) rows.note(unreadKey, JSON.stringify(unread));
  if (rows_until_ms !== undefined) rows.note(truncatedKey, `${rows.rowCount}`);
}

function parse(text: string | undefined): Unread {
  const value = parseJson(text ?? "[]");
  // Otherwise it is not our note: the rows themselves are checked when they are read.
  return Value.Check(Unread, value) ? value : [];
}
