/**
 * Makes parts of the history permanent: the rows of armed captures, and captures of the past. Rows
 * are written after the capture; a request for them waits for that.
 */
import type { Clock } from "../base/clock.ts";
import { notSaved } from "../base/disk-fault.ts";
import { Failure } from "../base/failure.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import { log, warn } from "../base/log.ts";
import type { Scheduler } from "../base/scheduler.ts";
import type { History } from "../history/history.ts";
import type { UnreadStretch } from "../history/read-range.ts";
import { segmentFromUs } from "../history/segment-names.ts";
import type { CaptureMeta, LaterMarks } from "../model/capture.ts";
import type { CaptureRows } from "../recorder/recorder.ts";
import type { CaptureVault } from "../recorder/recovery.ts";
import { type WrittenRows, writeFrameFile } from "./frame-file.ts";
import { type KeptRange, keptCapture } from "./kept-capture.ts";
import type { OwedRows } from "./owed-rows.ts";
import { unreadField } from "./unread.ts";

/** After a capture's end, how long players' reports of its last rows may take to arrive. */
const reportsMs = 3000;

/** The history, and where captures and rows are saved. */
export type KeeperOptions = {
  readonly history: History;
  readonly vault: Pick<CaptureVault, "save">;
  /** Where the rows of the capture with this id belong. */
  pathOf(id: string): string;
  /**
   * The rows of a capture are written: adds their gaps to its head, and removes them when the
   * capture has been deleted.
   * @returns whether it exists
   */
  settleRows(id: string, marks: LaterMarks): Promise<boolean>;
  /** Captures whose rows an earlier run had not written. */
  owed(): Promise<readonly OwedRows[]>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly hostName: string;
  /** Of one file; the maximum unless given. */
  readonly rowCountMax?: number;
  /** A capture of the past was made. */
  onKept(meta: CaptureMeta): void;
};

/** Marks a capture that was not armed: the head contains them. */
export type KeptMarks = Pick<CaptureMeta, "origin" | "trigger">;

/**
 * Saves rows of captures, one file at a time, and makes captures from the history. Disposing waits
 * for the file being written.
 */
export class Keeper implements CaptureRows, AsyncDisposable {
  readonly #options: KeeperOptions;
  /** Rows being written, by the id of their capture. */
  readonly #writing = new Map<string, Promise<void>>();
  /** An id may be reused when its capture is deleted: files of one id are written in turn. */
  readonly #turns = new KeyedQueue();
  #pin: Disposable | undefined;
  #startedUs: number | undefined;
  /** When rows were last found being written. */
  #progressUs = Number.NEGATIVE_INFINITY;
  /** Ends the wait for reports when the host ends. */
  readonly #hurry = Promise.withResolvers<void>();
  #isEnding = false;
  #owedKnown: Promise<void> | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** When the capture that is recording began, on the monotonic clock. */
  get startedUs(): number | undefined {
    return this.#startedUs;
  }

  begin(startedUs: number): void {
    this.#startedUs = startedUs;
    this.#pin?.[Symbol.dispose]();
    this.#pin = this.#options.history.pin(startedUs);
  }

  saved(capture: {
    readonly meta: CaptureMeta;
    readonly startedUs: number;
    readonly endedUs: number;
  }): void {
    const pin = this.#pin;
    this.#pin = undefined;
    this.#startedUs = undefined;
    const range = { fromUs: capture.startedUs, toUs: capture.endedUs };
    const { run } = this.#options.history;
    const written = this.#reported().then(() => this.#write(capture.meta, range, run));
    this.#track(
      capture.meta.id,
      written.finally(() => pin?.[Symbol.dispose]()),
    );
  }

  /**
   * Captures get the rows that an earlier run had not written, one after another in the background.
   * Looks once, on a request for rows or when the history is about to remove something.
   * @returns when they are known
   */
  settleOwed(): Promise<void> {
    this.#owedKnown ??= this.#settleOwed();
    return this.#owedKnown;
  }

  /**
   * Makes a capture of what has been.
   * @param run whose clock the range is on; this one unless given
   * @throws Failure `nothing_kept` when the history holds nothing of it, `history_off`,
   * `recording_not_saved` also when the disk has stopped the history
   */
  async keep(
    range: KeptRange & { readonly sessionId?: number | undefined },
    marks: KeptMarks,
    run = this.#options.history.run,
  ): Promise<CaptureMeta> {
    const { history, vault, hostName, onKept } = this.#options;
    using _pin = history.pin(range.fromUs);
    using _held = history.hold(history.namesOf(range, run));
    await history.flush();
    const unread: UnreadStretch[] = [];
    const parts = history.read({ ...range, withRows: false }, run, unread);
    const kept =
      (await keptCapture(parts, range, hostName)) ??
      // A session of less than a window has rows and no sample yet.
      (await keptCapture(history.read(range, run), range, hostName));
    if (kept === undefined) throw nothingKept(history, run);
    const { capture, timeline } = kept;
    const head = { ...capture.meta, ...marks, ...unreadField(unread, range.fromUs) };
    const meta = await vault.save({ ...capture, meta: head }, timeline).catch((cause: unknown) => {
      throw notSaved("Cannot keep a capture", cause);
    });
    log("capture kept", { id: meta.id });
    onKept(meta);
    this.#track(meta.id, this.#write(meta, range, run));
    return meta;
  }

  /**
   * The last seconds, of all sessions, as far back as this run recorded.
   * @throws Failure like `keep`
   */
  async keepLast(lastS: number, marks: KeptMarks): Promise<CaptureMeta> {
    const { clock, history } = this.#options;
    // Data of this very moment is included.
    const toUs = clock.nowUs() + 1;
    await history.flush();
    const fromUs = Math.max(0, toUs - 1 - lastS * 1e6);
    const [first] = history.namesOf({ fromUs, toUs });
    const heldUs = first === undefined ? 0 : segmentFromUs(first);
    return await this.keep({ fromUs: Math.max(fromUs, heldUs), toUs }, marks);
  }

  /** Resolves when the rows of the capture are written, or have failed. */
  async rowsSettled(id: string): Promise<void> {
    await this.settleOwed();
    await this.#writing.get(id);
  }

  /** Whether rows of a capture are being written, with progress within this many milliseconds. */
  isProgressing(withinMs: number): boolean {
    const agoUs = this.#options.clock.nowUs() - this.#progressUs;
    return this.#writing.size > 0 && agoUs < withinMs * 1000;
  }

  /** The host ends: rows are written now, without waiting for players' reports of the last ones. */
  hurry(): void {
    this.#isEnding = true;
    this.#hurry.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hurry();
    await Promise.allSettled(this.#writing.values());
    this.#pin?.[Symbol.dispose]();
  }

  async #settleOwed(): Promise<void> {
    const { history, owed } = this.#options;
    const found = await owed().catch((cause: unknown) => {
      warn("owed_rows_not_looked_for", { cause });
      this.#owedKnown = undefined;
      return [];
    });
    let turn = Promise.resolve();
    for (const one of found) {
      // Kept meanwhile, from a session of an earlier run.
      if (this.#writing.has(one.meta.id)) continue;
      const held = history.hold(history.namesOf(one.range, one.run));
      const written = turn.then(() => this.#writeOwed(one)).finally(() => held[Symbol.dispose]());
      this.#track(one.meta.id, written);
      turn = written.catch(() => undefined);
    }
  }

  /** Work that the host has no time for is left to the next start. */
  async #writeOwed({ meta, range, run, isLonger }: OwedRows): Promise<void> {
    if (this.#isEnding) return;
    const { id, duration_ms } = meta;
    // First: a head that says so is known at the next start too.
    if (isLonger && !(await this.#options.settleRows(id, { duration_ms }))) return;
    await this.#write(meta, range, run);
    log("rows of a capture written from the history", { id });
  }

  #track(id: string, written: Promise<void>): void {
    const tracked = written
      .catch((cause: unknown) => warn("capture_rows_not_saved", { id, cause }))
      .finally(() => {
        if (this.#writing.get(id) === tracked) this.#writing.delete(id);
      });
    this.#writing.set(id, tracked);
  }

  async #write(
    meta: CaptureMeta,
    range: KeptRange & { readonly sessionId?: number | undefined },
    run: number,
  ): Promise<void> {
    const { history, pathOf, rowCountMax } = this.#options;
    using _pin = history.pin(range.fromUs);
    // A pin keeps only segments of this run, and the caller's hold may be gone while this waits.
    using _heldBefore = history.hold(history.namesOf(range, run));
    const progress = () => {
      this.#progressUs = this.#options.clock.nowUs();
    };
    progress();
    await history.flush();
    progress();
    const names = history.namesOf(range, run);
    if (names.length === 0) return;
    // The flush may have added some of this run.
    using _held = history.hold(names);
    const place = { directory: history.directory, names, range, zeroUs: range.fromUs };
    const file = { ...place, head: meta, path: pathOf(meta.id), rowCountMax };
    await this.#turns.run(meta.id, async () => {
      await this.#written(meta, await writeFrameFile(file, progress));
    });
  }

  /** The rows' gaps are reported in the log and in the head, which was saved before them. */
  async #written({ id, unread }: CaptureMeta, written: WrittenRows): Promise<void> {
    const { history, settleRows } = this.#options;
    history.warnOf(written.unread);
    const { isTruncated, rowCount, marks } = written;
    const isNew = marks.unread !== undefined && unread === undefined;
    const isThere = await settleRows(id, isTruncated || isNew ? marks : {});
    if (isThere && isTruncated) warn("capture_rows_truncated", { id, rows: rowCount });
  }

  #reported(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.scheduler.after(reportsMs, resolve);
    return Promise.race([promise, this.#hurry.promise]).finally(cancel);
  }
}

/** Why the history has nothing of a time. */
function nothingKept(history: History, run: number): Failure {
  if (run === history.run && history.isStopped) {
    return notSaved("Cannot keep a capture from a history that has stopped", history.stopCause);
  }
  if (!history.isOn) {
    return new Failure("history_off", "Cannot keep a capture: the history is off");
  }
  const text = "Cannot keep a capture: the history holds nothing of that time";
  return new Failure("nothing_kept", text);
}
