/**
 * When a page that lags joins again. The first time it does so soon; if that did not help for long,
 * as on a machine that decodes too slowly, each further attempt waits twice as long: every rejoin
 * costs a black picture, and the host a key frame.
 */

/** If a page lags more than this, a person would rather see the present. */
export const behindMsMax = 500;
/** One late report may be a hiccup that the page recovers from; a second one is not. */
const lateCountMin = 2;
/** Longer, and a page that is slightly too slow would show the past of several seconds. */
const lateCountMax = 8;
/** After this many reports in time, the page keeps up again. */
const goodCount = 10;

/** For one page; one report per second. */
export class LateJumps {
  #needed = lateCountMin;
  #lateCount = 0;
  #goodCount = 0;

  /** @returns whether the page should join again, given this delay */
  isDue(behindMs: number): boolean {
    if (behindMs <= behindMsMax) {
      this.#lateCount = 0;
      this.#goodCount += 1;
      if (this.#goodCount >= goodCount) this.#needed = lateCountMin;
      return false;
    }
    this.#goodCount = 0;
    this.#lateCount += 1;
    if (this.#lateCount < this.#needed) return false;
    this.#needed = Math.min(lateCountMax, 2 * this.#needed);
    this.#lateCount = 0;
    return true;
  }

  /** The page rejoined because a person asked for it. */
  joined(): void {
    this.#lateCount = 0;
  }
}
