/**
 * The flight recorder: one capture at a time, in memory and in a journal, saved when it is stopped.
 * Invariants: the gate is open only while there is a capture to record into, and a capture
 * leaves memory and journal only once it is saved.
 */
import type { Clock } from "../base/clock.ts";
import { diskFault } from "../base/disk-fault.ts";
import { cannotText } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import type { Gate } from "../base/gate.ts";
import { warn } from "../base/log.ts";
import { inTime } from "../base/scheduler.ts";
import type { SharedSequence } from "../base/shared-sequence.ts";
import { type Capture, type CaptureMeta, StatsSample, type StatsStatus } from "../model/capture.ts";
import type { CaptureChange } from "../model/capture-note.ts";
import type { MetricName } from "../model/metrics.ts";
import { shapeCheck } from "../model/shape-check.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Stats, StatsEvent } from "../ports/stats.ts";
import type { CaptureTimeline } from "../ports/timeline.ts";
import { discardJournal, Journal } from "./journal.ts";
import { idleStatus, LiveCapture, sampleCountMax } from "./live-capture.ts";
import { RecordedTotals } from "./recorded-totals.ts";
import { type CaptureVault, recoverJournals } from "./recovery.ts";
import { type SessionRequest, sessionOf } from "./session-request.ts";

const listenerCountMax = 1000;
/** How long an answer waits for the journal's first line, and for the capture to be saved. */
const startMsMax = 3000;
const saveMsMax = 8000;
const check = shapeCheck(StatsSample);

/** What a recorder writes to and reads from. */
export type RecorderOptions = {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly vault: CaptureVault;
  readonly journalDirectory: string;
  /** Written into every capture. */
  readonly hostName: string;
  /** Shared by all threads that start sessions. */
  readonly sessionIds: SharedSequence;
  /** Saved with every capture, if there is any. */
  readonly timeline?: CaptureTimeline;
  /** Notified of every capture, if there is any. */
  readonly rows?: CaptureRows;
};

/** The keeper of captures' rows, as the recorder needs it. Must not throw or wait. */
export type CaptureRows = {
  /** From now on rows stay until the capture is saved. @param startedUs on the monotonic clock */
  begin(startedUs: number): void;
  /** Those due from `startedUs` until `endedUs` belong to the capture. */
  saved(capture: {
    readonly meta: CaptureMeta;
    readonly startedUs: number;
    readonly endedUs: number;
  }): void;
};

type Recording = {
  readonly capture: LiveCapture;
  readonly journal: Journal;
  /** Once the capture has ended. */
  readonly timeline?: Timeline | undefined;
};
type Saving = { readonly kind: "saving"; readonly saved: Promise<CaptureMeta> } & Recording;
type State =
  | { readonly kind: "idle" }
  | ({ readonly kind: "recording" } & Recording)
  | Saving
  /** It could not be saved and is still in memory. */
  | ({ readonly kind: "held" } & Recording);

/**
 * Starts, fills, stops and saves captures, one at a time. One per host; disposing saves nothing.
 */
export class Recorder implements Stats, AsyncDisposable {
  readonly #options: RecorderOptions;
  readonly #listeners = new Set<(event: StatsEvent) => void>();
  #state: State = { kind: "idle" };
  /** Saving the capture takes longer than callers wait. */
  #isSaveLate = false;
  #lastNumber = 0;
  readonly #totals = new RecordedTotals();
  /** Number of the last capture in which a malformed sample was refused. */
  #refusedNumber = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  isArmed(): boolean {
    return this.#options.gate.isArmed();
  }

  /** Of the capture that `live` gives, 0 when idle. While it records, the gate shows it too. */
  captureNumber(): number {
    return this.#state.kind === "idle" ? 0 : this.#state.capture.number;
  }

  /** Saves the journals left by a crash. For the start of the host, before anything is recorded. */
  async recover(): Promise<CaptureMeta[]> {
    const metas = await recoverJournals({
      directory: this.#options.journalDirectory,
      vault: this.#options.vault,
      inUse: this.#state.kind === "idle" ? undefined : this.#state.journal.path,
    });
    for (const meta of metas) this.#emit({ kind: "added", meta });
    return metas;
  }

  /**
   * Arms. Changes nothing if already armed. A held capture is saved first.
   * @throws Failure `capture_held` if that still fails.
   */
  async start(): Promise<StatsStatus> {
    while (this.#state.kind === "saving" || this.#state.kind === "held") await this.#saveHeld();
    // The gate opens at once; the answer waits for the journal, so that the capture then survives a
    // crash.
    if (this.#state.kind === "idle")
      await inTime(this.#begin().settled(), { ms: startMsMax }, () => undefined);
    return this.status();
  }

  /**
   * Disarms and saves. Windows that are open now are not in the capture. Calls at the same time get
   * the same answer.
   * @returns `undefined` when nothing was recording.
   * @throws Failure `capture_not_saved`; the capture is kept, the next stop or start tries again.
   */
  async stop(): Promise<CaptureMeta | undefined> {
    const state = this.#state;
    if (state.kind === "idle") return undefined;
    if (state.kind === "saving") return await this.#answered(state);
    const { capture, journal, timeline } = state.kind === "held" ? state : this.#end(state);
    // Begun one turn later, so that its result always finds the state set here.
    const saved = Promise.resolve().then(() => this.#save({ capture, journal, timeline }));
    this.#isSaveLate = false;
    this.#state = { kind: "saving", capture, journal, timeline, saved };
    this.#emitStatus();
    return await this.#answered({ capture, saved });
  }

  status(): StatsStatus {
    const state = this.#state;
    if (state.kind === "idle") return idleStatus;
    const { capture } = state;
    return {
      armed: state.kind === "recording",
      sample_count: capture.sampleCount,
      started_unix_ms: capture.startedUnixMs,
      kind: capture.kind,
      held: state.kind === "held" || (state.kind === "saving" && this.#isSaveLate),
      elapsed_ms: capture.elapsedMs(),
    };
  }

  /**
   * The capture that records, is being saved or is held, with the samples after the `after`-th.
   * Owned by the recorder: not to be changed.
   */
  live(after?: number): Capture | undefined {
    return this.#state.kind === "idle" ? undefined : this.#state.capture.snapshot(after);
  }

  /**
   * A session announces itself to the capture that records; once is enough, more does no harm.
   * @returns its id, the same in every capture.
   */
  registerSession(request: SessionRequest): number {
    const sessionId = request.session_id ?? this.#options.sessionIds.next();
    if (this.#state.kind !== "recording") return sessionId;
    const { capture, journal } = this.#state;
    const session = sessionOf(request, sessionId);
    const isFirst = capture.kind === "";
    if (capture.addSession(session)) journal.append({ session });
    if (isFirst) this.#emitStatus();
    return sessionId;
  }

  /**
   * Adds a window's sample, stamped with its time. Does nothing when idle, when `captureNumber` is
   * that of another capture, or when the cap of 5,400 is reached.
   */
  pushSample(sessionId: number, sample: StatsSample, captureNumber?: number): void {
    if (this.#state.kind !== "recording") return;
    const { capture, journal } = this.#state;
    if (captureNumber !== undefined && captureNumber !== capture.number) return;
    // One malformed number would make the whole file unreadable.
    if (!check.Check(sample)) {
      this.#refuse(capture, sample);
      return;
    }
    const wasTruncated = capture.isTruncated;
    const index = capture.sampleCount;
    const kept = capture.addSample(sessionId, sample);
    if (kept !== undefined) {
      journal.append({ sample: kept });
      this.#totals.add(kept);
      this.#emit({ kind: "sample", index, sample: kept });
    } else if (!wasTruncated) {
      journal.append({ truncated: true });
      warn("capture_full", { samples: sampleCountMax });
    }
  }

  /** Of all windows recorded since the host began, by metric. */
  recordedTotals(): Partial<Record<MetricName, number>> {
    return this.#totals.read();
  }

  /** Whether the journal of the capture that `live` gives has all of it: true when there is none. */
  async isJournalWhole(): Promise<boolean> {
    return this.#state.kind === "idle" || (await this.#state.journal.isWhole());
  }

  /** A capture was made without recording: reported to followers of the recorder. */
  announce(meta: CaptureMeta): void {
    this.#emit({ kind: "added", meta });
  }

  /** Names, notes, labels a saved capture. `undefined` when there is none with this id. */
  async change(id: string, change: CaptureChange): Promise<CaptureMeta | undefined> {
    const meta = await this.#options.vault.change(id, change);
    if (meta !== undefined) this.#emit({ kind: "changed", meta });
    return meta;
  }

  /** Removes a saved capture. @returns false when there is none with this id. */
  async remove(id: string): Promise<boolean> {
    const removed = await this.#options.vault.remove(id);
    if (removed) this.#emit({ kind: "removed", id });
    return removed;
  }

  /**
   * Listeners are called in the middle of a change: they must not throw or wait.
   * @throws Failure `too_many_listeners` beyond 1,000.
   */
  subscribe(listener: (event: StatsEvent) => void): Disposable {
    if (this.#listeners.size >= listenerCountMax) {
      throw new Failure("too_many_listeners", `Cannot follow the recorder: ${listenerCountMax} do`);
    }
    const entry = (event: StatsEvent) => listener(event);
    this.#listeners.add(entry);
    return { [Symbol.dispose]: () => this.#listeners.delete(entry) };
  }

  /**
   * For the end of the host, after `stop`: an unsaved capture stays in its journal and is recovered
   * at the next start.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.gate.close();
    if (this.#state.kind !== "idle") await this.#state.journal.close();
  }

  #begin(): Journal {
    const { clock, gate, hostName, journalDirectory, timeline } = this.#options;
    this.#lastNumber += 1;
    const capture = new LiveCapture({ number: this.#lastNumber, clock, host: hostName });
    const { startedUnixMs, startedUs } = capture;
    const journal = new Journal({ directory: journalDirectory, clock, startedUnixMs });
    journal.append({ head: { version: 1, started_unix_ms: startedUnixMs, host: hostName } });
    this.#state = { kind: "recording", capture, journal };
    timeline?.beginCapture({ startedUnixMs, startedUs, journal: journal.timeline });
    this.#options.rows?.begin(startedUs);
    // Only now: with the gate open there must be a capture to record into.
    gate.open(capture.number);
    this.#emitStatus();
    return journal;
  }

  #end({ capture, journal }: Recording): Recording {
    this.#options.gate.close();
    capture.end();
    journal.append({ end: { duration_ms: capture.elapsedMs() } });
    return { capture, journal, timeline: this.#options.timeline?.endCapture() };
  }

  async #save({ capture, journal, timeline }: Recording): Promise<CaptureMeta> {
    const snapshot = capture.snapshot();
    let meta: CaptureMeta;
    try {
      meta = await this.#options.vault.save(snapshot, timeline);
    } catch (cause) {
      this.#state = { kind: "held", capture, journal, timeline };
      warn("capture_not_saved", { id: snapshot.meta.id, cause });
      this.#emitStatus();
      const { id } = snapshot.meta;
      const disk = diskFault(cause);
      throw new Failure(
        "capture_not_saved",
        `Cannot save capture "${id}": ${disk.text}; it is kept, stop again to retry`,
        { cause, values: { id, disk: disk.name } },
      );
    }
    this.#state = { kind: "idle" };
    const { startedUs, endedUs } = capture;
    this.#options.rows?.saved({ meta, startedUs, endedUs });
    await discardJournal(journal);
    this.#emit({ kind: "added", meta });
    this.#emitStatus();
    return meta;
  }

  /** A disk that does not answer delays no caller; the capture is saved when it does. */
  async #answered({ capture, saved }: Pick<Saving, "capture" | "saved">): Promise<CaptureMeta> {
    const meta = await inTime(saved, { ms: saveMsMax }, () => undefined);
    if (meta !== undefined) return meta;
    this.#isSaveLate = true;
    this.#emitStatus();
    const { id } = capture.snapshot().meta;
    const text = `Cannot save capture "${id}": the disk does not answer; it is saved as soon as it does`;
    throw new Failure("capture_not_saved", text, { values: { id, disk: "silent" } });
  }

  async #saveHeld(): Promise<void> {
    try {
      await this.stop();
    } catch (cause) {
      const reason = cause instanceof Failure ? cause.message : String(cause);
      throw new Failure(
        "capture_held",
        cannotText("start a capture before the last is saved", reason),
        { cause, values: cause instanceof Failure ? cause.values : {} },
      );
    }
  }

  #refuse(capture: LiveCapture, sample: unknown): void {
    if (this.#refusedNumber === capture.number) return;
    this.#refusedNumber = capture.number;
    const fault = check.Errors(sample).First();
    warn("sample_refused", { place: fault?.path, reason: fault?.message });
  }

  #emitStatus(): void {
    this.#emit({ kind: "status", status: this.status() });
  }

  #emit(event: StatsEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (cause) {
        warn("recorder_listener_failed", { kind: event.kind, cause });
      }
    }
  }
}
