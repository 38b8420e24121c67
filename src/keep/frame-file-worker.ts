/** The worker of `frame-file.ts`: one file, then it is ended. */
import { dirname } from "node:path";
import { fillFileAtomic, writeWholeSync } from "../base/atomic-file.ts";
import { messageOf } from "../base/error-text.ts";
import { quietConsole } from "../base/library-console.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { lowerPriority } from "../base/threads.ts";
import { FrameFileWriter } from "../export/parquet-writer.ts";
import { noteMarks, rowsUntilMs } from "../export/row-marks.ts";
import { withZero } from "../frames/table.ts";
import { readRange, type UnreadStretch } from "../history/read-range.ts";
import type { RowMarks } from "../model/unread.ts";
import {
  type FrameFileAnswer,
  type FrameFileRequest,
  frameFileRowsMax,
  type WrittenRows,
} from "./frame-file.ts";
import { durationOf } from "./overviews.ts";
import { OverviewNotes, overviewsKey } from "./stored-overviews.ts";
import { unreadField } from "./unread.ts";

declare const self: Worker;

quietConsole(console);

self.onmessage = (event: MessageEvent<FrameFileRequest>) => {
  write(event.data).then(
    (written) => answer({ kind: "written", ...written }),
    (cause: unknown) => {
      answer({ kind: "failed", reason: messageOf(cause) });
    },
  );
};

async function write(request: FrameFileRequest): Promise<WrittenRows> {
  lowerPriority();
  const { directory, names, range, zeroUs, head, path, rowCountMax = frameFileRowsMax } = request;
  let [rowCount, isTruncated] = [0, false];
  let marks: RowMarks = {};
  const unread: UnreadStretch[] = [];
  await makePrivateDirectory(dirname(path));
  await fillFileAtomic(path, async (file) => {
    const rows = new FrameFileWriter(head, { write: (bytes) => writeWholeSync(file.fd, bytes) });
    // A download has no known length: nobody shows it.
    const overviews = durationOf(head) > 0 ? new OverviewNotes(durationOf(head)) : undefined;
    let lastUs = 0;
    for await (const part of readRange({ directory, names }, range, unread)) {
      isTruncated = rows.rowCount + part.rows.count > rowCountMax;
      if (isTruncated) break;
      const table = withZero(part.rows, zeroUs);
      rows.add(table);
      lastUs = table.columns.due_us.reduce((last, us) => Math.max(last, us), lastUs);
      overviews?.add(table);
      answer({ kind: "progress" });
    }
    if (overviews !== undefined) rows.note(overviewsKey, overviews.finish());
    const until = isTruncated ? { rows_until_ms: rowsUntilMs(lastUs) } : {};
    marks = { ...unreadField(unread, zeroUs), ...until };
    noteMarks(rows, marks);
    rows.finish();
    rowCount = rows.rowCount;
  });
  return { rowCount, isTruncated, unread, marks };
}

function answer(message: FrameFileAnswer): void {
  self.postMessage(message);
}
