/**
 * Reads a range of one run back from its segments, a segment at a time: rows with what players
 * reported later joined in, samples, events and checkpoints. A deleted file had expired, and is
 * left out. An existing but unreadable one is reported: it must not be mistaken for a pause.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { dataDisk } from "../base/disk-lane.ts";
import { hasCode, messageOf } from "../base/error-text.ts";
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
import { readSegmentName, type SegmentName, segmentMsMost } from "./segment-names.ts";

/** On the monotonic clock of the run; `toUs` is exclusive. */
export type HistoryRange = {
  readonly fromUs: number;
  readonly toUs: number;
  /** All unless given. */
  readonly sessionId?: number | undefined;
  /** Rows are most of the work; false skips them. */
  readonly withRows?: boolean;
};

/** One segment's part of the range. */
export type HistoryPart = {
  readonly head: SegmentHead;
  /** Sessions that began before the segment, or in it. */
  readonly sessions: readonly CaptureSession[];
  readonly rows: FrameTable;
  readonly samples: readonly HistorySample[];
  readonly events: readonly HistoryEvent[];
  readonly checkpoints: readonly HistoryCheckpoint[];
};

/** An unreadable part of the range on disk; on the monotonic clock of the run. */
export type UnreadStretch = {
  /** Of the segment. */
  readonly name: string;
  readonly fromUs: number;
  readonly toUs: number;
  /** In a few words, for the log. */
  readonly reason: string;
};

/** A row is written a window after its slot was due, and final two seconds after it. */
const lateMsMax = 10_000;
const joinedColumns = ["fate", ...lateWordColumns] as const;
/**
 * The first batch of a segment has slots that were due before it began: since the last flush, with
 * a margin for a busy host.
 */
const leadUs = 3_000_000;

/** A run's segments that may hold something of the range, in order. */
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

/**
 * One part for each segment that can be read, in order.
 * @param unread what cannot be read is added to it, before the part that follows is yielded
 * @throws Failure `storage_unreadable` when the disk does not answer
 */
export async function* readRange(
  { directory, names }: { readonly directory: string; readonly names: readonly string[] },
  range: HistoryRange,
  unread: UnreadStretch[] = [],
): AsyncGenerator<HistoryPart> {
  let waiting: Segment | undefined;
  for (const [place, name] of names.entries()) {
    const loaded = await dataDisk.run(() => loadWhole(directory, name, range.withRows ?? true));
    if (loaded === undefined) continue;
    const bounds = boundsOf(name, { before: waiting, next: names[place + 1] });
    if (loaded.kind === "unread") {
      addWithin(unread, { name, ...bounds, reason: loaded.reason }, range);
      continue;
    }
    const { segment } = loaded;
    for (const stretch of damagedOf(segment, bounds)) {
      addWithin(unread, { name, ...stretch, reason: "damaged" }, range);
    }
    // Players' reports of a segment's last rows are in the next one.
    if (waiting !== undefined) yield partOf(waiting, range, lateOf(segment));
    waiting = segment;
  }
  if (waiting !== undefined) yield partOf(waiting, range, []);
}

type Loaded =
  | { readonly kind: "read"; readonly segment: Segment }
  | { readonly kind: "unread"; readonly reason: string };

/**
 * One whose end is torn although the run continued after it counts as damaged there. `undefined`
 * like `loadSegment`.
 */
async function loadWhole(
  directory: string,
  name: string,
  withRows: boolean,
): Promise<Loaded | undefined> {
  const path = join(directory, name);
  const loaded = await loadSegment(path, withRows);
  if (!hasTornEnd(loaded) || !(await isFollowed(directory, name))) return loaded;
  // The next one is started when this one is finished: pending writes are complete by now.
  const again = await loadSegment(path, withRows);
  if (!hasTornEnd(again)) return again;
  const { segment } = again;
  const damages = [...segment.damages, segment.records.length];
  return { kind: "read", segment: { ...segment, damages } };
}

function hasTornEnd(loaded: Loaded | undefined): loaded is Loaded & { readonly kind: "read" } {
  return loaded?.kind === "read" && loaded.segment.tornBytes > 0;
}

/** Whether the run of a segment has a later one. */
async function isFollowed(directory: string, name: string): Promise<boolean> {
  const own = readSegmentName(name);
  const names = await readdir(directory);
  return names.some((other) => {
    const read = readSegmentName(other);
    return read?.run === own?.run && (read?.number ?? 0) > (own?.number ?? 0);
  });
}

/** `undefined` when it is gone: it was the oldest. */
async function loadSegment(path: string, withRows: boolean): Promise<Loaded | undefined> {
  try {
    const stats = await stat(path);
    // Opening a pipe would block.
    if (!stats.isFile()) return { kind: "unread", reason: "not a file" };
    // Created, but its head is not written yet: it is empty.
    if (stats.size === 0) return undefined;
    if (stats.size > segmentBytesMax) return { kind: "unread", reason: "too large" };
    const segment = decodeSegment(await readFile(path), withRows);
    if (segment !== undefined) return { kind: "read", segment };
    return { kind: "unread", reason: "damaged, or of a later version" };
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return undefined;
    return { kind: "unread", reason: messageOf(cause) };
  }
}

type Bounds = { readonly fromUs: number; readonly toUs: number };

/**
 * From the end of the previous segment's data until the next one begins, or until no segment lasts
 * longer.
 */
function boundsOf(
  name: string,
  { before, next }: { readonly before: Segment | undefined; readonly next: string | undefined },
): Bounds {
  const beginMs = readSegmentName(name)?.beginMs ?? 0;
  const lastMs = beginMs + segmentMsMost;
  const endMs = (next === undefined ? undefined : readSegmentName(next)?.beginMs) ?? lastMs;
  const knownUs = (before && newestUs(before.records)) ?? 0;
  const beginUs = beginMs * 1000;
  const fromUs = Math.min(beginUs, Math.max(knownUs, beginUs - leadUs));
  return { fromUs, toUs: Math.min(endMs, lastMs) * 1000 };
}

/** Between the data before and after each damaged place. */
function damagedOf({ records, damages }: Segment, bounds: Bounds): Bounds[] {
  return [...new Set(damages)].map((at) => ({
    fromUs: newestUs(records.slice(0, at)) ?? bounds.fromUs,
    toUs: oldestUs(records.slice(at)) ?? bounds.toUs,
  }));
}

function newestUs(records: readonly HistoryRecord[]): number | undefined {
  const last = records.findLast((record) => timesOf(record) !== undefined);
  return last && timesOf(last)?.toUs;
}

function oldestUs(records: readonly HistoryRecord[]): number | undefined {
  const first = records.find((record) => timesOf(record) !== undefined);
  return first && timesOf(first)?.fromUs;
}

function timesOf(record: HistoryRecord): Bounds | undefined {
  const at = (us: number) => ({ fromUs: us, toUs: us });
  if (record.kind === "sample") return at(record.sample.at_us);
  if (record.kind === "event") return at(record.event.at_us);
  if (record.kind === "checkpoint") return at(record.checkpoint.at_us);
  if (record.kind !== "rows") return undefined;
  const { due_us } = record.rows.columns;
  const fromUs = due_us[0] ?? Number.NaN;
  const toUs = due_us[record.rows.count - 1] ?? Number.NaN;
  // In a foreign file a row may have no due time.
  return Number.isNaN(fromUs) || Number.isNaN(toUs) ? undefined : { fromUs, toUs };
}

function addWithin(unread: UnreadStretch[], stretch: UnreadStretch, range: HistoryRange): void {
  const fromUs = Math.max(stretch.fromUs, range.fromUs);
  const toUs = Math.min(stretch.toUs, range.toUs);
  if (toUs > fromUs) unread.push({ ...stretch, fromUs, toUs });
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

/** The rows with the players' reports. Columns that change are copies. */
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
