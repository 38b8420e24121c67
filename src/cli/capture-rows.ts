/** The rows of a saved capture as CSV, JSON, Parquet or a trace, part by part, however long it is. */
import type { AsyncBuffer } from "hyparquet";
import { usage } from "../base/command-line.ts";
import { cannotText, messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { csvHead, csvRows } from "../export/frames-csv.ts";
import { plainColumn } from "../export/frames-json.ts";
import { type FrameFile, openFrameFile } from "../export/parquet-reader.ts";
import { FrameFileWriter } from "../export/parquet-writer.ts";
import { marksOfFile, noteMarks } from "../export/row-marks.ts";
import { TraceWriter } from "../export/trace.ts";
import { concatTables, rowsOfSession } from "../frames/table.ts";
import { type FrameTable, frameColumnNames } from "../model/frames.ts";
import type { CapturePlace } from "./capture-place.ts";
import { captureFormats } from "./flags.ts";
import { type OutFile, openOut } from "./out-file.ts";
import type { Terminal } from "./output.ts";
import { isIn, isInTime, isOfSession, isPart, type RowsRange } from "./range.ts";

const copyBytes = 1024 * 1024;
type RowFormat = (typeof captureFormats)[number];

/** Whose rows, in which format, and where to. */
export type RowsCall = {
  readonly place: CapturePlace;
  readonly id: string;
  readonly format: RowFormat;
  readonly out: string | undefined;
  readonly terminal: Terminal;
  /** All of it unless given. */
  readonly range?: RowsRange;
};

/** @throws Failure `usage` */
export function readRowFormat(text: string | boolean | undefined): RowFormat {
  const format = captureFormats.find((known) => known === (text ?? "csv"));
  if (format !== undefined) return format;
  throw usage(`Cannot use --format "${text}": it takes ${captureFormats.join(", ")}`);
}

/**
 * Reports progress for large captures.
 * @throws Failure `no_frames`, `frames_damaged`, `usage`
 */
export async function writeRows(call: RowsCall): Promise<void> {
  const { place, id, format, out } = call;
  if (isBinary(format) && (out === undefined || out === "-")) {
    throw usage(`Missing --out FILE: ${format} is not a text`);
  }
  const rows = await place.rows(id);
  if (rows === undefined) {
    throw new Failure("no_frames", `Cannot find the frames of capture "${id}": it has none`);
  }
  using sink = openOut(out, call.terminal);
  try {
    if (format === "parquet" && !isPart(call.range ?? {})) await copy(rows, sink);
    else await write(call, await openFrameFile(rows), sink);
  } catch (cause) {
    throw damaged(id, cause);
  }
  sink.finish();
}

async function copy(rows: AsyncBuffer, sink: OutFile): Promise<void> {
  for (let at = 0; at < rows.byteLength; at += copyBytes) {
    sink.write(new Uint8Array(await rows.slice(at, Math.min(at + copyBytes, rows.byteLength))));
  }
}

function isBinary(format: RowFormat): boolean {
  return format === "parquet" || format === "pftrace";
}

function damaged(id: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const reason = messageOf(cause);
  const text = cannotText(`read the frames of capture "${id}"`, reason);
  return new Failure("frames_damaged", text, { cause, values: { id } });
}

async function write(call: RowsCall, file: FrameFile, sink: OutFile): Promise<void> {
  if (call.format === "csv") {
    sink.write(csvHead());
    for await (const table of parts(file, call)) sink.write(csvRows(table));
    return;
  }
  if (call.format === "pftrace") return await writeTrace(call, file, sink);
  if (call.format === "parquet") return await writeParquet(call, file, sink);
  const tables: FrameTable[] = [];
  for await (const table of parts(file, call)) tables.push(table);
  const rows = concatTables(tables);
  const columns = frameColumnNames.map((name) => [name, plainColumn(rows, name)]);
  const marks = marksOfFile(file, call.range ?? {});
  const head = { meta: file.head, count: rows.count, ...marks };
  sink.write(`${JSON.stringify({ ...head, columns: Object.fromEntries(columns) })}\n`);
}

async function writeParquet(call: RowsCall, file: FrameFile, sink: OutFile): Promise<void> {
  const rows = new FrameFileWriter(file.head, { write: (bytes) => sink.write(bytes) });
  for await (const table of parts(file, call)) rows.add(table);
  noteMarks(rows, marksOfFile(file, call.range ?? {}));
  rows.finish();
}

async function writeTrace(call: RowsCall, file: FrameFile, sink: OutFile): Promise<void> {
  const trace = new TraceWriter({ write: (bytes) => sink.write(bytes) });
  const { sessions, samples, events } = await besideRows(call);
  for (const session of sessions) trace.addSession(session);
  for await (const table of parts(file, call)) trace.addRows(table);
  for (const sample of samples) trace.addSample(sample);
  for (const event of events) trace.addEvent(event);
  trace.finish();
}

/** What the capture and its timeline have of the range. */
async function besideRows({ place, id, range = {} }: RowsCall) {
  const [capture, timeline] = [await place.load(id), await place.loadTimeline(id)];
  return {
    sessions: capture?.meta.sessions?.filter((session) => isOfSession(session, range)) ?? [],
    samples: capture?.samples.filter((sample) => isIn(sample, range)) ?? [],
    events: timeline?.events.filter((event) => isInTime(event, range)) ?? [],
  };
}

/** The rows of the range; reports progress if there are several parts. */
async function* parts(file: FrameFile, call: RowsCall): AsyncGenerator<FrameTable> {
  const { range = {}, terminal } = call;
  const all = isPart(range) ? file.parts(rangeUs(range), frameColumnNames) : file.tables();
  let count = 0;
  for await (const table of all) {
    yield range.session === undefined ? table : rowsOfSession(table, range.session);
    count += table.count;
    if (file.rowCount > table.count) terminal.progress(shareOf(file, { range, table, count }));
  }
  if (count > 0) terminal.progress(1);
}

function rangeUs({ from = 0, to }: RowsRange) {
  return { fromUs: from * 1000, toUs: to === undefined ? Number.MAX_SAFE_INTEGER : to * 1000 };
}

/** By rows for the whole, by time in a range with an end. */
function shareOf(
  file: FrameFile,
  {
    range,
    table,
    count,
  }: { readonly range: RowsRange; readonly table: FrameTable; readonly count: number },
): number {
  const { from = 0, to } = range;
  const lastMs = (table.columns.due_us[table.count - 1] ?? 0) / 1000;
  const share = to === undefined ? count / file.rowCount : (lastMs - from) / (to - from);
  return Math.min(0.999, Math.max(0, share));
}
