/**
 * Per frame: the video for one viewer. It begins with a key frame. When its queue is too old or too
 * long, all of it is skipped and counted, and the viewer continues with the next key frame; nobody
 * else notices.
 */
import type { Group } from "@moq/net";
import type { Clock, Micros } from "../base/clock.ts";
import type { BroadcastFeed, OutgoingGroup } from "./feed.ts";
import type { PublishedFrame } from "./published-frame.ts";

/** A viewer that lags more is too slow: a person would rather see the present. */
export const waitUsMax = 500_000;
/** A third of a second at 200 Mbit/s. */
export const waitBytesMax = 8 * 1024 * 1024;

type Options = {
  readonly clock: Clock;
  /** Frames that it will not get; it can continue only with a key frame. */
  readonly onSkipped: (frameCount: number) => void;
  readonly onClosed: (feed: ViewerFeed) => void;
};

/** The frames for one viewer. Bounded: one that is too slow skips to the next group. */
export class ViewerFeed implements BroadcastFeed {
  readonly #options: Options;
  /** Groups that the connection has not taken yet. */
  readonly #groups: ViewerGroup[] = [];
  /** Groups, taken or not, with frames left to deliver. */
  readonly #unfinished = new Set<ViewerGroup>();
  #current: ViewerGroup | undefined;
  /** Until its first key frame a viewer has missed nothing. */
  #hasBegun = false;
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  push(frame: PublishedFrame, sequence: number): void {
    if (this.#isTooSlow(frame.arrivedUs)) this.#skipAll();
    if (frame.isKey) this.#begin(sequence);
    if (this.#current !== undefined) this.#current.push(frame);
    else if (this.#hasBegun) this.#options.onSkipped(1);
  }

  /** No frame follows; queued ones are still delivered. */
  end(): void {
    this.#current?.end();
    this.#current = undefined;
    this.#isClosed = true;
    this.#wake?.();
  }

  async next(): Promise<OutgoingGroup | undefined> {
    while (this.#groups.length === 0 && !this.#isClosed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    return this.#groups.shift();
  }

  close(): void {
    // Frames queued for a viewer that left do not count as skipped.
    this.end();
    this.#skipAll();
    this.#options.onClosed(this);
  }

  #begin(sequence: number): void {
    this.#hasBegun = true;
    this.#current?.end();
    const group: ViewerGroup = new ViewerGroup(sequence, {
      clock: this.#options.clock,
      onCancelled: (frameCount) => this.#cancelled(group, frameCount),
      onFinished: () => this.#unfinished.delete(group),
    });
    this.#current = group;
    this.#unfinished.add(group);
    this.#groups.push(group);
    this.#wake?.();
  }

  #isTooSlow(nowUs: Micros): boolean {
    let bytes = 0;
    for (const group of this.#unfinished) {
      if (nowUs - group.oldestUs > waitUsMax) return true;
      bytes += group.waitingBytes;
    }
    return bytes > waitBytesMax;
  }

  #skipAll(): void {
    for (const group of [...this.#unfinished]) group.cancel();
    this.#groups.length = 0;
  }

  #cancelled(group: ViewerGroup, frameCount: number): void {
    if (this.#current === group) this.#current = undefined;
    if (!this.#isClosed && frameCount > 0) this.#options.onSkipped(frameCount);
  }
}

type GroupEvents = {
  readonly clock: Clock;
  readonly onCancelled: (frameCount: number) => void;
  readonly onFinished: () => void;
};

class ViewerGroup implements OutgoingGroup {
  readonly sequence: number;
  waitingBytes = 0;
  readonly #events: GroupEvents;
  readonly #waiting: PublishedFrame[] = [];
  /** Handed to the library, not yet to the socket. */
  #inFlight: PublishedFrame | undefined;
  #isEnded = false;
  #wake: (() => void) | undefined;

  constructor(sequence: number, events: GroupEvents) {
    this.sequence = sequence;
    this.#events = events;
  }

  /** Arrival of the oldest undelivered frame; later than anything if there is none. */
  get oldestUs(): number {
    return (this.#inFlight ?? this.#waiting[0])?.arrivedUs ?? Number.POSITIVE_INFINITY;
  }

  push(frame: PublishedFrame): void {
    frame.queued();
    this.waitingBytes += frame.payload.byteLength;
    this.#waiting.push(frame);
    this.#wake?.();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
    this.#finishIfDone();
  }

  async next(): Promise<Group.Frame | undefined> {
    this.#inFlight?.sent(this.#events.clock.nowUs());
    this.#inFlight = undefined;
    while (this.#waiting.length === 0 && !this.#isEnded) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    const frame = this.#waiting.shift();
    this.#inFlight = frame;
    this.waitingBytes -= frame?.payload.byteLength ?? 0;
    this.#finishIfDone();
    return frame;
  }

  /** Drops queued and in-flight frames. */
  cancel(): void {
    const count = this.#waiting.length;
    for (const frame of this.#waiting) frame.skip();
    this.#waiting.length = 0;
    this.waitingBytes = 0;
    this.#inFlight?.skip();
    this.#inFlight = undefined;
    this.#isEnded = true;
    this.#wake?.();
    this.#events.onCancelled(count);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    const isDone = this.#isEnded && this.#waiting.length === 0 && this.#inFlight === undefined;
    if (isDone) this.#events.onFinished();
  }
}
