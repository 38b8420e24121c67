/**
 * The worker of `service.ts`: reads one file of another tool and writes its rows, then it is ended.
 */
import { dirname } from "node:path";
import { fillFileAtomic, writeWholeSync } from "../base/atomic-file.ts";
import { diskFault } from "../base/disk-fault.ts";
import { messageOf } from "../base/error-text.ts";
import { quietConsole } from "../base/library-console.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { lowerPriority } from "../base/threads.ts";
import { FrameFileWriter } from "../export/parquet-writer.ts";
import { noteMarks } from "../export/row-marks.ts";
import { sliceTable } from "../frames/table.ts";
import type { FrameTable } from "../model/frames.ts";
import { isBundle, readBundle } from "./bundle.ts";
import type { ImportAnswer, ImportRequest } from "./link.ts";
import { readRun } from "./read.ts";
import { recordingOf } from "./recording.ts";
import { RefusedFile } from "./refusal.ts";

declare const self: Worker;

/** Rows between two reports of progress. */
const partRowCount = 36_000;

quietConsole(console);

let rows: FrameTable | undefined;

self.onmessage = ({ data }: MessageEvent<ImportRequest>) => {
  lowerPriority();
  work(data)
    .then(answer)
    .catch((cause: unknown) => {
      if (cause instanceof RefusedFile) answer({ kind: "refused", ...cause.refusal });
      else answer({ kind: "failed", reason: messageOf(cause), disk: diskFault(cause).name });
    });
};

async function work(request: ImportRequest): Promise<ImportAnswer> {
  if (request.kind === "read") {
    return isBundle(request.bytes) ? await readCarried(request.bytes) : read(request);
  }
  await write(request);
  return { kind: "written" };
}

function read({ bytes, startedUnixMs }: Extract<ImportRequest, { kind: "read" }>): ImportAnswer {
  const run = readRun(bytes, (share) => answer({ kind: "progress", share }));
  const { capture, rows: found } = recordingOf(run, { startedUnixMs });
  rows = found;
  const { tool, used, leftOut, frames } = run;
  return { kind: "read", tool, used, leftOut, frameCount: frames.length, capture };
}

async function readCarried(bytes: Uint8Array): Promise<ImportAnswer> {
  const { capture, timeline, table } = await readBundle(bytes);
  rows = table;
  const carried = { timeline, hasRows: table !== undefined };
  const frameCount = table?.count ?? 0;
  return { kind: "read", tool: "onglass", used: {}, leftOut: [], frameCount, capture, carried };
}

async function write({ head, path }: Extract<ImportRequest, { kind: "write" }>): Promise<void> {
  const table = rows;
  if (table === undefined) throw new Error("Bug: no file was read");
  await makePrivateDirectory(dirname(path));
  await fillFileAtomic(path, (file) => {
    const parquet = new FrameFileWriter(head, { write: (bytes) => writeWholeSync(file.fd, bytes) });
    for (let from = 0; from < table.count; from += partRowCount) {
      parquet.add(sliceTable(table, from, from + partRowCount));
      answer({ kind: "progress", share: Math.min(1, (from + partRowCount) / table.count) });
    }
    noteMarks(parquet, head);
    parquet.finish();
  });
}

function answer(message: ImportAnswer): void {
  self.postMessage(message);
}
