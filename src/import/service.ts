/**
 * Saves a recording of another tool as a capture of this host, with its rows and the meaning of its
 * columns. One file at a time: each holds its text and its rows in memory.
 */
import { notSaved } from "../base/disk-fault.ts";
import { Failure } from "../base/failure.ts";
import type { Capture, CaptureMeta } from "../model/capture.ts";
import type { ImportProgress, RecordingImport } from "../model/recording-import.ts";
import type { Timeline } from "../model/timeline.ts";
import { dateText } from "../model/unix-ms.ts";
import type { Imports } from "../ports/imports.ts";
import { FileReading } from "./file-reading.ts";
import type { ReadFile } from "./link.ts";

/** Where captures and rows go. */
export type ImportOptions = {
  save(capture: Capture, timeline: Timeline | undefined): Promise<CaptureMeta>;
  /** Where the rows of the capture with this id belong. */
  rowsPath(id: string): string;
  /**
   * Its rows are written: removes them when the capture has been deleted.
   * @returns whether it exists
   */
  settleRows(id: string): Promise<boolean>;
  saved(meta: CaptureMeta): void;
  /** Deletes a capture whose rows could not be written. */
  remove(id: string): Promise<unknown>;
  wallMs(): number;
  /** Receives the completed share, from 0 to 1; nobody unless given. */
  onProgress?(share: number): void;
};

/** Reading takes about as long as writing the rows. */
const readShare = 0.5;

/** Imports files of other tools. */
export class ImportService implements Imports {
  readonly #options: ImportOptions;
  /** Of the running import; `undefined` while there is none. */
  #share: number | undefined;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  progress(): ImportProgress {
    const share = this.#share;
    return share === undefined ? { is_running: false } : { is_running: true, share };
  }

  async import(bytes: Uint8Array): Promise<RecordingImport> {
    if (this.#share !== undefined) {
      throw new Failure("import_running", "Cannot import the file: another one is being imported");
    }
    this.#share = 0;
    try {
      return await this.#import(bytes);
    } finally {
      this.#share = undefined;
    }
  }

  async #import(bytes: Uint8Array): Promise<RecordingImport> {
    const { save, saved, wallMs } = this.#options;
    let doneBefore = 0;
    using reading = new FileReading((share) => this.#report(doneBefore + share * readShare));
    const startedUnixMs = wallMs();
    const file = await reading.read(bytes, startedUnixMs);
    const { carried } = file;
    const timeline = carried === undefined ? timelineOf(file, startedUnixMs) : carried.timeline;
    const meta = await save(file.capture, timeline).catch((cause: unknown) => {
      throw notSaved("Cannot import the file", cause);
    });
    doneBefore = readShare;
    if (carried?.hasRows !== false) await this.#writeRows(reading, meta);
    saved(meta);
    const { tool, frameCount, used, leftOut } = file;
    return { meta, tool, frames: frameCount, used: { ...used }, left_out: [...leftOut] };
  }

  /** A capture without its rows does not represent the file. */
  async #writeRows(reading: FileReading, meta: CaptureMeta): Promise<void> {
    const { rowsPath, settleRows, remove } = this.#options;
    try {
      await reading.write(meta, rowsPath(meta.id));
      if (await settleRows(meta.id)) return;
      const text = `Cannot import the file: capture "${meta.id}" was deleted meanwhile`;
      throw new Failure("not_found", text);
    } catch (cause) {
      await remove(meta.id).catch(() => undefined);
      throw cause;
    }
  }

  /** Progress of a file that is read twice does not restart. */
  #report(share: number): void {
    this.#share = Math.max(this.#share ?? 0, share);
    this.#options.onProgress?.(this.#share);
  }
}

/** One event: the origin, and the used columns. */
function timelineOf(file: ReadFile, startedUnixMs: number): Timeline {
  const used = Object.entries(file.used).map(([column, meaning]) => `${column} (${meaning})`);
  const message = `imported from ${file.tool}; used: ${used.join(", ")}; left out: ${file.leftOut.join(", ") || "none"}`;
  const timestamp = dateText(startedUnixMs);
  const event = { type: "log", level: "info", message: message.slice(0, 1024) } as const;
  return {
    ...{ version: 1, kind: "timeline", id: "imported", started_at: timestamp },
    ...{ events_dropped: 0, checkpoints_dropped: 0 },
    events: [{ index: 0, timestamp, t_ms: 0, event }],
    checkpoints: [],
  };
}
