/** The events and checkpoints of one recording, within the caps. */

import { Failure } from "../base/failure.ts";
import type { LabelFields } from "../model/checkpoint-label.ts";
import type {
  ApiCallEvent,
  HostAction,
  Timeline,
  TimelineCheckpoint,
  TimelineEvent,
} from "../model/timeline.ts";
import { dateText } from "../model/unix-ms.ts";
import { jsonBytesMax } from "./json-size.ts";
import { type RecordingStart, RecordingTime } from "./recording-time.ts";
import { Ring } from "./ring.ts";

/** The capacity of a recording; beyond it the oldest is dropped. */
export type RecorderLimits = {
  readonly eventCountMax: number;
  readonly checkpointCountMax: number;
  /** Of the JSON of all events together, and of all checkpoints. */
  readonly eventBytesMax: number;
  readonly checkpointBytesMax: number;
};

/** Events between two indexes or times. */
export type EventRange = {
  readonly events: TimelineEvent[];
  /** The range includes events that were dropped for newer ones. */
  readonly reachesLost: boolean;
};

/** Index, times and names of an event. */
const envelopeBytes = 160;
const formatVersion = 1;

type Options = {
  readonly id: string;
  readonly start: RecordingStart;
  readonly host: string | undefined;
  readonly limits: RecorderLimits;
};

/** Events and checkpoints of one recording, bounded in count and bytes. */
export class Recording {
  readonly id: string;
  readonly startedUnixMs: number;
  /** Events of a flood that the caller counted and left out. */
  thinnedCount = 0;
  readonly #time: RecordingTime;
  readonly #host: string | undefined;
  readonly #events: Ring<TimelineEvent>;
  readonly #checkpoints: Ring<TimelineCheckpoint>;
  #nextIndex = 0;
  /** Dropped by the original recorder before it was read back. */
  #droppedBefore = { events: 0, checkpoints: 0 };
  /** Start of a recording that was read back, in milliseconds since 1970. */
  #begin: number | undefined;

  constructor({ id, start, host, limits }: Options) {
    this.id = id;
    this.startedUnixMs = start.startedUnixMs;
    this.#time = new RecordingTime(start);
    this.#host = host;
    this.#events = new Ring({ countMax: limits.eventCountMax, bytesMax: limits.eventBytesMax });
    this.#checkpoints = new Ring({
      countMax: limits.checkpointCountMax,
      bytesMax: limits.checkpointBytesMax,
    });
  }

  /** Later events are dated from `start`, or from the newest event if that is later. */
  static from(timeline: Timeline, { limits, start }: Pick<Options, "limits" | "start">): Recording {
    const dates = [
      timeline.started_at,
      ...[...timeline.events, ...timeline.checkpoints].map(dateOf),
    ];
    let latestMs = start.startedUnixMs;
    for (const date of dates) latestMs = Math.max(latestMs, Date.parse(date));
    const recording = new Recording({
      id: timeline.id,
      start: { ...start, startedUnixMs: latestMs },
      host: timeline.host,
      limits,
    });
    recording.#take(timeline);
    return recording;
  }

  get eventCount(): number {
    return this.#events.count;
  }

  get checkpointCount(): number {
    return this.#checkpoints.count;
  }

  get eventsDroppedCount(): number {
    return this.#events.droppedCount + this.#droppedBefore.events;
  }

  /** Index of the next event. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  /** Of the oldest event held; that of the next one when there is none. */
  get oldestIndex(): number {
    return this.#events.at(0)?.index ?? this.#nextIndex;
  }

  record(event: HostAction, atUs: number, bytes: number): TimelineEvent {
    const index = this.#nextIndex;
    const timestamp = this.#time.dateAt(atUs);
    const recorded = { index, timestamp, ...this.#time.fieldAt(atUs), event };
    this.#nextIndex = after(index);
    this.#addEvent(recorded, bytes);
    return recorded;
  }

  checkpoint(taken: {
    id: string;
    label: LabelFields;
    state: unknown;
    atUs: number;
  }): TimelineCheckpoint {
    const checkpoint: TimelineCheckpoint = {
      id: taken.id,
      ...taken.label,
      timestamp: this.#time.dateAt(taken.atUs),
      ...this.#time.fieldAt(taken.atUs),
      state: taken.state,
      event_index: this.#nextIndex,
    };
    this.#addCheckpoint(checkpoint);
    return checkpoint;
  }

  eventsSince(index: number): TimelineEvent[] {
    return this.#events.toArray(this.#placeOf(index));
  }

  /** Dates of equal form sort as text. */
  eventsBetween(fromUnixMs: number, toUnixMs: number): TimelineEvent[] {
    const [from, to] = [dateText(fromUnixMs), dateText(toUnixMs)];
    const found: TimelineEvent[] = [];
    const { count } = this.#events;
    for (let place = 0; place < count; place++) {
      const event = this.#events.at(place);
      if (event !== undefined && event.timestamp >= from && event.timestamp <= to)
        found.push(event);
    }
    return found;
  }

  checkpoints(): TimelineCheckpoint[] {
    return this.#checkpoints.toArray();
  }

  eventsBetweenCheckpoints(first: string, second: string): EventRange {
    const one = this.#find(first).event_index;
    const two = this.#find(second).event_index;
    const [lower, higher] = [Math.min(one, two), Math.max(one, two)];
    const events = this.#events
      .toArray(this.#placeOf(lower))
      .slice(0, this.#countOf(lower, higher));
    return { events, reachesLost: lower < higher && lower < this.oldestIndex };
  }

  replaySequence(): ApiCallEvent[] {
    const calls: ApiCallEvent[] = [];
    for (const { event } of this.#events.toArray()) {
      if (event.type === "api_call" && event.replayed !== true) calls.push(event);
    }
    return calls;
  }

  export(): Timeline {
    const checkpointsDropped = this.#checkpoints.droppedCount + this.#droppedBefore.checkpoints;
    return {
      version: formatVersion,
      kind: "timeline",
      id: this.id,
      started_at: dateText(this.#begin ?? this.startedUnixMs),
      ...(this.#host === undefined ? {} : { host: this.#host }),
      events_dropped: this.eventsDroppedCount,
      checkpoints_dropped: checkpointsDropped,
      events_thinned: this.thinnedCount,
      events: this.#events.toArray(),
      checkpoints: this.#checkpoints.toArray(),
    };
  }

  #take(timeline: Timeline): void {
    this.#begin = Date.parse(timeline.started_at);
    this.#droppedBefore = {
      events: timeline.events_dropped ?? 0,
      checkpoints: timeline.checkpoints_dropped ?? 0,
    };
    this.thinnedCount = timeline.events_thinned ?? 0;
    for (const event of timeline.events) this.#addEvent(event, jsonBytesMax(event.event));
    for (const checkpoint of timeline.checkpoints) this.#addCheckpoint(checkpoint);
    const last = this.#events.at(this.#events.count - 1);
    this.#nextIndex = last === undefined ? 0 : after(last.index);
  }

  #addEvent(event: TimelineEvent, bytes: number): void {
    this.#events.push(event, bytes + envelopeBytes);
  }

  #addCheckpoint(checkpoint: TimelineCheckpoint): void {
    this.#checkpoints.push(checkpoint, checkpointBytes(checkpoint));
  }

  #find(id: string): TimelineCheckpoint {
    const { count } = this.#checkpoints;
    for (let place = 0; place < count; place++) {
      const checkpoint = this.#checkpoints.at(place);
      if (checkpoint?.id === id) return checkpoint;
    }
    const text = `Cannot find checkpoint "${id.slice(0, 128)}": timeline "${this.id}" has none`;
    throw new Failure("not_found", text);
  }

  /** Of the oldest event with this index or a higher one: indexes never fall. */
  #placeOf(index: number): number {
    let low = 0;
    let high = this.#events.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events.at(middle)?.index ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #countOf(lower: number, higher: number): number {
    return this.#placeOf(higher) - this.#placeOf(lower);
  }
}

/** Indexes stop at the largest whole number that is exact. */
function after(index: number): number {
  return Math.min(index + 1, Number.MAX_SAFE_INTEGER);
}

function dateOf({ timestamp }: { readonly timestamp: string }): string {
  return timestamp;
}

function checkpointBytes(checkpoint: TimelineCheckpoint): number {
  return jsonBytesMax(checkpoint.state) + jsonBytesMax(checkpoint.label) + envelopeBytes + 128;
}
