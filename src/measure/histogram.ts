/**
 * Hot path: counts of times in buckets that grow with the time, for a window with more frames than
 * are kept one by one. 64 buckets to each doubling, so a percentile is at most 1/64 (1.6 %) too
 * large and never too small.
 */
import { assert } from "../base/assert.ts";

const stepBits = 6;
const stepCount = 1 << stepBits;
/** 71 minutes in microseconds; longer times count as this. */
export const timeUsMax = 2 ** 32 - 1;
/** Times below 64 µs have a bucket each; the 26 doublings above share 64 each. */
const bucketCount = stepCount * (32 - stepBits + 1);

/**
 * Counts of times in buckets within 1.6 %, for percentiles of any number of values in constant
 * memory.
 */
export class Histogram {
  count = 0;
  readonly #buckets = new Uint32Array(bucketCount);

  /** @param timeUs not negative; fractions of a microsecond are rounded up. */
  add(timeUs: number): void {
    const bucket = bucketOf(Math.min(Math.ceil(timeUs), timeUsMax));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.count += 1;
  }

  clear(): void {
    this.#buckets.fill(0);
    this.count = 0;
  }

  /** Nearest rank, as the upper edge of its bucket. */
  percentile(share: number): number {
    assert(this.count > 0, "a percentile has at least one time below it");
    let left = Math.ceil(share * this.count);
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      left -= this.#buckets[bucket] ?? 0;
      if (left <= 0) return upperEdge(bucket);
    }
    return timeUsMax;
  }
}

/** Bucket = (doublings above 64) · 64 + the six bits below the highest. */
function bucketOf(time: number): number {
  if (time < stepCount) return time;
  const doubling = 31 - Math.clz32(time) - stepBits;
  return (doubling + 1) * stepCount + (time >>> doubling) - stepCount;
}

function upperEdge(bucket: number): number {
  if (bucket < stepCount) return bucket;
  const doubling = Math.floor(bucket / stepCount) - 1;
  return ((bucket % stepCount) + stepCount + 1) * 2 ** doubling - 1;
}
