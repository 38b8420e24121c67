/**
 * The flight recorder's tape: rows, samples, events and checkpoints of all sessions in segments of
 * about a minute, written about once a second whether a capture is armed or not. Invariants: no
 * stream ever waits for it or ends because of it, and the data on disk stays within its limits.
 */
import type { Clock } from "../base/clock.ts";
import { diskFault } from "../base/disk-fault.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { log, warn } from "../base/log.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import { RowReader } from "../frames/row-reader.ts";
import type { CaptureSession, StatsSample } from "../model/capture.ts";
import { CleanTimer } from "./clean-timer.ts";
import type { DatedStretch, HeldSegment, RunPlace } from "./held-segments.ts";
import { MinuteTotals } from "./minute-totals.ts";
import {
  type HistoryPart,
  type HistoryRange,
  readRange,
  type UnreadStretch,
} from "./read-range.ts";
import { HistoryReaders } from "./readers.ts";
import { ReportedSoFar, reportedOf } from "./reported.ts";
import type { RetentionLimits } from "./retention.ts";
import type { RowListener } from "./row-listener.ts";
import type { HistoryCheckpoint, HistoryRecord } from "./segment.ts";
import { SegmentFiles } from "./segment-files.ts";
import { type OwnSegment, SegmentWriter, type SegmentWriterOptions } from "./segment-writer.ts";
import { HistorySessionLog, type LoggedSession } from "./session-log.ts";

const flushMs = 1000;
/** Waiting for the next flush; more than a flood of events has by then. */
const pendingCountMax = 4096;
const sessionCountMax = 500;

/** Where the history lies, and how much of it is kept. */
export type HistoryOptions = {
  /** Created if missing; one host at a time. */
  readonly directory: string;
  readonly beside?: SegmentWriterOptions["beside"];
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Written into every segment. */
  readonly hostName: string;
  readonly limits: RetentionLimits;
  /** Nothing is removed before: checking a week's files takes as long as a start. */
  readonly cleanAfterMs?: number;
  /** For tests; that of the C library unless given. */
  readonly sync?: SegmentWriterOptions["sync"];
  /**
   * Nothing is removed until it resolves, which it does also on failure: pins are created in it.
   */
  readonly beforeCleaning?: () => Promise<void>;
};

/** A session whose rows the history reads. */
type Tracked = {
  readonly session: CaptureSession;
  readonly rows: RowReader;
  readonly minute: MinuteTotals;
  readonly reported: ReportedSoFar;
  readonly began: { readonly at_us: number; readonly unix_ms: number };
};

/** The history of a data directory. One per host; disposing writes the rest. */
export class History implements AsyncDisposable {
  readonly #options: HistoryOptions;
  readonly #writer: SegmentWriter;
  readonly #files: SegmentFiles;
  readonly #sessions = new Map<number, Tracked>();
  readonly #log: HistorySessionLog;
  readonly #pending: HistoryRecord[] = [];
  readonly #pins = new Set<{ readonly fromMs: number }>();
  readonly #readers = new HistoryReaders();
  #limits: RetentionLimits;
  readonly #listeners: RowListener[] = [];
  #cancelFlush: Cancel | undefined;
  readonly #cleanTimer: CleanTimer;
  #cleaning: Promise<void> = Promise.resolve();
  /** Rows that were overwritten before they were read, of sessions that are over. */
  #overwrittenCount = 0;
  #pendingDroppedCount = 0;

  private constructor(options: HistoryOptions, files: SegmentFiles) {
    this.#options = options;
    this.#limits = options.limits;
    this.#files = files;
    const { directory, beside, clock, hostName, scheduler, sync } = options;
    const afterMs = options.cleanAfterMs;
    this.#cleanTimer = new CleanTimer({ scheduler, afterMs, clean: () => this.clean() });
    this.#log = new HistorySessionLog(directory, files.run);
    this.#writer = new SegmentWriter({
      ...{ directory, beside, clock, hostName, run: files.run, sync },
      sessions: () => [...this.#sessions.values()].map(({ session }) => session),
      onSegment: (segment) => {
        files.add(segment);
        this.clean();
      },
      onDirectoryMade: (segment) => this.#onDirectoryMade(segment),
      onUnwritten: (segment) => files.forget(segment),
      onStopped: (cause) => {
        warn("history_stopped", { reason: diskFault(cause).text });
      },
      onResumed: () => log("history continues"),
    });
  }

  /**
   * Finds the existing data by names alone.
   * @throws Error when the directory cannot be used
   */
  static async open(options: HistoryOptions): Promise<History> {
    await makePrivateDirectory(options.directory);
    return new History(options, await SegmentFiles.open(options.directory, options.clock));
  }

  /** Number of this start of the host among those in the directory. */
  get run(): number {
    return this.#files.run;
  }

  /** The newest run before this one of which there are segments. */
  get runBefore(): number | undefined {
    return this.#files.runs.find((run) => run < this.run);
  }

  /** Whether sessions are to be measured for the history. */
  get isOn(): boolean {
    return this.#limits.ageMsMax > 0 && this.#limits.bytesMax > 0;
  }

  /** Whether new data is kept: when it is on, or a capture needs it. */
  get isWriting(): boolean {
    return this.isOn || this.#pins.size > 0;
  }

  /** Rows that were overwritten in shared memory before main came to read them. */
  get overwrittenCount(): number {
    let count = this.#overwrittenCount;
    for (const { rows } of this.#sessions.values()) count += rows.overwrittenCount;
    return count;
  }

  /** The disk refuses: new data is not kept. */
  get isStopped(): boolean {
    return this.#writer.isStopped;
  }

  /** The reason, while it is stopped. */
  get stopCause(): unknown {
    return this.#writer.stopCause;
  }

  /** What was not written: batches refused by the disk, records beyond the queue's limit. */
  get droppedCount(): number {
    return this.#writer.droppedBatchCount + this.#pendingDroppedCount;
  }

  /** One at a time; it sees the rows from now on. */
  follow(listener: RowListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Segments that are too old, or too many, are removed at once; with 0 all that are not pinned.
   */
  setLimits(limits: RetentionLimits): void {
    const wasWriting = this.isWriting;
    this.#limits = limits;
    if (!this.isWriting) this.#writer.end();
    if (!wasWriting) for (const tracked of this.#sessions.values()) this.#logBegin(tracked);
    this.clean();
  }

  /** @param rows memory that the session's sender writes rows into */
  startSession(session: CaptureSession, rows: SharedArrayBuffer): void {
    if (this.#sessions.size >= sessionCountMax) return;
    const { session_id } = session;
    const at_us = this.#options.clock.nowUs();
    const tracked = {
      session,
      rows: new RowReader(rows, session_id),
      minute: new MinuteTotals(at_us),
      reported: new ReportedSoFar(),
      began: { at_us, unix_ms: Math.max(0, Math.floor(this.#options.clock.wallMs())) },
    };
    this.#sessions.set(session_id, tracked);
    for (const listener of this.#listeners) listener.onStart?.(session);
    this.#flushSoon();
    this.#logBegin(tracked);
  }

  /** Its rows are final from now on, and read a last time. */
  endSession(sessionId: number): void {
    const tracked = this.#sessions.get(sessionId);
    if (tracked === undefined) return;
    this.#collect(tracked, Number.POSITIVE_INFINITY);
    if (this.isWriting) {
      const at_us = this.#options.clock.nowUs();
      this.#log.append({ ended: { session_id: sessionId, at_us } });
    }
    this.#overwrittenCount += tracked.rows.overwrittenCount;
    for (const listener of this.#listeners) listener.onEnd(sessionId);
    this.#sessions.delete(sessionId);
  }

  /** @param sample with the session's id; `t_ms` is ignored here */
  addSample(sample: StatsSample): void {
    const atUs = this.#options.clock.nowUs();
    this.#add({ kind: "sample", sample: { at_us: atUs, sample } });
    for (const listener of this.#listeners) listener.onSample?.(sample, atUs);
  }

  /** @param atUs on the monotonic clock */
  addEvent(event: unknown, atUs: number): void {
    this.#add({ kind: "event", event: { at_us: atUs, event } });
  }

  addCheckpoint(checkpoint: HistoryCheckpoint): void {
    this.#add({ kind: "checkpoint", checkpoint });
  }

  /**
   * Until disposed, nothing from `fromUs` on goes, and the history is written even when it is off:
   * for a capture that records, whose rows are nowhere else.
   */
  pin(fromUs: number = this.#options.clock.nowUs()): Disposable {
    const pin = { fromMs: fromUs / 1000 };
    this.#pins.add(pin);
    this.#flushSoon();
    return {
      [Symbol.dispose]: () => {
        if (!this.#pins.delete(pin)) return;
        if (!this.isWriting) this.#writer.end();
        this.clean();
      },
    };
  }

  /**
   * Resolves when all up to now is in the file, or was refused by the disk: also the reports so far
   * of rows that are not final yet.
   */
  async flush(): Promise<void> {
    this.#flush();
    this.#writer.append(this.#reportedSoFar());
    await dataDisk.answered(this.#writer.settled());
  }

  /**
   * The flushed data of the range, a segment at a time. Its segments stay until it has been read.
   * @param run this one unless given
   * @param unread receives what could not be read
   */
  async *read(
    range: HistoryRange,
    run = this.run,
    unread: UnreadStretch[] = [],
  ): AsyncGenerator<HistoryPart> {
    const names = this.namesOf(range, run);
    using _held = this.hold(names);
    try {
      yield* readRange({ directory: this.#options.directory, names }, range, unread);
    } finally {
      this.warnOf(unread);
    }
  }

  /**
   * Until disposed, these segments stay: somebody reads them. Unlike a pin it switches nothing on.
   */
  hold(names: readonly string[]): Disposable {
    return this.#readers.hold(names, () => this.clean());
  }

  /** One warning per segment, however often it is requested. */
  warnOf(unread: readonly UnreadStretch[]): void {
    this.#readers.warnOf(unread);
  }

  /** Starts of the host whose list of sessions could not be read, when it was last asked for. */
  get unreadRuns(): ReadonlySet<number> {
    return this.#readers.unreadRuns;
  }

  /** Names of the segments that hold the range. @param run this one unless given */
  namesOf(range: HistoryRange, run = this.run): string[] {
    return this.#files.namesOf(range, run);
  }

  get directory(): string {
    return this.#options.directory;
  }

  /** Sessions of which there are segments, the newest run first. */
  async sessions(): Promise<LoggedSession[]> {
    await dataDisk.answered(this.#log.settled());
    return await this.#readers.sessions(this.#files, () => this.clean());
  }

  /** The result of `held`, after the sizes of all segments are known. */
  async measured(): Promise<ReturnType<History["held"]>> {
    await this.#files.measure();
    return this.held();
  }

  /** The data on disk. Sizes of earlier runs are known after `clean` or `measured` has run. */
  held(): { readonly bytes: number; readonly segmentCount: number; readonly fromUnixMs: number } {
    return this.#files.held();
  }

  /** Where an earlier run recorded a stretch of time; `undefined` when none is known to have. */
  placeBefore(stretch: DatedStretch): RunPlace | undefined {
    return this.#files.placeBefore(stretch);
  }

  /** Removes data beyond the limits, in the background; at the start with `cleanAfterMs`. */
  clean(): void {
    if (this.#cleanTimer.isWaiting) return;
    this.#cleaning = this.#cleaning.then(() => this.#clean());
  }

  /** Resolves when `clean` has finished. */
  async cleaned(): Promise<void> {
    await this.#cleaning;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of [...this.#sessions.keys()]) this.endSession(id);
    this.#cleanTimer[Symbol.dispose]();
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#flush();
    await this.#writer.close();
    await this.#log.settled();
    await this.#cleaning;
  }

  /** Its list of sessions is gone with the directory, so running ones are listed again. */
  #onDirectoryMade(segment: OwnSegment): void {
    for (const name of this.#files.forgetBefore(segment)) this.#readers.forget(name);
    for (const { session, began } of this.#sessions.values()) {
      this.#log.append({ began: { session, ...began } });
    }
    log("history directory was missing and is made again", { directory: this.directory });
  }

  /** Also for a session that began before the history was switched on. */
  #logBegin({ session, began }: Tracked): void {
    if (!this.isWriting) return;
    this.#add({ kind: "session", session });
    this.#log.append({ began: { session, ...began } });
  }

  #add(record: HistoryRecord): void {
    if (!this.isWriting) return;
    if (this.#pending.length >= pendingCountMax) this.#pendingDroppedCount += 1;
    else this.#pending.push(record);
    this.#flushSoon();
  }

  /** A host at rest does not wake up. */
  #flushSoon(): void {
    this.#cancelFlush ??= this.#options.scheduler.after(flushMs, () => {
      this.#cancelFlush = undefined;
      this.#flush();
      if (this.#sessions.size > 0) this.#flushSoon();
    });
  }

  /** Rows are read for listeners, even when nothing is kept. */
  #flush(): void {
    const nowUs = this.#options.clock.nowUs();
    for (const tracked of this.#sessions.values()) this.#collect(tracked, nowUs);
    const records = this.#pending.splice(0);
    if (this.isWriting) this.#writer.append(records);
  }

  #collect({ session, rows, minute }: Tracked, nowUs: number): void {
    const { written, final } = rows.read(nowUs);
    for (const listener of this.#listeners) listener.onRows(session, written, final);
    if (!this.isWriting) return;
    minute.add(written, final);
    const isLast = nowUs === Number.POSITIVE_INFINITY;
    const over = minute.next(isLast ? this.#options.clock.nowUs() : nowUs, isLast);
    if (over !== undefined) {
      this.#log.append({ minute: { session_id: session.session_id, ...over } });
    }
    if (written.count > 0) this.#pending.push({ kind: "rows", rows: written });
    const reported = reportedOf(final);
    if (reported.count > 0) this.#pending.push({ kind: "late", rows: reported });
  }

  #reportedSoFar(): HistoryRecord[] {
    if (!this.isWriting) return [];
    return [...this.#sessions.values()].flatMap(({ rows: reader, reported }) => {
      const rows = reported.next(reader.peek());
      return rows === undefined ? [] : [{ kind: "late", rows } as const];
    });
  }

  async #clean(): Promise<void> {
    await this.#options.beforeCleaning?.();
    const rules = {
      limits: this.#limits,
      isWriting: this.isWriting,
      isPinned: (segment: HeldSegment, next: HeldSegment | undefined) =>
        this.#isPinned(segment, next),
    };
    const isListOver = await this.#files.clean(rules, this.#readers);
    if (isListOver && !this.isWriting) this.#log.remove();
  }

  #isPinned(segment: HeldSegment, next: HeldSegment | undefined): boolean {
    if (segment.run !== this.run) return false;
    if (segment.name === this.#writer.current?.name) return true;
    const endMs = next?.beginMs ?? Number.POSITIVE_INFINITY;
    for (const { fromMs } of this.#pins) if (endMs >= fromMs) return true;
    return false;
  }
}
