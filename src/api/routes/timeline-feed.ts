/**
 * The timeline's events. An `id` is the recording's key and the index of the last event sent,
 * `capture-1782504843000:41`. A client that returns with it while that recording can be read gets
 * the events after it, as far as they are held.
 */
import { unreachable } from "../../base/assert.ts";
import { Failure } from "../../base/failure.ts";
import type { TimelineEvent, TimelineSource } from "../../model/timeline.ts";
import type { EventFeed } from "../../operations/operation.ts";
import type { TimelineChange, TimelineReading, Timelines } from "../../ports/timeline.ts";
import {
  EventStreams,
  eventText,
  pingMsDefault,
  type StreamFeed,
  type StreamLimits,
} from "./event-stream.ts";

const limitsDefault: StreamLimits = {
  streamCountMax: 32,
  queueBytesMax: 512 * 1024,
  pingMs: pingMsDefault,
};
const batchCount = 100;

/** The event streams of the timeline. */
export class TimelineFeeds implements EventFeed {
  readonly streams: EventStreams;
  readonly #timeline: Timelines;

  constructor(
    { timeline }: { readonly timeline: Timelines },
    limits: StreamLimits = limitsDefault,
  ) {
    this.#timeline = timeline;
    this.streams = new EventStreams("the timeline's stream", limits);
  }

  /** @throws Failure `too_many`, `out_of_range` */
  open({ lastEventId, of }: Parameters<EventFeed["open"]>[0]): Response {
    if (of !== undefined && of !== "capture" && of !== "manual") {
      const text = 'Cannot use "of" of the query: a stream takes capture or manual';
      throw new Failure("out_of_range", text);
    }
    return this.streams.open(new TimelineFeed(this.#timeline, of), lastEventId);
  }
}

type Position = { readonly key: string; readonly index: number };

class TimelineFeed implements StreamFeed {
  readonly #timeline: Timelines;
  readonly #of: TimelineSource | undefined;
  /**
   * Next event that is still to be read from the recording; absent when all held ones were sent.
   */
  #missedFrom: number | undefined;

  constructor(timeline: Timelines, of: TimelineSource | undefined) {
    this.#timeline = timeline;
    this.#of = of;
  }

  begin(send: (text: string) => void, lastEventId: string | undefined): Disposable {
    const position = readPosition(lastEventId);
    const reading = this.#reading();
    if (position !== undefined && reading !== undefined && position.key === this.#keyOf(reading)) {
      this.#missedFrom = position.index + 1;
    }
    send(eventText("state", this.#timeline.status()));
    return this.#timeline.subscribe((change) => {
      const text = this.#textOf(change);
      if (text !== "") send(text);
    });
  }

  missed(lengthMax: number): string {
    if (this.#missedFrom === undefined) return "";
    const events = this.#reading()?.eventsSince(this.#missedFrom) ?? [];
    let text = "";
    let count = 0;
    for (const event of events.slice(0, batchCount)) {
      if (text.length > lengthMax) break;
      text += this.#eventText(event);
      count += 1;
    }
    const last = events[count - 1];
    this.#missedFrom = last !== undefined && count < events.length ? last.index + 1 : undefined;
    return text;
  }

  #textOf(change: TimelineChange): string {
    switch (change.kind) {
      case "status":
        return eventText("state", change.state);
      case "event":
        // While older ones are being read from the recording, this one will be read there in turn.
        return this.#isShown(change.of) && this.#missedFrom === undefined
          ? this.#eventText(change.event)
          : "";
      case "checkpoint":
        return this.#isShown(change.of) ? eventText("checkpoint", change.checkpoint) : "";
      default:
        return unreachable(change);
    }
  }

  #source(): TimelineSource {
    const { capture } = this.#timeline.status();
    return this.#of ?? (capture?.recording === true ? "capture" : "manual");
  }

  #reading(): TimelineReading | undefined {
    return this.#timeline.reading(this.#source());
  }

  #isShown(of: TimelineSource): boolean {
    return of === this.#source();
  }

  #keyOf({ startedUnixMs }: TimelineReading): string {
    return `${this.#source()}-${startedUnixMs}`;
  }

  #eventText(event: TimelineEvent): string {
    const reading = this.#reading();
    const id = reading === undefined ? undefined : `${this.#keyOf(reading)}:${event.index}`;
    return eventText("event", event, id);
  }
}

/** Unknown ids are ignored. */
function readPosition(text: string | undefined): Position | undefined {
  const [, key, index] = /^((?:capture|manual)-\d{1,15}):(\d{1,16})$/.exec(text ?? "") ?? [];
  return key === undefined ? undefined : { key, index: Number(index) };
}
