/**
 * Appends to the history, a batch at a time, and begins a new segment about every minute. `append`
 * never waits and never throws: batches are written asynchronously, one write at a time. A disk
 * that refuses stops only the history; ten seconds later it is retried, with a new segment, and an
 * empty one is removed. A deleted directory is made again.
 */
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { DataSync } from "../base/data-sync.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { hasCode } from "../base/error-text.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { encodeBatch, formatVersion, type HistoryRecord, segmentStart } from "./segment.ts";
import { formatSegmentName, type SegmentName } from "./segment-names.ts";

const segmentUsMax = 60_000_000;
const retryUs = 10_000_000;
/** Batches waiting for the disk. A minute of a busy host is half a megabyte. */
const pendingBytesMax = 8 * 1024 * 1024;
/** Writes survive a killed process at once; a power cut loses data since the last sync. */
const syncIntervalUs = 10_000_000;

/** A segment that this process has started. */
export type OwnSegment = SegmentName & { readonly name: string; bytes: number };

/** Where segments are written, and who is notified of them. */
export type SegmentWriterOptions = {
  readonly directory: string;
  /**
   * A file beside the directory. Where it is missing too, the disk was taken away: nothing is made on the
   * one behind it.
   */
  readonly beside?: string | undefined;
  readonly clock: Clock;
  readonly run: number;
  readonly hostName: string;
  /** A new segment lists the sessions that had begun before. */
  sessions(): Extract<HistoryRecord, { kind: "head" }>["head"]["sessions"];
  onSegment(segment: OwnSegment): void;
  /** The directory was missing and exists again: its earlier content is lost. */
  onDirectoryMade(segment: OwnSegment): void;
  /** Nothing was written to it, and its file is removed. */
  onUnwritten(segment: OwnSegment): void;
  /** The disk refuses: data is not kept until the next attempt. */
  onStopped(cause: unknown): void;
  onResumed(): void;
  /** For tests; that of the C library unless given. */
  readonly sync?: ((fd: number) => Promise<void>) | undefined;
};

type Job = { readonly segment: OwnSegment; readonly bytes: Uint8Array };

/** Appends to the segments of one run. Closed once, when the host ends. */
export class SegmentWriter {
  /** Batches that were not written, because the disk refused or was too slow. */
  droppedBatchCount = 0;
  /** Why it is stopped. */
  stopCause: unknown;
  readonly #options: SegmentWriterOptions;
  readonly #jobs: Job[] = [];
  #jobBytes = 0;
  #segment: OwnSegment | undefined;
  #segmentCount = 0;
  #file: { readonly segment: OwnSegment; readonly handle: FileHandle } | undefined;
  readonly #sync: DataSync;
  /** An error of an asynchronous write: the next batch stops for it. */
  #lateFault: unknown;
  #stoppedUntilUs: number | undefined;
  #writing: Promise<void> | undefined;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    const { clock, sync } = options;
    const onRefused = this.#onRefused;
    this.#sync = new DataSync({ clock, intervalUs: syncIntervalUs, onRefused, sync });
  }

  /** The segment that is being written. */
  get current(): OwnSegment | undefined {
    return this.#segment;
  }

  get isStopped(): boolean {
    return this.#stoppedUntilUs !== undefined;
  }

  append(records: readonly HistoryRecord[]): void {
    if (records.length === 0) return;
    const nowUs = this.#options.clock.nowUs();
    if (this.#stoppedUntilUs !== undefined && nowUs < this.#stoppedUntilUs) {
      this.droppedBatchCount += 1;
      return;
    }
    const segment = this.#segmentAt(nowUs);
    this.#push(segment, encodeBatch(records));
  }

  /** The next record starts a new segment. */
  end(): void {
    if (this.#segment === undefined) return;
    this.#segment = undefined;
    const written = this.#writing ?? Promise.resolve();
    void written.then(() => (this.#segment === undefined ? this.#closeFile() : undefined));
  }

  /**
   * Resolves when nothing is being written: everything is in the file, or the disk has refused it.
   */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#closeFile();
  }

  #segmentAt(nowUs: number): OwnSegment {
    const current = this.#segment;
    if (current !== undefined && nowUs - current.beginMs * 1000 < segmentUsMax) return current;
    const { clock, run, hostName, sessions, onSegment } = this.#options;
    const place = {
      run,
      number: this.#segmentCount,
      beginMs: Math.floor(nowUs / 1000),
      beginUnixMs: Math.max(0, Math.floor(clock.wallMs())),
    };
    this.#segmentCount += 1;
    const segment = { ...place, name: formatSegmentName(place), bytes: 0 };
    this.#segment = segment;
    const head = {
      ...{ version: formatVersion, run, host: hostName, sessions: sessions() },
      ...{ begin_unix_ms: place.beginUnixMs, begin_us: nowUs },
    };
    this.#push(segment, segmentStart());
    this.#push(segment, encodeBatch([{ kind: "head", head }]));
    onSegment(segment);
    return segment;
  }

  #push(segment: OwnSegment, bytes: Uint8Array): void {
    if (this.#jobBytes + bytes.length > pendingBytesMax) {
      this.droppedBatchCount += 1;
      return;
    }
    this.#jobs.push({ segment, bytes });
    this.#jobBytes += bytes.length;
    this.#writing ??= this.#writeJobs();
  }

  async #writeJobs(): Promise<void> {
    try {
      for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
        if (this.#lateFault !== undefined) throw this.#lateFault;
        await dataDisk.runPatiently(() => this.#write(job));
        this.#jobs.shift();
        this.#jobBytes -= job.bytes.length;
      }
      if (this.#file !== undefined) this.#sync.begin(this.#file.handle.fd);
      this.#resumed();
    } catch (cause) {
      await this.#stop(cause);
    } finally {
      this.#writing = undefined;
    }
  }

  async #write({ segment, bytes }: Job): Promise<void> {
    if (this.#file?.segment !== segment) {
      void this.#closeFile();
      this.#file = { segment, handle: await this.#open(segment) };
    }
    let written = 0;
    while (written < bytes.length) {
      const left = bytes.length - written;
      const place = segment.bytes + written;
      const { bytesWritten } = await this.#file.handle.write(bytes, written, left, place);
      if (bytesWritten === 0) throw new Error(`only ${written} of ${bytes.length} were taken`);
      written += bytesWritten;
    }
    segment.bytes += bytes.length;
    // Data written to a deleted file is lost: the next batch starts a new segment.
    const { nlink } = await this.#file.handle.stat();
    if (nlink === 0 && this.#segment === segment) this.#segment = undefined;
  }

  async #open(segment: OwnSegment): Promise<FileHandle> {
    const { directory, beside, onDirectoryMade } = this.#options;
    const path = join(directory, segment.name);
    try {
      return await open(path, "wx", 0o600);
    } catch (cause) {
      if (!hasCode(cause, "ENOENT")) throw cause;
      if (beside !== undefined) await stat(beside);
      await makePrivateDirectory(directory);
      const handle = await open(path, "wx", 0o600);
      onDirectoryMade(segment);
      return handle;
    }
  }

  /** A torn end of the file is left there: nothing is ever written after it. */
  async #stop(cause: unknown): Promise<void> {
    const wasStopped = this.isStopped;
    this.#stoppedUntilUs = this.#options.clock.nowUs() + retryUs;
    this.stopCause = cause;
    this.#lateFault = undefined;
    this.droppedBatchCount += this.#jobs.length;
    const refused = new Set(this.#jobs.map(({ segment }) => segment));
    this.#jobs.length = 0;
    this.#jobBytes = 0;
    this.#segment = undefined;
    void this.#closeFile();
    for (const segment of refused) if (segment.bytes === 0) await this.#removeUnwritten(segment);
    if (!wasStopped) this.#options.onStopped(cause);
  }

  async #removeUnwritten(segment: OwnSegment): Promise<void> {
    const path = join(this.#options.directory, segment.name);
    const removed = dataDisk.runPatiently(() => rm(path, { force: true }));
    await removed.then(() => this.#options.onUnwritten(segment)).catch(() => undefined);
  }

  #resumed(): void {
    if (!this.isStopped) return;
    this.#stoppedUntilUs = undefined;
    this.stopCause = undefined;
    this.#options.onResumed();
  }

  /** Never throws. It may hang on a network disk: the writes do not wait for it. */
  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    await this.#sync.settled();
    await dataDisk.runPatiently(() => file.handle.close()).catch(this.#onRefused);
  }

  readonly #onRefused = (cause: unknown) => {
    this.#lateFault = cause;
  };
}
