/** The worker of `frame-file.ts`: one file, then it is ended. */
import { writeSync } from "node:fs";
import { dirname } from "node:path";
import { fillFileAtomic } from "../base/atomic-file.ts";
import { quietConsole } from "../base/library-console.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { FrameFileWriter } from "../export/parquet-writer.ts";
import { withZero } from "../frames/table.ts";
import { readRange } from "../history/read-range.ts";
import type { FrameFileAnswer, FrameFileRequest } from "./frame-file.ts";
import { lowerPriority } from "./low-priority.ts";
import { durationOf } from "./overviews.ts";
import { OverviewNotes, overviewsKey } from "./stored-overviews.ts";

declare const self: Worker;

/** Twelve hours at 96 frames a second; beyond it a file is cut. */
const rowCountMax = 4_000_000;

quietConsole(console);

self.onmessage = (event: MessageEvent<FrameFileRequest>) => {
  write(event.data).then(
    (rowCount) => answer({ kind: "written", rowCount }),
    (cause: unknown) => {
      answer({ kind: "failed", reason: cause instanceof Error ? cause.message : String(cause) });
    },
  );
};

async function write(request: FrameFileRequest): Promise<number> {
  lowerPriority();
  const { directory, names, range, zeroUs, head, path } = request;
  let rowCount = 0;
  await makePrivateDirectory(dirname(path));
  await fillFileAtomic(path, async (file) => {
    const rows = new FrameFileWriter(head, { write: (bytes) => writeWhole(file.fd, bytes) });
    const overviews = new OverviewNotes(durationOf(head));
    for await (const part of readRange(directory, names, range)) {
      if (rows.rowCount + part.rows.count > rowCountMax) break;
      const table = withZero(part.rows, zeroUs);
      rows.add(table);
      overviews.add(table);
      answer({ kind: "progress" });
    }
    rows.note(overviewsKey, overviews.finish());
    rows.finish();
    rowCount = rows.rowCount;
  });
  return rowCount;
}

/** A full disk may take a part and say nothing, so every count is looked at. */
function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) {
    const count = writeSync(fd, bytes, offset);
    if (count === 0) throw new Error(`only ${offset} of ${bytes.length} bytes were taken`);
    offset += count;
  }
}

function answer(message: FrameFileAnswer): void {
  self.postMessage(message);
}
