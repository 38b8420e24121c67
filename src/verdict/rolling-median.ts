/**
 * Hot path of the verdict: the median of the values of the last seconds, updated while values are
 * added and removed. Values are in buckets at most 3 % wide, so a median is accurate to 1.6 %;
 * updating it after a few changes takes a few steps, not a sort.
 */

const bucketsPerOctave = 32;
const octaveCount = 27;
const bucketCount = bucketsPerOctave * octaveCount + 1;

/** The median of the newest values. */
export class RollingMedian {
  readonly #counts = new Uint32Array(bucketCount);
  #count = 0;
  /** Where the median was last found, and how many values are in the buckets before it. */
  #bucket = 0;
  #beforeCount = 0;

  /** Values in it. */
  get count(): number {
    return this.#count;
  }

  /** @param bucket from `bucketOf`. */
  add(bucket: number): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    if (bucket < this.#bucket) this.#beforeCount += 1;
  }

  /** Removes a value that was added before. */
  remove(bucket: number): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) - 1;
    this.#count -= 1;
    if (bucket < this.#bucket) this.#beforeCount -= 1;
  }

  /** NaN without a value. */
  get median(): number {
    if (this.#count === 0) return Number.NaN;
    const rank = Math.ceil(this.#count / 2);
    while (this.#beforeCount >= rank) this.#step(-1);
    while (this.#beforeCount + (this.#counts[this.#bucket] ?? 0) < rank) this.#step(1);
    return middleOf(this.#bucket);
  }

  #step(by: 1 | -1): void {
    if (by === 1) this.#beforeCount += this.#counts[this.#bucket] ?? 0;
    this.#bucket += by;
    if (by === -1) this.#beforeCount -= this.#counts[this.#bucket] ?? 0;
  }
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
/** Exponent and the five highest bits of the fraction of 1: below lies bucket 0. */
const firstBits = 127 * bucketsPerOctave;

/** A float's exponent and first five bits of its fraction, read off: no logarithm for each value. */
export function bucketOf(value: number): number {
  if (!(value >= 1)) return 0;
  float[0] = value;
  return Math.min(((bits[0] ?? 0) >>> 18) - firstBits + 1, bucketCount - 1);
}

function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const octave = Math.floor((bucket - 1) / bucketsPerOctave);
  const place = (bucket - 1) % bucketsPerOctave;
  return 2 ** octave * (1 + (place + 0.5) / bucketsPerOctave);
}
