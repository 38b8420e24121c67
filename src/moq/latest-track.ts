/**
 * A track of which only the newest value matters: a subscriber gets the last one at once, and a
 * slow subscriber skips to it. One group per value.
 */
import { Time } from "@moq/net";
import type { BroadcastFeed, OutgoingGroup, TrackSource } from "./feed.ts";

type Value = { readonly sequence: number; readonly payload: Uint8Array };

/** A track of which only the newest frame counts. */
export class LatestTrack implements TrackSource {
  readonly name: string;
  readonly timescale = 1000;
  readonly #feeds = new Set<LatestFeed>();
  #value: Value | undefined;
  #isEnded = false;

  constructor(name: string) {
    this.name = name;
  }

  write(value: unknown): void {
    const payload = new TextEncoder().encode(JSON.stringify(value));
    this.#value = { sequence: (this.#value?.sequence ?? -1) + 1, payload };
    for (const feed of this.#feeds) feed.offer(this.#value);
  }

  /** Subscribers first get the last value, unless they already have it. */
  end(): void {
    this.#isEnded = true;
    for (const feed of this.#feeds) feed.end();
  }

  open(): BroadcastFeed {
    const feed = new LatestFeed((closed) => this.#feeds.delete(closed));
    this.#feeds.add(feed);
    if (this.#value !== undefined) feed.offer(this.#value);
    if (this.#isEnded) feed.end();
    return feed;
  }
}

class LatestFeed implements BroadcastFeed {
  readonly #onClose: (feed: LatestFeed) => void;
  #value: Value | undefined;
  #isEnded = false;
  #wake: (() => void) | undefined;

  constructor(onClose: (feed: LatestFeed) => void) {
    this.#onClose = onClose;
  }

  offer(value: Value): void {
    this.#value = value;
    this.#wake?.();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async next(): Promise<OutgoingGroup | undefined> {
    while (this.#value === undefined && !this.#isEnded) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    const value = this.#value;
    this.#value = undefined;
    return value === undefined ? undefined : groupOf(value);
  }

  close(): void {
    this.#onClose(this);
    this.#value = undefined;
    this.end();
  }
}

function groupOf({ sequence, payload }: Value): OutgoingGroup {
  let isGiven = false;
  return {
    sequence,
    next: () => {
      const frame = isGiven ? undefined : { payload, timestamp: Time.Timestamp.now() };
      isGiven = true;
      return Promise.resolve(frame);
    },
    cancel: () => {
      isGiven = true;
    },
  };
}
