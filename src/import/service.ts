/** Saves what another tool recorded as a capture of this host, with its rows and what became of its columns. */
import { dirname } from "node:path";
import { fillFileAtomic, writeWhole } from "../base/atomic-file.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { parquetOf } from "../export/parquet-writer.ts";
import type { Capture, CaptureMeta } from "../model/capture.ts";
import type { RecordingImport } from "../model/recording-import.ts";
import type { Timeline } from "../model/timeline.ts";
import { dateText } from "../model/unix-ms.ts";
import type { Imports } from "../ports/imports.ts";
import { readRun } from "./read.ts";
import { recordingOf } from "./recording.ts";
import type { ImportedRun } from "./run.ts";

/** Where captures and rows go. */
export type ImportOptions = {
  save(capture: Capture, timeline: Timeline): Promise<CaptureMeta>;
  /** Where the rows of the capture with this id belong. */
  rowsPath(id: string): string;
  saved(meta: CaptureMeta): void;
  wallMs(): number;
};

/** Imports files of other tools. */
export class ImportService implements Imports {
  readonly #options: ImportOptions;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  async import(bytes: Uint8Array): Promise<RecordingImport> {
    const { save, rowsPath, saved, wallMs } = this.#options;
    const run = readRun(bytes);
    const startedUnixMs = wallMs();
    const { capture, rows } = recordingOf(run, { startedUnixMs });
    const meta = await save(capture, timelineOf(run, startedUnixMs));
    const parquet = parquetOf(meta, rows);
    const path = rowsPath(meta.id);
    await makePrivateDirectory(dirname(path));
    await fillFileAtomic(path, (file) => writeWhole(file, parquet));
    saved(meta);
    const { tool, frames, used, leftOut } = run;
    return { meta, tool, frames: frames.length, used: { ...used }, left_out: [...leftOut] };
  }
}

/** One event: where it comes from, and which columns were used. */
function timelineOf(run: ImportedRun, startedUnixMs: number): Timeline {
  const used = Object.entries(run.used).map(([column, meaning]) => `${column} (${meaning})`);
  const message = `imported from ${run.tool}; used: ${used.join(", ")}; left out: ${run.leftOut.join(", ") || "none"}`;
  const timestamp = dateText(startedUnixMs);
  const event = { type: "log", level: "info", message: message.slice(0, 1024) } as const;
  return {
    ...{ version: 1, kind: "timeline", id: "imported", started_at: timestamp },
    ...{ events_dropped: 0, checkpoints_dropped: 0 },
    events: [{ index: 0, timestamp, t_ms: 0, event }],
    checkpoints: [],
  };
}
