/** The rows of a saved capture as CSV, JSON, Parquet or a trace, part by part, however long it is. */
import { closeSync, copyFileSync, openSync, writeSync } from "node:fs";
import { usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { csvHead, csvRows } from "../export/frames-csv.ts";
import { plainColumn } from "../export/frames-json.ts";
import { diskBuffer, type FrameFile, openFrameFile } from "../export/parquet-reader.ts";
import { TraceWriter } from "../export/trace.ts";
import { concatTables } from "../frames/table.ts";
import { type FrameTable, frameColumnNames } from "../model/frames.ts";
import type { CaptureFiles } from "./captures.ts";
import type { Terminal } from "./output.ts";

const rowFormats = ["csv", "json", "parquet", "pftrace"] as const;
type RowFormat = (typeof rowFormats)[number];

/** Whose rows, in which form, and where to. */
export type RowsCall = {
  readonly files: CaptureFiles;
  readonly id: string;
  readonly format: RowFormat;
  readonly out: string | undefined;
  readonly terminal: Terminal;
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
  if (format === "parquet") return copyFileSync(path, out ?? "");
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
    for await (const table of parts(file, call.terminal)) sink.write(csvRows(table));
    return;
  }
  if (call.format === "pftrace") return await writeTrace(call, file, sink);
  const tables: FrameTable[] = [];
  for await (const table of parts(file, call.terminal)) tables.push(table);
  const rows = concatTables(tables);
  const columns = frameColumnNames.map((name) => [name, plainColumn(rows, name)]);
  const head = { meta: file.head, count: rows.count };
  sink.write(`${JSON.stringify({ ...head, columns: Object.fromEntries(columns) })}\n`);
}

async function writeTrace({ files, id, terminal }: RowsCall, file: FrameFile, sink: Sink) {
  const trace = new TraceWriter({ write: (bytes) => sink.write(bytes) });
  const capture = await files.load(id);
  for (const session of capture?.meta.sessions ?? []) trace.addSession(session);
  for await (const table of parts(file, terminal)) trace.addRows(table);
  for (const sample of capture?.samples ?? []) trace.addSample(sample);
  const timeline = await files.loadTimeline(id);
  for (const event of timeline?.events ?? []) trace.addEvent(event);
  trace.finish();
}

/** Says how far it is where there are several. */
async function* parts(file: FrameFile, terminal: Terminal): AsyncGenerator<FrameTable> {
  let count = 0;
  for await (const table of file.tables()) {
    yield table;
    count += table.count;
    if (file.rowCount > table.count) terminal.progress(Math.min(0.999, count / file.rowCount));
  }
  if (count > 0) terminal.progress(1);
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
