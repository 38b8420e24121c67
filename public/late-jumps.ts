/**
 * When a page that is behind joins again. The first time it does so soon; where that did not help for
 * long, as on a machine that decodes too slowly, each further time it waits twice as long: every new
 * beginning costs a black picture, and the host a key frame.
 */

/** Further behind than this a person would rather see what is now. */
export const behindMsMax = 500;
/** One late report may be a hiccup that the page makes up for; a second one is not. */
const lateCountMin = 2;
/** Longer, and a page that is a little too slow would show what was seconds ago. */
const lateCountMax = 8;
/** So many reports in time, and the page keeps up again. */
const goodCount = 10;

/** Of one page; a report a second. */
export class LateJumps {
  #needed = lateCountMin;
  #lateCount = 0;
  #goodCount = 0;

  /** @returns whether the page is to join again, now that it was so far behind */
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

  /** The page has joined again because a person wanted it. */
  joined(): void {
    this.#lateCount = 0;
  }
}
