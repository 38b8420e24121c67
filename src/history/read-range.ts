/**
 * Reads a range of one run back from its segments, a segment at a time: rows with what players
 * reported later joined in, samples, events and checkpoints. A file that is gone, damaged or of a
 * later version is left out.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { dataDisk } from "../base/disk-lane.ts";
import { lateWordColumns } from "../frames/row-layout.ts";
import { concatTables, filterTable, tableBetween } from "../frames/table.ts";
import type { CaptureSession } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import {
  decodeSegment,
  type HistoryCheckpoint,
  type HistoryEvent,
  type HistoryRecord,
  type HistorySample,
  type Segment,
  type SegmentHead,
  segmentBytesMax,
} from "./segment.ts";
import type { SegmentName } from "./segment-names.ts";

/** On the monotonic clock of the run; `toUs` is not in it. */
export type HistoryRange = {
  readonly fromUs: number;
  readonly toUs: number;
  /** All unless given. */
  readonly sessionId?: number | undefined;
  /** Rows are most of the work; false leaves them out. */
  readonly withRows?: boolean;
};

/** What one segment has of the range. */
export type HistoryPart = {
  readonly head: SegmentHead;
  /** Sessions that had begun before the segment, or begin in it. */
  readonly sessions: readonly CaptureSession[];
  readonly rows: FrameTable;
  readonly samples: readonly HistorySample[];
  readonly events: readonly HistoryEvent[];
  readonly checkpoints: readonly HistoryCheckpoint[];
};

/** A row is written a window after its slot was due, and final two seconds after it. */
const lateMsMax = 10_000;
const joinedColumns = ["fate", ...lateWordColumns] as const;

/** Of a run's segments, in order, those that may hold something of the range. */
export function segmentsOf<T extends SegmentName>(
  segments: readonly T[],
  range: HistoryRange,
): T[] {
  const [fromMs, toMs] = [range.fromUs / 1000, range.toUs / 1000 + lateMsMax];
  return segments.filter((segment, place) => {
    const endMs = segments[place + 1]?.beginMs ?? Number.POSITIVE_INFINITY;
    return segment.beginMs <= toMs && endMs >= fromMs;
  });
}

/** One part for each segment that can be read, in order. */
export async function* readRange(
  directory: string,
  names: readonly string[],
  range: HistoryRange,
): AsyncGenerator<HistoryPart> {
  let waiting: Segment | undefined;
  for (const name of names) {
    const path = join(directory, name);
    const segment = await dataDisk.run(() => loadSegment(path, range.withRows ?? true));
    if (segment === undefined) continue;
    // What players reported of a segment's last rows is in the one after it.
    if (waiting !== undefined) yield partOf(waiting, range, lateOf(segment));
    waiting = segment;
  }
  if (waiting !== undefined) yield partOf(waiting, range, []);
}

async function loadSegment(path: string, withRows: boolean): Promise<Segment | undefined> {
  try {
    const stats = await stat(path);
    // A pipe would be waited for.
    if (!stats.isFile() || stats.size > segmentBytesMax) return undefined;
    return decodeSegment(await readFile(path), withRows);
  } catch {
    // It was the oldest and had to go meanwhile, or it cannot be read: it costs its minute.
    return undefined;
  }
}

function partOf(segment: Segment, range: HistoryRange, later: readonly FrameTable[]): HistoryPart {
  const { head, records } = segment;
  const { fromUs, toUs, sessionId } = range;
  const isIn = ({ at_us }: { readonly at_us: number }) => at_us >= fromUs && at_us < toUs;
  const samples = collect(records, "sample").map(({ sample }) => sample);
  const rows = concatTables(collect(records, "rows").map((record) => record.rows));
  const inTime = tableBetween(rows, fromUs, toUs);
  const ids = inTime.columns.session_id;
  const own =
    sessionId === undefined ? inTime : filterTable(inTime, (row) => ids[row] === sessionId);
  return {
    head,
    sessions: sessionsOf(segment),
    rows: joinLate(own, [...lateOf(segment), ...later]),
    samples: samples.filter(
      (one) => isIn(one) && (sessionId === undefined || one.sample.session_id === sessionId),
    ),
    events: collect(records, "event").flatMap(({ event }) => (isIn(event) ? [event] : [])),
    checkpoints: collect(records, "checkpoint").flatMap(({ checkpoint }) =>
      isIn(checkpoint) ? [checkpoint] : [],
    ),
  };
}

function sessionsOf({ head, records }: Segment): CaptureSession[] {
  const known = new Map(head.sessions.map((session) => [session.session_id, session]));
  for (const { session } of collect(records, "session")) known.set(session.session_id, session);
  return [...known.values()];
}

function collect<K extends HistoryRecord["kind"]>(records: readonly HistoryRecord[], kind: K) {
  return records.filter(
    (record): record is Extract<HistoryRecord, { kind: K }> => record.kind === kind,
  );
}

function lateOf(segment: Segment): FrameTable[] {
  return collect(segment.records, "late").map((record) => record.rows);
}

/** The rows with what players reported of them. Columns that change are copies. */
function joinLate(table: FrameTable, late: readonly FrameTable[]): FrameTable {
  if (late.length === 0 || table.count === 0) return table;
  const columns = { ...table.columns };
  for (const name of joinedColumns) columns[name] = columns[name].slice();
  const joined = { count: table.count, columns };
  const places = placesOf(table);
  for (const facts of late) overwrite(joined, facts, places);
  return joined;
}

function overwrite(table: FrameTable, facts: FrameTable, places: Map<number, number>): void {
  for (let row = 0; row < facts.count; row++) {
    const place = places.get(keyOf(facts, row));
    if (place === undefined) continue;
    for (const name of joinedColumns) {
      table.columns[name][place] = facts.columns[name][row] ?? Number.NaN;
    }
  }
}

function placesOf(table: FrameTable): Map<number, number> {
  const places = new Map<number, number>();
  for (let row = 0; row < table.count; row++) places.set(keyOf(table, row), row);
  return places;
}

/** Session and slot in one number: both have 32 bits, of which a session uses few. */
function keyOf(table: FrameTable, row: number): number {
  return (table.columns.session_id[row] ?? 0) * 2 ** 32 + (table.columns.frame[row] ?? 0);
}
