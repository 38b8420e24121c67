/**
 * Counts of values in two kinds of buckets: a few with given bounds, and fine ones that grow by the
 * eighth root of two (9 %), of which any percentile can be taken later. Constant memory.
 */
import type { CountedValues } from "../model/scraped-metric.ts";

/** Buckets per doubling; a collector knows it as schema 3. */
const stepsPerDoubling = 8;
/** From a millionth, the finest measured value, to beyond an hour. */
const firstStep = -stepsPerDoubling * 20;
const lastStep = stepsPerDoubling * 13;

/** Seconds or shares, counted. Values below 0 are counted as 0. */
export class Counted {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  readonly #fine = new Float64Array(lastStep - firstStep + 1);
  #zeros = 0;
  #sum = 0;

  /** @param bounds ascending upper edges, the last one below infinity */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  add(value: number): void {
    const place = this.#placeOf(value);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    if (!(value > 0)) {
      this.#zeros += 1;
      return;
    }
    this.#sum += value;
    const step = stepOf(value) - firstStep;
    this.#fine[step] = (this.#fine[step] ?? 0) + 1;
  }

  /** A copy, without the fine buckets beyond those that hold anything. */
  read(): CountedValues {
    return {
      bounds: this.#bounds,
      counts: [...this.#counts],
      sum: Number(this.#sum.toPrecision(12)),
      fine: { zeros: this.#zeros, ...this.#held() },
    };
  }

  #placeOf(value: number): number {
    const place = this.#bounds.findIndex((bound) => value <= bound);
    return place === -1 ? this.#bounds.length : place;
  }

  #held(): { readonly first: number; readonly counts: readonly number[] } {
    const first = this.#fine.findIndex((count) => count > 0);
    if (first === -1) return { first: 0, counts: [] };
    const last = this.#fine.findLastIndex((count) => count > 0);
    return { first: firstStep + first, counts: [...this.#fine.subarray(first, last + 1)] };
  }
}

/** The bucket whose upper edge is the first power not below the value. */
function stepOf(value: number): number {
  const step = Math.ceil(Math.log2(value) * stepsPerDoubling);
  return Math.min(Math.max(step, firstStep), lastStep);
}
