/**
 * How much sound is buffered, so that it is heard with its picture and never runs out: as much as
 * the picture's delay, but not less than the network's jitter requires. Pure.
 */

/** What should remain buffered at the worst moment. */
const spareMs = 6;
const holdMsMin = 10;
const holdMsMax = 400;
/** Buffered amount while nothing is known yet. */
export const holdMsFirst = 40;
/** This close to the picture is close enough. */
const closeMs = 4;
/** The buffered amount shrinks by at most this much at a time. */
const lessMsMax = 30;
const moreMsMax = 100;
/** The worst of this many observations decides. */
const lookCount = 30;
const lookCountMin = 3;

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
  holdMs = holdMsFirst;
  #leastMs: number[] = [];

  /**
   * Takes an observation into account.
   * @returns the amount to buffer from now on
   */
  take({ leastMs, averageMs, offsetMs }: SoundLook): number {
    this.#leastMs.push(leastMs);
    if (this.#leastMs.length > lookCount) this.#leastMs.shift();
    const spare = Math.min(...this.#leastMs) - spareMs;
    if (spare < 0) return this.#change(Math.min(moreMsMax, -spare));
    // The new amount is reached slowly: the future offset counts.
    const offset = offsetMs === undefined ? 0 : offsetMs + this.holdMs - averageMs;
    if (offset < -closeMs) return this.#change(Math.min(moreMsMax, -offset));
    const isKnown = this.#leastMs.length >= lookCountMin;
    if (offset <= closeMs || !isKnown) return this.holdMs;
    return this.#change(-Math.min(offset, spare, lessMsMax));
  }

  #change(ms: number): number {
    const before = this.holdMs;
    this.holdMs = Math.min(holdMsMax, Math.max(holdMsMin, before + ms));
    // Earlier observations would have been larger by this much.
    this.#leastMs = this.#leastMs.map((least) => least + this.holdMs - before);
    return this.holdMs;
  }
}
