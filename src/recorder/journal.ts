/**
 * The samples of a capture that records, on disk before it is saved, so that a crash loses at most
 * the last window. `append` never waits and never throws: lines are written asynchronously, one
 * write at a time. A disk that refuses does not stop the recording; refused lines are retried with
 * the next one, at the same position in the file, so that no torn line remains in the middle.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { DataSync } from "../base/data-sync.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { warn } from "../base/log.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import type { TimelineEntry, TimelineJournal } from "../ports/timeline.ts";
import { formatEntry, type JournalEntry } from "./journal-lines.ts";

export const journalSuffix = ".jsonl";
/** Lines waiting for the disk; a full capture has some 6 MB. */
const pendingBytesMax = 16 * 1024 * 1024;
/** Characters of all events and checkpoints; at most three times as many bytes. */
const timelineLengthMax = 24 * 1024 * 1024;
/** Writes survive a killed process at once; a power cut loses data since the last sync. */
const syncIntervalUs = 1_000_000;

/** The journal of one recording. Opens its file with the first line; closed or discarded once. */
export class Journal {
  readonly path: string;
  /** Lines that were dropped because the disk refused for too long. */
  droppedLineCount = 0;
  /** Bounded separately, so that events never take the room of samples. */
  readonly timeline: TimelineJournal = {
    append: (entry) => this.#appendTimeline(entry),
    settled: () => this.settled(),
  };
  readonly #directory: string;
  readonly #sync: DataSync;
  readonly #pending: string[] = [];
  #pendingBytes = 0;
  #timelineLength = 0;
  #file: FileHandle | undefined;
  #position = 0;
  #writing: Promise<void> | undefined;
  #isClosed = false;
  #hasWarned = false;

  /** @param options.sync for tests; that of the C library unless given */
  constructor(options: {
    directory: string;
    clock: Clock;
    startedUnixMs: number;
    sync?: (fd: number) => Promise<void>;
  }) {
    const name = `${options.startedUnixMs}-${process.pid}-${randomBytes(6).toString("hex")}`;
    this.path = join(options.directory, name + journalSuffix);
    this.#directory = options.directory;
    const { clock, sync } = options;
    const onRefused = (cause: unknown) => this.#warnOnce(cause);
    this.#sync = new DataSync({ clock, intervalUs: syncIntervalUs, onRefused, sync });
  }

  append(entry: JournalEntry): void {
    this.#appendLine(formatEntry(entry));
  }

  #appendTimeline(entry: TimelineEntry): void {
    const line = formatEntry(entry);
    if (this.#timelineLength + line.length > timelineLengthMax) {
      this.droppedLineCount += 1;
      return;
    }
    this.#timelineLength += line.length;
    this.#appendLine(line);
  }

  #appendLine(line: string): void {
    if (this.#isClosed || this.#pendingBytes + line.length > pendingBytesMax) {
      this.droppedLineCount += 1;
      return;
    }
    this.#pending.push(line);
    this.#pendingBytes += line.length;
    this.#writing ??= this.#writePending();
  }

  /**
   * Resolves when nothing is being written: everything is in the file, or the disk has refused it.
   */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Whether every line is in the file; refused ones are retried once. */
  async isWhole(): Promise<boolean> {
    await this.#writing;
    if (this.#pending.length > 0) this.#writing ??= this.#writePending();
    await this.#writing;
    return this.#pending.length === 0 && this.droppedLineCount === 0;
  }

  /** Closes the file and leaves it to the next start. Later lines are dropped. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    await this.#sync.settled();
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) await dataDisk.runPatiently(() => file.close());
  }

  /** The capture is saved: the journal is closed and removed. */
  async discard(): Promise<void> {
    await this.close();
    await dataDisk.runPatiently(() => rm(this.path, { force: true }));
  }

  async #writePending(): Promise<void> {
    try {
      while (this.#pending.length > 0) await dataDisk.runPatiently(() => this.#writeBatch());
    } catch (cause) {
      this.#warnOnce(cause);
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeBatch(): Promise<void> {
    const lineCount = this.#pending.length;
    const text = this.#pending.join("");
    this.#file ??= await openJournal(this.#directory, this.path);
    this.#position = await writeAt(this.#file, Buffer.from(text), this.#position);
    this.#pending.splice(0, lineCount);
    this.#pendingBytes -= text.length;
    this.#sync.begin(this.#file.fd);
  }

  #warnOnce(cause: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    warn("journal_not_written", {
      path: this.path,
      cause,
    });
  }
}

async function openJournal(directory: string, path: string): Promise<FileHandle> {
  await makePrivateDirectory(directory);
  return await open(path, "wx", 0o600);
}

/** @returns the position after the bytes. */
async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let written = 0;
  while (written < bytes.length) {
    const left = bytes.length - written;
    const { bytesWritten } = await file.write(bytes, written, left, position + written);
    if (bytesWritten === 0) throw new Error(`only ${written} of ${bytes.length} bytes were taken`);
    written += bytesWritten;
  }
  return position + written;
}

/** The capture is saved: a remaining journal is recognised at the next start. */
export async function discardJournal(journal: Journal): Promise<void> {
  try {
    await journal.discard();
  } catch (cause) {
    warn("journal_not_removed", { path: journal.path, cause });
  }
}
