/**
 * Hot path: held while a broadcast or a subscription is open. A guard counts its closing once,
 * however often it is closed. Its levels are found when it opens; from then on a count is one
 * addition per level.
 */
import { type Level, slot } from "./level.ts";

const broadcastsSlot = slot("broadcasts");
const broadcastsClosedSlot = slot("broadcasts_closed");
const subscriptionsSlot = slot("subscriptions");
const subscriptionsClosedSlot = slot("subscriptions_closed");
const bytesSlot = slot("bytes");
const framesSlot = slot("frames");
const groupsSlot = slot("groups");

/** The levels of one path, with the set that is counted in, as a guard sees them. */
export type Span = {
  readonly levels: readonly Level[];
  readonly base: number;
  readonly onOpened: () => void;
  readonly onClosed: () => void;
};

/** Counts one broadcast, from its opening until it is closed, once. */
export class BroadcastGuard {
  readonly #span: Span;
  #isClosed = false;

  constructor(span: Span) {
    this.#span = span;
    add(span, broadcastsSlot, 1);
    span.onOpened();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    add(this.#span, broadcastsClosedSlot, 1);
    this.#span.onClosed();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Counts a subscription and its traffic. Does not touch `broadcasts`. */
export class TrackGuard {
  /** Called once, when it is closed. */
  onClosed: () => void = () => undefined;
  readonly #span: Span;
  #isClosed = false;

  constructor(span: Span) {
    this.#span = span;
    add(span, subscriptionsSlot, 1);
    span.onOpened();
  }

  frame(count = 1): void {
    add(this.#span, framesSlot, count);
  }

  bytes(count: number): void {
    add(this.#span, bytesSlot, count);
  }

  group(count = 1): void {
    add(this.#span, groupsSlot, count);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    add(this.#span, subscriptionsClosedSlot, 1);
    this.#span.onClosed();
    this.onClosed();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function add({ levels, base }: Span, offset: number, count: number): void {
  for (const { counts } of levels) {
    const at = base + offset;
    counts[at] = (counts[at] ?? 0) + count;
  }
}
