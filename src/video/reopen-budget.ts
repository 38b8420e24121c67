/** How often a failing operation may be retried: this many times per interval. */
import type { Micros } from "../base/clock.ts";

/** Holds at most `count` times. */
export class ReopenBudget {
  readonly #count: number;
  readonly #withinUs: number;
  /** When it was used, oldest first; never more than `count`. */
  readonly #usedUs: Micros[] = [];

  constructor(options: { readonly count: number; readonly withinUs: number }) {
    this.#count = options.count;
    this.#withinUs = options.withinUs;
  }

  /** Uses one; false when all of them were used recently. */
  use(nowUs: Micros): boolean {
    const [oldestUs] = this.#usedUs;
    const isUsedUp = this.#usedUs.length === this.#count;
    if (isUsedUp && oldestUs !== undefined && nowUs - oldestUs < this.#withinUs) return false;
    if (isUsedUp) this.#usedUs.shift();
    this.#usedUs.push(nowUs);
    return true;
  }
}
