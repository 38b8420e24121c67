/**
 * What happens in the host, into up to two recordings: one that runs with every capture, on its
 * clock, and a manual one. Each event goes to both, under an index of its own in
 * each. Recordings that are over stay readable for a while, apart from those that run.
 */

import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { isoText } from "../base/iso-text.ts";
import { warn } from "../base/log.ts";
import { inTime } from "../base/scheduler.ts";
import { isCaptureId } from "../model/capture-id.ts";
import { type CheckpointLabel, type LabelFields, labelFields } from "../model/checkpoint-label.ts";
import type {
  HostAction,
  LogEvent,
  Timeline,
  TimelineCheckpoint,
  TimelineState,
} from "../model/timeline.ts";
import type {
  CallFacts,
  CaptureClock,
  CaptureTimeline,
  TimelineChange,
  TimelineJournal,
  Timelines,
} from "../ports/timeline.ts";
import { apiCallEvent } from "./api-call.ts";
import { bounded } from "./bounds.ts";
import { EventRecorder } from "./event-recorder.ts";
import { FloodGate } from "./flood-gate.ts";
import { jsonBytesMax } from "./json-size.ts";
import type { Recording } from "./recording.ts";
import { removed } from "./redaction.ts";
import { RecordingRegistry } from "./registry.ts";

/** Finished and imported recordings that can be asked for by id. */
const recordingCountMax = 3;
const listenerCountMax = 200;

/** How long an answer waits for the disk. */
const writtenMsMax = 3000;

/** Sources of times, state and secrets, and the keeper of recordings. */
export type TimelineOptions = {
  readonly clock: Clock;
  /** Name of the machine, written into every recording. */
  readonly host: string;
  /** The current state, with `changes` in place of its fields. Holds no secret. */
  state(changes: StateChanges): unknown;
  /** A manual recording has ended. Must not throw or wait. */
  onFinished?(timeline: Timeline): void;
  /**
   * A manual recording has begun.
   * @returns the destination of its events and checkpoints; must not throw or wait
   */
  onStarted?(start: ManualStart): TimelineJournal;
  /** Texts that no recording may hold. */
  readonly secrets: readonly string[];
};

/** The start of a manual recording; `held` is what one that is continued has already. */
export type ManualStart = {
  readonly id: string;
  readonly startedUnixMs: number;
  readonly host: string;
  readonly held: Timeline | undefined;
};

/** Parts of a checkpoint’s state that differ from the sources. */
export type StateChanges = Readonly<Record<string, unknown>>;

/** Receives events whether anything records or not. Must not throw or wait. */
export type TimelineFollower = {
  /** False: nothing is computed for its sake. */
  isOn(): boolean;
  /** @param atUs on the monotonic clock */
  onEvent(event: HostAction, atUs: number): void;
  onCheckpoint?(taken: {
    readonly atUs: number;
    readonly id: string;
    readonly label: LabelFields;
    readonly state: unknown;
  }): void;
};

const idPrefixes: Readonly<Record<CheckpointLabel["code"], string>> = {
  session_connected: "connect",
  session_disconnected: "disconnect",
  settings_before: "before",
  settings_after: "after",
  bitrate_before: "before",
  bitrate_after: "after",
};

/** All event recording of the host. One per host. */
export class HostTimeline implements Timelines, CaptureTimeline {
  readonly #options: TimelineOptions;
  readonly #capture: EventRecorder;
  readonly #manual: EventRecorder;
  readonly #gate = new FloodGate();
  readonly #listeners = new Set<(change: TimelineChange) => void>();
  readonly #registry = new RecordingRegistry({ countMax: recordingCountMax });
  readonly #followers: TimelineFollower[] = [];
  #lastFinished: Recording | undefined;
  #captureJournal: TimelineJournal | undefined;
  #manualJournal: TimelineJournal | undefined;
  #callCount = 0;
  #checkpointCount = 0;
  #importCount = 0;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#capture = new EventRecorder(options);
    this.#manual = new EventRecorder(options);
  }

  isRecording(): boolean {
    return this.#capture.isRecording() || this.#manual.isRecording();
  }

  /** Does nothing when nothing records. @param atUs on the monotonic clock; now unless given */
  record(event: HostAction, atUs?: number): void {
    if (!this.#isWanted()) return;
    const nowUs = this.#options.clock.nowUs();
    if (!this.#gate.admit(event, nowUs)) {
      this.leftOut(1);
      return;
    }
    const kept = bounded(event.type === "log" ? this.#cleaned(event) : event);
    for (const follower of this.#followers) {
      if (follower.isOn()) follower.onEvent(kept, atUs ?? nowUs);
    }
    if (!this.isRecording()) return;
    const bytes = jsonBytesMax(kept);
    const inCapture = this.#capture.record(kept, atUs ?? nowUs, bytes);
    const inManual = this.#manual.record(kept, atUs ?? nowUs, bytes);
    if (inCapture !== undefined) {
      this.#captureJournal?.append({ event: inCapture });
      this.#emit({ kind: "event", of: "capture", event: inCapture });
    }
    if (inManual !== undefined) {
      this.#manualJournal?.append({ event: inManual });
      this.#emit({ kind: "event", of: "manual", event: inManual });
    }
  }

  /** It receives events from now on. */
  follow(follower: TimelineFollower): void {
    this.#followers.push(follower);
  }

  /** This many events of a flood were left out before they arrived here. */
  leftOut(count: number): void {
    for (const recorder of [this.#capture, this.#manual]) {
      const recording = recorder.isRecording() ? recorder.current() : undefined;
      if (recording !== undefined) recording.thinnedCount += count;
    }
  }

  recordCall(facts: CallFacts): void {
    if (!this.#isWanted()) return;
    this.#callCount += 1;
    this.record(apiCallEvent(`call-${this.#callCount}`, facts, this.#options.secrets));
  }

  /** Into all active ones; for a checkpoint that the host takes by itself. */
  note(label: CheckpointLabel, changes: StateChanges = {}): void {
    if (!this.#isWanted()) return;
    this.#checkpointCount += 1;
    const id = `${idPrefixes[label.code]}-${this.#checkpointCount}`;
    this.#takeCheckpoint(id, labelFields(label), changes);
  }

  /** Into all active ones. @throws Failure `not_recording` */
  checkpoint(request: { id?: string | undefined; label?: string | undefined }): TimelineCheckpoint {
    this.#checkpointCount += 1;
    const id = this.#withoutSecrets(request.id ?? `mark-${this.#checkpointCount}`);
    const label = request.label === undefined ? null : this.#withoutSecrets(request.label);
    const taken = this.#takeCheckpoint(id, { label }, {});
    if (taken !== undefined) return taken;
    const text = `Cannot add checkpoint "${id}": no timeline is recorded; start one, or a capture`;
    throw new Failure("not_recording", text);
  }

  async written(): Promise<void> {
    const journals = [this.#captureJournal, this.#manualJournal];
    const settled = Promise.all(journals.map((journal) => journal?.settled()));
    await inTime(settled, { ms: writtenMsMax }, () => undefined);
  }

  /** Starts the manual one. @throws Failure `already_recording`, `out_of_range` for the id */
  start(id: string | undefined): TimelineState {
    const startedUnixMs = this.#options.clock.wallMs();
    const given = id ?? `manual_${isoText(startedUnixMs).slice(0, 19).replaceAll(":", "-")}Z`;
    if (!isCaptureId(given) || given === "capture" || given === "manual") {
      const rule = "it takes 1 to 128 of A-Z a-z 0-9 . _ -, and neither capture nor manual";
      throw new Failure("out_of_range", `Cannot use id "${given.slice(0, 64)}": ${rule}`);
    }
    this.#manual.start(given);
    this.#beginJournal({ id: given, startedUnixMs, held: undefined });
    return this.#reportStatus();
  }

  /** Ends the manual one. @returns what it has recorded; `undefined` when there was none */
  stop(): Timeline | undefined {
    const timeline = this.#manual.stop();
    const finished = this.#manual.current();
    if (timeline === undefined || finished === undefined) return undefined;
    this.#finish(finished);
    this.#manualJournal = undefined;
    this.#options.onFinished?.(timeline);
    this.#reportStatus();
    return timeline;
  }

  /** Opens a recording to be read, under a local id of its own. */
  open(timeline: Timeline): Recording {
    do this.#importCount += 1;
    while (this.#registry.find(`import-${this.#importCount}`) !== undefined);
    const opened = this.#manual.open({ ...timeline, id: `import-${this.#importCount}` });
    this.#finish(opened);
    this.#reportStatus();
    return opened;
  }

  /** A recording from before the host's start, to be read under its own id. */
  keep(timeline: Timeline): void {
    this.#registry.put(this.#manual.read(timeline));
  }

  /** Resumes `timeline` as the manual one, in place of its current content. */
  resume(timeline: Timeline): TimelineState {
    this.#manual.resume(timeline);
    const startedUnixMs = Date.parse(timeline.started_at);
    this.#beginJournal({ id: timeline.id, startedUnixMs, held: timeline });
    return this.#reportStatus();
  }

  /** Of an active one, otherwise of the last finished one; `of` selects one. */
  reading(of?: string): Recording | undefined {
    if (of === "capture") return this.#capture.current();
    if (of === "manual") return this.#manual.current();
    if (of !== undefined) return this.#registry.find(of);
    if (this.#capture.isRecording()) return this.#capture.current();
    if (this.#manual.isRecording()) return this.#manual.current();
    return this.#lastFinished;
  }

  status(): TimelineState {
    const capture = this.#capture.state();
    const manual = this.#manual.state();
    return {
      recording: this.isRecording(),
      ...(capture === undefined ? {} : { capture }),
      ...(manual === undefined ? {} : { manual }),
      readable: this.#registry.ids(),
    };
  }

  /** For the recorder of captures: its clock begins. */
  beginCapture({ journal, ...start }: CaptureClock): void {
    this.#captureJournal = journal;
    this.#capture.start("capture", { ...start, hasClock: true });
    this.#reportStatus();
  }

  /** For the recorder of captures. @returns what happened during the capture */
  endCapture(): Timeline | undefined {
    this.#captureJournal = undefined;
    const timeline = this.#capture.stop();
    this.#lastFinished = this.#capture.current();
    this.#reportStatus();
    return timeline;
  }

  /**
   * Listeners are called in the middle of a change: they must not throw or wait.
   * @throws Failure `too_many_listeners`
   */
  subscribe(listener: (change: TimelineChange) => void): Disposable {
    if (this.#listeners.size >= listenerCountMax) {
      const text = `Cannot follow the timeline: ${listenerCountMax} do`;
      throw new Failure("too_many_listeners", text);
    }
    const entry = (change: TimelineChange) => listener(change);
    this.#listeners.add(entry);
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) };
  }

  #isWanted(): boolean {
    return this.isRecording() || this.#followers.some((follower) => follower.isOn());
  }

  #takeCheckpoint(
    id: string,
    label: LabelFields,
    changes: StateChanges,
  ): TimelineCheckpoint | undefined {
    if (!this.#isWanted()) return undefined;
    const state = this.#options.state(changes);
    const atUs = this.#options.clock.nowUs();
    for (const follower of this.#followers) {
      if (follower.isOn()) follower.onCheckpoint?.({ atUs, id, label, state });
    }
    let taken: TimelineCheckpoint | undefined;
    if (this.#manual.isRecording()) {
      taken = this.#manual.checkpoint(id, label, state);
      this.#manualJournal?.append({ checkpoint: taken });
      this.#emit({ kind: "checkpoint", of: "manual", checkpoint: taken });
    }
    if (this.#capture.isRecording()) {
      taken = this.#capture.checkpoint(id, label, state);
      this.#captureJournal?.append({ checkpoint: taken });
      this.#emit({ kind: "checkpoint", of: "capture", checkpoint: taken });
    }
    return taken;
  }

  #beginJournal(start: Omit<ManualStart, "host">): void {
    this.#manualJournal = this.#options.onStarted?.({ ...start, host: this.#options.host });
  }

  #cleaned(event: LogEvent): LogEvent {
    return { ...event, message: this.#withoutSecrets(event.message) };
  }

  #withoutSecrets(text: string): string {
    return this.#options.secrets.some((secret) => text.includes(secret)) ? removed : text;
  }

  #finish(recording: Recording): void {
    this.#lastFinished = recording;
    this.#registry.put(recording);
  }

  #reportStatus(): TimelineState {
    const state = this.status();
    this.#emit({ kind: "status", state });
    return state;
  }

  #emit(change: TimelineChange): void {
    if (this.#listeners.size === 0) return;
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (cause) {
        warn("timeline_listener_failed", { kind: change.kind, cause });
      }
    }
  }
}
