/**
 * How much sound is buffered, so that it is heard with its picture and never runs out: as much as
 * the picture's delay, but not less than the network's jitter requires. A single interruption is not
 * jitter: buffering enough for another would take the sound away from its picture. Pure.
 */

/** What should remain buffered at the worst moment. */
const spareMs = 6;
const holdMsMin = 10;
const holdMsMax = 400;
/** Buffered amount while nothing is known yet. */
const holdMsFirst = 40;
/** This close to the picture is close enough. */
const closeMs = 4;
/**
 * Nobody notices sound that is this late. Anything less saves nothing, and the more is buffered, the
 * fewer interruptions are heard.
 */
const unnoticedMs = 20;
/** A single interruption may make sound this late, and no later. */
const farMs = 36;
/** The buffered amount shrinks by at most this much at a time. */
const lessMsMax = 30;
const moreMsMax = 100;
/** The worst of this many observations decides. */
const lookCount = 30;
const lookCountMin = 3;
/** Meanwhile a page and its connection are still starting: what is missing then says nothing. */
const beginCount = 2;

/** Observed since the previous call, about a second ago. */
export type SoundLook = {
  /** The least amount buffered; below 0 it ran out, and that much was missing. */
  readonly leastMs: number;
  /** The average buffered amount. */
  readonly averageMs: number;
  /** How much later than its picture the sound is heard; `undefined` while there is no picture. */
  readonly offsetMs: number | undefined;
};

/** One each time that sound is turned on. */
export class SoundPace {
  /** To be buffered from now on. */
  holdMs = holdMsFirst;
  /** The most to buffer in addition, at once, if it runs out. */
  moreMs = 0;
  #leastMs: number[] = [];
  #lookCount = 0;
  /** The last observation in which it had run out. */
  #ranOutAt = Number.NEGATIVE_INFINITY;

  /** Takes an observation into account. */
  take({ leastMs, averageMs, offsetMs }: SoundLook): void {
    this.#leastMs.push(this.#countedOf(leastMs));
    if (this.#leastMs.length > lookCount) this.#leastMs.shift();
    // The new amount is reached slowly: the future offset counts.
    const offset = offsetMs === undefined ? 0 : offsetMs + this.holdMs - averageMs;
    this.#change(this.#changeFor(offset));
    const isOften = this.#lookCount - this.#ranOutAt < lookCount;
    const isFree = isOften || offsetMs === undefined;
    this.moreMs = isFree ? moreMsMax : Math.min(moreMsMax, Math.max(0, farMs - offset));
  }

  /** What was missing counts only as far as it may be made up for. */
  #countedOf(leastMs: number): number {
    this.#lookCount += 1;
    if (leastMs >= 0) return leastMs;
    if (this.#lookCount <= beginCount) return spareMs;
    this.#ranOutAt = this.#lookCount;
    return Math.max(leastMs, spareMs - this.moreMs);
  }

  #changeFor(offset: number): number {
    const spare = Math.min(...this.#leastMs) - spareMs;
    if (spare < 0) return Math.min(moreMsMax, -spare);
    if (offset < -closeMs) return Math.min(moreMsMax, -offset);
    const over = offset - unnoticedMs;
    const isKnown = this.#leastMs.length >= lookCountMin;
    return over <= closeMs || !isKnown ? 0 : -Math.min(over, spare, lessMsMax);
  }

  #change(ms: number): void {
    const before = this.holdMs;
    this.holdMs = Math.min(holdMsMax, Math.max(holdMsMin, before + ms));
    // Earlier observations would have been larger by this much.
    this.#leastMs = this.#leastMs.map((least) => least + this.holdMs - before);
  }
}
