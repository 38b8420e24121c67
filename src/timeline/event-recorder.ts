/**
 * One recording of events and checkpoints at a time, and the last finished one. Indexes only grow;
 * at the caps the oldest is dropped. Times of a recording are based on one reading of the date at
 * its start and on the monotonic clock from there, so that setting the date meanwhile reverses
 * nothing.
 */

import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import type { LabelFields } from "../model/checkpoint-label.ts";
import {
  type ApiCallEvent,
  checkpointBytesMax,
  checkpointCountMax,
  eventBytesMax,
  eventCountMax,
  type HostAction,
  type Timeline,
  type TimelineCheckpoint,
  type TimelineEvent,
  type TimelineRecording,
} from "../model/timeline.ts";
import { dateText } from "../model/unix-ms.ts";
import { jsonBytesMax } from "./json-size.ts";
import { type EventRange, type RecorderLimits, Recording } from "./recording.ts";
import type { RecordingStart } from "./recording-time.ts";

const limitsDefault: RecorderLimits = {
  eventCountMax,
  checkpointCountMax,
  eventBytesMax,
  checkpointBytesMax,
};

/**
 * One recording at a time, with the last finished one. The host has two: of the capture, and
 * manual.
 */
export class EventRecorder {
  readonly #clock: Clock;
  readonly #host: string;
  readonly #limits: RecorderLimits;
  #active: Recording | undefined;
  #last: Recording | undefined;

  constructor(options: { clock: Clock; host: string; limits?: Partial<RecorderLimits> }) {
    this.#clock = options.clock;
    this.#host = options.host;
    this.#limits = { ...limitsDefault, ...options.limits };
  }

  /** @throws Failure `already_recording`; the last finished recording stays available. */
  start(id: string, start: RecordingStart = this.#now()): void {
    if (this.#active !== undefined) {
      const reason = `"${this.#active.id}" is being recorded`;
      throw new Failure("already_recording", `Cannot start timeline "${id}": ${reason}`);
    }
    this.#active = new Recording({ id, start, host: this.#host, limits: this.#limits });
  }

  /** @returns the finished recording, kept as the last; `undefined` when idle. */
  stop(): Timeline | undefined {
    if (this.#active === undefined) return undefined;
    this.#last = this.#active;
    this.#active = undefined;
    return this.#last.export();
  }

  /** Does nothing when idle. @param atUs on the monotonic clock @param bytes of its JSON, at most */
  record(
    event: HostAction,
    atUs: number = this.#clock.nowUs(),
    bytes: number = jsonBytesMax(event),
  ): TimelineEvent | undefined {
    return this.#active?.record(event, atUs, bytes);
  }

  /** @throws Failure `not_recording` */
  checkpoint(id: string, label: LabelFields, state: unknown): TimelineCheckpoint {
    if (this.#active === undefined) {
      throw new Failure("not_recording", `Cannot add checkpoint "${id}": no timeline is recorded`);
    }
    return this.#active.checkpoint({ id, label, state, atUs: this.#clock.nowUs() });
  }

  isRecording(): boolean {
    return this.#active !== undefined;
  }

  eventCount(): number {
    return this.#active?.eventCount ?? 0;
  }

  checkpointCount(): number {
    return this.#active?.checkpointCount ?? 0;
  }

  /** The active recording, otherwise the last finished one. An empty active one counts. */
  current(): Recording | undefined {
    return this.#active ?? this.#last;
  }

  eventsSince(index: number): TimelineEvent[] {
    return this.current()?.eventsSince(index) ?? [];
  }

  /** Milliseconds since 1970, both ends included. */
  eventsBetween(fromUnixMs: number, toUnixMs: number): TimelineEvent[] {
    return this.current()?.eventsBetween(fromUnixMs, toUnixMs) ?? [];
  }

  checkpoints(): TimelineCheckpoint[] {
    return this.current()?.checkpoints() ?? [];
  }

  /** @throws Failure `not_recording`, or `not_found` naming the checkpoint, `first` before `second` */
  eventsBetweenCheckpoints(first: string, second: string): EventRange {
    const recording = this.current();
    if (recording === undefined) {
      const text = "Cannot look between checkpoints: nothing was recorded";
      throw new Failure("not_recording", text);
    }
    return recording.eventsBetweenCheckpoints(first, second);
  }

  /** Calls of the management API in order, without those made by a replay. */
  replaySequence(): ApiCallEvent[] {
    return this.current()?.replaySequence() ?? [];
  }

  /** The whole recording; an active one continues. */
  export(): Timeline | undefined {
    return this.current()?.export();
  }

  /**
   * Continues with `timeline` in place of the active recording. The newest within the caps are
   * kept.
   */
  resume(timeline: Timeline): void {
    this.#active = Recording.from(timeline, { limits: this.#limits, start: this.#now() });
  }

  /** Keeps `timeline` as the last finished recording. */
  open(timeline: Timeline): Recording {
    this.#last = this.read(timeline);
    return this.#last;
  }

  /** The content of `timeline`, to be read; nothing here changes. */
  read(timeline: Timeline): Recording {
    return Recording.from(timeline, { limits: this.#limits, start: this.#now() });
  }

  /** The active recording, otherwise the last finished one, in short. */
  state(): TimelineRecording | undefined {
    const recording = this.current();
    if (recording === undefined) return undefined;
    return {
      id: recording.id,
      recording: this.isRecording(),
      started_at: dateText(recording.startedUnixMs),
      event_count: recording.eventCount,
      checkpoint_count: recording.checkpointCount,
      events_dropped: recording.eventsDroppedCount,
      events_thinned: recording.thinnedCount,
    };
  }

  #now(): RecordingStart {
    const startedUs = this.#clock.nowUs();
    return { startedUnixMs: this.#clock.wallMs(), startedUs, hasClock: false };
  }
}
