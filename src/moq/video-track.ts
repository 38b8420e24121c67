/**
 * Per frame: the video of one broadcast, fanned out to its viewers. A group begins at each key
 * frame. Frames are copied once; viewers share the copy.
 */
import type { Clock } from "../base/clock.ts";
import type { BroadcastFeed, TrackSource } from "./feed.ts";
import type { PublishedFrame } from "./published-frame.ts";
import { ViewerFeed } from "./viewer-feed.ts";

type Options = {
  readonly clock: Clock;
  /** Called once the count has changed. */
  readonly onViewers: (change: "viewer_joined" | "viewer_left") => void;
  /** A viewer joined, or a slow one skipped: it waits for a key frame. */
  readonly onKeyWanted: (why: "came" | "skipped") => void;
};

/** The picture of one broadcast; gives every viewer a feed of its own. */
export class VideoTrack implements TrackSource {
  readonly name = "video";
  readonly timescale = 1_000_000;
  skippedCount = 0;
  readonly #options: Options;
  readonly #viewers = new Map<ViewerFeed, number>();
  #sequence = -1;
  #isEnded = false;

  constructor(options: Options) {
    this.#options = options;
  }

  get viewerCount(): number {
    return this.#viewers.size;
  }

  /** Each once, in the order of joining. */
  peerIds(): number[] {
    return [...new Set(this.#viewers.values())];
  }

  isWatchedBy(peerId: number): boolean {
    for (const id of this.#viewers.values()) if (id === peerId) return true;
    return false;
  }

  publish(frame: PublishedFrame): void {
    if (frame.isKey) this.#sequence += 1;
    for (const viewer of this.#viewers.keys()) viewer.push(frame, this.#sequence);
    frame.published();
  }

  /** Viewers get queued frames, then the end. */
  end(): void {
    this.#isEnded = true;
    for (const viewer of this.#viewers.keys()) viewer.end();
  }

  open(peerId: number): BroadcastFeed {
    const feed = new ViewerFeed({
      clock: this.#options.clock,
      onSkipped: (count) => {
        this.skippedCount += count;
        this.#options.onKeyWanted("skipped");
      },
      onClosed: (closed) => {
        if (this.#viewers.delete(closed)) this.#options.onViewers("viewer_left");
      },
    });
    if (this.#isEnded) {
      feed.end();
      return feed;
    }
    this.#viewers.set(feed, peerId);
    this.#options.onViewers("viewer_joined");
    this.#options.onKeyWanted("came");
    return feed;
  }
}
