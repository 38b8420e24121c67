/** The rows of a saved capture as CSV, JSON, Parquet or a trace, part by part, however long it is. */
import { closeSync, copyFileSync, openSync, writeSync } from "node:fs";
import { usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { csvHead, csvRows } from "../export/frames-csv.ts";
import { plainColumn } from "../export/frames-json.ts";
import { diskBuffer, type FrameFile, openFrameFile } from "../export/parquet-reader.ts";
import { FrameFileWriter } from "../export/parquet-writer.ts";
import { TraceWriter } from "../export/trace.ts";
import { concatTables, filterTable } from "../frames/table.ts";
import { type FrameTable, frameColumnNames } from "../model/frames.ts";
import type { CaptureFiles } from "./captures.ts";
import type { Terminal } from "./output.ts";
import { isPart, type RowsRange } from "./range.ts";

const rowFormats = ["csv", "json", "parquet", "pftrace"] as const;
type RowFormat = (typeof rowFormats)[number];

/** Whose rows, in which form, and where to. */
export type RowsCall = {
  readonly files: CaptureFiles;
  readonly id: string;
  readonly format: RowFormat;
  readonly out: string | undefined;
  readonly terminal: Terminal;
  /** All of it unless given. */
  readonly range?: RowsRange;
};

/** @throws Failure `usage` */
export function readRowFormat(text: string | boolean | undefined): RowFormat {
  const format = rowFormats.find((known) => known === (text ?? "csv"));
  if (format !== undefined) return format;
  throw usage(`Cannot use --format "${text}": it takes ${rowFormats.join(", ")}`);
}

/** Says how far it is when there is much. @throws Failure `no_frames`, `frames_damaged`, `usage` */
export async function writeRows(call: RowsCall): Promise<void> {
  const { files, id, format, out } = call;
  const path = await files.frames.filePath(id);
  if (path === undefined) {
    throw new Failure("no_frames", `Cannot find the frames of capture "${id}": it has none`);
  }
  const isText = format === "csv" || format === "json";
  if (!isText && (out === undefined || out === "-")) {
    throw usage(`Missing --out FILE: ${format} is not a text`);
  }
  if (format === "parquet" && !isPart(call.range ?? {})) return copyFileSync(path, out ?? "");
  using sink = openSink(out, call.terminal);
  try {
    await write(call, await openFrameFile(diskBuffer(path, Bun.file(path).size)), sink);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const text = `Cannot read the frames of capture "${id}": ${reason}`;
    throw new Failure("frames_damaged", text, { cause, values: { id } });
  }
}

type Sink = Disposable & { write(part: string | Uint8Array): void };

async function write(call: RowsCall, file: FrameFile, sink: Sink): Promise<void> {
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
  const head = { meta: file.head, count: rows.count };
  sink.write(`${JSON.stringify({ ...head, columns: Object.fromEntries(columns) })}\n`);
}

async function writeParquet(call: RowsCall, file: FrameFile, sink: Sink): Promise<void> {
  const rows = new FrameFileWriter(file.head, { write: (bytes) => sink.write(bytes) });
  for await (const table of parts(file, call)) rows.add(table);
  rows.finish();
}

async function writeTrace(call: RowsCall, file: FrameFile, sink: Sink) {
  const { files, id, range = {} } = call;
  const isIn = (tMs: number) => tMs >= (range.from ?? 0) && tMs < (range.to ?? Infinity);
  const isOwn = (session: number) => range.session === undefined || session === range.session;
  const trace = new TraceWriter({ write: (bytes) => sink.write(bytes) });
  const capture = await files.load(id);
  for (const session of capture?.meta.sessions ?? []) {
    if (isOwn(session.session_id)) trace.addSession(session);
  }
  for await (const table of parts(file, call)) trace.addRows(table);
  for (const sample of capture?.samples ?? []) {
    if (isIn(sample.t_ms) && isOwn(sample.session_id)) trace.addSample(sample);
  }
  const timeline = await files.loadTimeline(id);
  for (const event of timeline?.events ?? []) if (isIn(event.t_ms ?? 0)) trace.addEvent(event);
  trace.finish();
}

/** Those of the range; says how far it is where there are several parts. */
async function* parts(file: FrameFile, call: RowsCall): AsyncGenerator<FrameTable> {
  const { range = {}, terminal } = call;
  const all = isPart(range) ? file.parts(rangeUs(range), frameColumnNames) : file.tables();
  let count = 0;
  for await (const table of all) {
    yield range.session === undefined ? table : ofSession(table, range.session);
    count += table.count;
    if (file.rowCount > table.count) terminal.progress(shareOf(file, { range, table, count }));
  }
  if (count > 0) terminal.progress(1);
}

function rangeUs({ from = 0, to }: RowsRange) {
  return { fromUs: from * 1000, toUs: to === undefined ? Number.MAX_SAFE_INTEGER : to * 1000 };
}

function ofSession(table: FrameTable, session: number): FrameTable {
  const ids = table.columns.session_id;
  return filterTable(table, (row) => ids[row] === session);
}

/** By rows of the whole, by time in a range that has an end. */
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

function openSink(out: string | undefined, terminal: Terminal): Sink {
  if (out === undefined || out === "-") {
    return { write: (part) => terminal.write(String(part)), [Symbol.dispose]: () => undefined };
  }
  const file = openSync(out, "w", 0o600);
  return {
    write: (part) => writeAll(file, typeof part === "string" ? Buffer.from(part) : part),
    [Symbol.dispose]: () => closeSync(file),
  };
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
}
