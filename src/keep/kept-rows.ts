/**
 * Rows of a range read as a whole, with the samples of that time: from the history, and from a
 * file.
 */

import { framesPage } from "../export/frames-json.ts";
import { openFrameFileAt } from "../export/parquet-reader.ts";
import { marksOfFile } from "../export/row-marks.ts";
import { concatTables, filterTable, withZero } from "../frames/table.ts";
import type { HistoryPart, UnreadStretch } from "../history/read-range.ts";
import type { CaptureSession, StatsSample } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import type { FramesPage } from "../model/frames-page.ts";
import type { RowMarks } from "../model/unread.ts";
import type { SettingChange } from "../model/verdict.ts";
import type { FramesQuery } from "../ports/history.ts";
import { changeIn } from "./judge-session.ts";
import { unreadField } from "./unread.ts";

/** A range of the history while it is read. */
type HistoryReading = {
  readonly parts: AsyncIterable<HistoryPart>;
  readonly unread: readonly UnreadStretch[];
};

/**
 * Rows of a range with the samples of that time, `due_us` and `t_ms` counted from the same start.
 */
export type KeptRows = {
  readonly rows: FrameTable;
  readonly samples: readonly StatsSample[];
  readonly sessions: readonly CaptureSession[];
  /** Settings that were changed in the range, in order. */
  readonly changes: readonly SettingChange[];
  /** The unreadable part of the range. */
  readonly marks: RowMarks;
};

/**
 * @param unread what `parts` could not read, filled while they are
 * @param zeroUs the start, on the monotonic clock of the run
 */
export async function keptRowsOf(
  { parts, unread }: HistoryReading,
  zeroUs: number,
): Promise<KeptRows> {
  const tables: FrameTable[] = [];
  const samples: StatsSample[] = [];
  const sessions = new Map<number, CaptureSession>();
  const changes: SettingChange[] = [];
  for await (const part of parts) {
    tables.push(part.rows);
    for (const { at_us, sample } of part.samples) {
      samples.push({ ...sample, t_ms: Math.round((at_us - zeroUs) / 1000) });
    }
    for (const { at_us, event } of part.events) {
      const change = changeIn(event, (at_us - zeroUs) / 1000);
      if (change !== undefined) changes.push(change);
    }
    for (const session of part.sessions) sessions.set(session.session_id, session);
  }
  const rows = withZero(concatTables(tables), zeroUs);
  const marks = unreadField(unread, zeroUs);
  return { rows, samples, sessions: [...sessions.values()], changes, marks };
}

/** Rows of a file, and their gaps in the range. */
export type FileRows = { readonly rows: FrameTable; readonly marks: RowMarks };

/** The requested rows of the Parquet file at `path`. @throws Error when it cannot be read */
export async function readFrames(path: string, query: FramesQuery): Promise<FrameTable> {
  return (await readFileRows(path, query)).rows;
}

/**
 * The same with their gaps, from a file that is opened once.
 * @throws Error when it cannot be read
 */
export async function readFileRows(path: string, query: FramesQuery): Promise<FileRows> {
  const file = await openFrameFileAt(path);
  const range = { fromUs: (query.from ?? 0) * 1000, toUs: (query.to ?? 1e12) * 1000 };
  const names = query.columns === undefined ? undefined : [...query.columns, "session_id" as const];
  const table = await file.read(range, names);
  const ids = table.columns.session_id;
  const isOwn = (row: number) => ids[row] === query.session;
  return {
    rows: query.session === undefined ? table : filterTable(table, isOwn),
    marks: marksOfFile(file, query),
  };
}

/** Rows of a file, as the API has them. */
export function pageOf({ rows, marks }: FileRows, query: FramesQuery): FramesPage {
  const lastMs = (rows.columns.due_us[rows.count - 1] ?? 0) / 1000;
  const ends = { fromMs: query.from ?? 0, toMs: query.to ?? Math.ceil(lastMs) };
  return framesPage(rows, { ...ends, ...marks }, query.columns);
}
