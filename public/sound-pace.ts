/**
 * How much sound is held back, so that it is heard with its picture and never runs out: as much as
 * the picture is behind, but not less than the network's unevenness takes. Pure.
 */

/** What is to remain of the sound at the worst moment. */
const spareMs = 6;
const holdMsMin = 10;
const holdMsMax = 400;
/** What is held back when nothing is known yet. */
export const holdMsFirst = 40;
/** So close to the picture is close enough. */
const closeMs = 4;
/** At most so much less is held back at a time. */
const lessMsMax = 30;
const moreMsMax = 100;
/** The worst of so many looks decides. */
const lookCount = 30;
const lookCountMin = 3;

/** What was seen since the look before, about a second ago. */
export type SoundLook = {
  /** The least that waited; below 0 it ran out, and so much was missing. */
  readonly leastMs: number;
  /** What waited on the average. */
  readonly averageMs: number;
  /** How much later than its picture the sound is heard; `undefined` while there is no picture. */
  readonly offsetMs: number | undefined;
};

/** One for each time that sound is turned on. */
export class SoundPace {
  holdMs = holdMsFirst;
  #leastMs: number[] = [];

  /** Takes a look into account. @returns what is to be held back from now on */
  take({ leastMs, averageMs, offsetMs }: SoundLook): number {
    this.#leastMs.push(leastMs);
    if (this.#leastMs.length > lookCount) this.#leastMs.shift();
    const spare = Math.min(...this.#leastMs) - spareMs;
    if (spare < 0) return this.#change(Math.min(moreMsMax, -spare));
    // What is held back is reached slowly: what the offset will be then counts.
    const offset = offsetMs === undefined ? 0 : offsetMs + this.holdMs - averageMs;
    if (offset < -closeMs) return this.#change(Math.min(moreMsMax, -offset));
    const isKnown = this.#leastMs.length >= lookCountMin;
    if (offset <= closeMs || !isKnown) return this.holdMs;
    return this.#change(-Math.min(offset, spare, lessMsMax));
  }

  #change(ms: number): number {
    const before = this.holdMs;
    this.holdMs = Math.min(holdMsMax, Math.max(holdMsMin, before + ms));
    // What was seen before would have been so much more.
    this.#leastMs = this.#leastMs.map((least) => least + this.holdMs - before);
    return this.holdMs;
  }
}
