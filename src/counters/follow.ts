/**
 * Counts what another thread sends, from totals in shared memory: exact whenever counts are read,
 * and complete once it is closed.
 */
import { SharedCounts } from "../base/shared-counts.ts";
import { mediaSlots } from "../model/media-totals.ts";
import type { Counters } from "./counters.ts";
import type { BroadcastGuard, TrackGuard } from "./guards.ts";

/** A player's stream counts as one broadcast and one subscription, external, leaving. */
export class Follower {
  readonly #totals: SharedCounts;
  readonly #broadcast: BroadcastGuard;
  readonly #track: TrackGuard;
  readonly #endSync: () => void;
  #bytes = 0;
  #frames = 0;
  #groups = 0;
  #isClosed = false;

  /** `memory`: a block of `mediaSlotCount` totals, all 0 when the session began. */
  constructor(counters: Counters, options: { path: string; memory: SharedArrayBuffer }) {
    this.#totals = new SharedCounts(options.memory);
    const counter = counters.broadcast({ path: options.path, tier: "external" });
    this.#broadcast = counter.open("publisher");
    this.#track = counter.track("publisher");
    this.#endSync = counters.addSync(() => this.#sync());
  }

  /** To be called when the sender has finished. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#endSync();
    this.#sync();
    this.#track.close();
    this.#broadcast.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #sync(): void {
    const bytes = this.#totals.total(mediaSlots.bytes);
    const frames = this.#totals.total(mediaSlots.frames);
    const groups = this.#totals.total(mediaSlots.groups);
    this.#track.bytes(bytes - this.#bytes);
    this.#track.frame(frames - this.#frames);
    this.#track.group(groups - this.#groups);
    this.#bytes = bytes;
    this.#frames = frames;
    this.#groups = groups;
  }
}

/** The sessions of other threads that are being counted, under `live/<session_id>`. */
export class Followers {
  readonly #counters: Counters;
  readonly #open = new Map<number, Follower>();

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  open(sessionId: number, memory: SharedArrayBuffer): void {
    this.close(sessionId);
    this.#open.set(sessionId, new Follower(this.#counters, { path: `live/${sessionId}`, memory }));
  }

  close(sessionId: number): void {
    this.#open.get(sessionId)?.close();
    this.#open.delete(sessionId);
  }

  closeAll(): void {
    for (const sessionId of [...this.#open.keys()]) this.close(sessionId);
  }
}
