/**
 * Hot path: the times of one stage in one window. Up to `countMax` frames are kept one by one and
 * give exact percentiles; with more, all go into a histogram, whose percentiles are up to 1.6 % too
 * large. Sum and maximum are exact either way.
 */
import { assert } from "../base/assert.ts";
import { Histogram, timeUsMax } from "./histogram.ts";

/** Times of one stage: exact up to a count, in a histogram beyond it. */
export class TimeColumn {
  count = 0;
  sumUs = 0;
  maxUs = 0;
  readonly #times: Float64Array;
  readonly #histogram = new Histogram();

  constructor(countMax: number) {
    this.#times = new Float64Array(countMax);
  }

  /** @param timeUs finite and not negative. */
  add(timeUs: number): void {
    if (this.count < this.#times.length) this.#times[this.count] = timeUs;
    else this.#histogram.add(timeUs);
    this.count += 1;
    this.sumUs += timeUs;
    if (timeUs > this.maxUs) this.maxUs = timeUs;
  }

  clear(): void {
    this.count = 0;
    this.sumUs = 0;
    this.maxUs = 0;
    if (this.#histogram.count > 0) this.#histogram.clear();
  }

  /** To be called before percentiles are read, after the last value was added. */
  sort(): void {
    if (this.#histogram.count > 0) for (const time of this.#times) this.#histogram.add(time);
    else this.#times.subarray(0, this.count).sort();
  }

  /** Nearest rank, after `sort`. */
  percentile(share: number): number {
    assert(this.count > 0, "a percentile has at least one time below it");
    if (this.#histogram.count > 0) return Math.min(this.#histogram.percentile(share), this.maxUs);
    return this.#times[Math.ceil(share * this.count) - 1] ?? 0;
  }
}

/** An invalid time counts as 0, one longer than 71 minutes as that. */
export function clampTime(timeUs: number): number {
  if (!(timeUs > 0)) return 0;
  return Math.min(timeUs, timeUsMax);
}
