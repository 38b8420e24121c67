/** Whether a source moved: the intervals between its new pictures before and after each of them. */
import {
  filmFps,
  freezeAverages,
  freezeBeyondUs,
  freezeFrameCount,
  hesitationShareMax,
  movingCountMax,
  movingCvMax,
  movingFpsMin,
  movingSpanUs,
  movingUsMin,
  sustainedShareMin,
  sustainedUs,
} from "./bounds.ts";

/** Intervals from `first` up to, not including, `end`. */
type Span = { readonly first: number; readonly end: number };

/** Intervals of the seconds before and after each picture. */
class Spans {
  readonly #firstBefore: Int32Array;
  readonly #endAfter: Int32Array;

  constructor(times: Float64Array, lengthUs: number) {
    this.#firstBefore = new Int32Array(times.length + 1);
    this.#endAfter = new Int32Array(times.length + 1);
    let first = 1;
    let end = 1;
    for (let index = 0; index <= times.length; index++) {
      const before = times[index - 1] ?? 0;
      while (first < index && before - (times[first - 1] ?? 0) > lengthUs) first += 1;
      this.#firstBefore[index] = Math.min(first, index);
      const at = times[index] ?? 0;
      while (end < times.length && (times[end] ?? 0) - at <= lengthUs) end += 1;
      this.#endAfter[index] = Math.max(end, index + 1);
    }
  }

  /** Those up to, not including, the one that ends with picture `index`. */
  before(index: number): Span {
    return { first: this.#firstBefore[index] ?? index, end: index };
  }

  after(index: number): Span {
    return { first: index + 1, end: this.#endAfter[Math.max(0, index)] ?? index + 1 };
  }
}

/** The intervals between new pictures before and after each of them. */
export class Motion {
  readonly #times: Float64Array;
  /** Sums of intervals and of their squares, up to each. */
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  /** The same for intervals that are short enough to be motion. */
  readonly #moved: Float64Array;
  readonly #near: Spans;
  readonly #far: Spans;

  /** @param times of all new pictures, while the source was looked at */
  constructor(times: Float64Array) {
    this.#times = times;
    this.#sums = new Float64Array(times.length + 1);
    this.#squares = new Float64Array(times.length + 1);
    this.#moved = new Float64Array(times.length + 1);
    for (let index = 1; index < times.length; index++) {
      const interval = this.interval(index);
      this.#sums[index + 1] = (this.#sums[index] ?? 0) + interval;
      this.#squares[index + 1] = (this.#squares[index] ?? 0) + interval ** 2;
      const movedUs = interval <= 1e6 / movingFpsMin ? interval : 0;
      this.#moved[index + 1] = (this.#moved[index] ?? 0) + movedUs;
    }
    this.#near = new Spans(times, movingSpanUs);
    this.#far = new Spans(times, sustainedUs);
  }

  /** The interval that ends with picture `index` lies within even motion. */
  isMoving(index: number): boolean {
    const isEven =
      this.#isEven(this.#near.before(index + 1)) || this.#isEven(this.#near.after(index - 1));
    return isEven && this.#isSustained(index, index);
  }

  /** The source moved before and after the interval that ends with picture `index`, and not in it. */
  isFreeze(index: number): boolean {
    const lastedUs = this.interval(index);
    if (!this.#isLong(index, lastedUs)) return false;
    return (
      this.#isEvenBut(this.#near.before(index), lastedUs) &&
      this.#isEvenBut(this.#near.after(index), lastedUs) &&
      this.#isSustained(index, index + 1)
    );
  }

  /** The source moved before picture `index`, which has not arrived after this long. */
  isFreezeAtEnd(index: number, lastedUs: number): boolean {
    return (
      this.#isLong(index, lastedUs) &&
      this.#isEvenBut(this.#near.before(index), lastedUs) &&
      this.#isSustained(index, this.#times.length)
    );
  }

  /** METRICS.md: three averages, and the average and 150 ms. */
  #isLong(index: number, lastedUs: number): boolean {
    if (lastedUs < freezeBeyondUs) return false;
    const first = Math.max(1, index - freezeFrameCount);
    const count = index - first;
    if (count < 2) return false;
    const average = this.#sumOf(this.#sums, first, index) / count;
    return lastedUs >= Math.max(freezeAverages * average, average + freezeBeyondUs);
  }

  /** The one that ends with picture `index`. */
  interval(index: number): number {
    return (this.#times[index] ?? 0) - (this.#times[index - 1] ?? 0);
  }

  /**
   * The source moved for most of the seconds around, up to interval `end` and from `first` on: as a
   * game or a film does. A person who reads, types or points moves a picture briefly and then looks
   * at it for a while.
   */
  #isSustained(end: number, first: number): boolean {
    const times = this.#times;
    const sinceUs = (times[end - 1] ?? 0) - (times[0] ?? 0);
    const untilUs = (times.at(-1) ?? 0) - (times[first - 1] ?? Number.POSITIVE_INFINITY);
    const aroundUs = Math.min(sustainedUs, sinceUs) + Math.max(0, Math.min(sustainedUs, untilUs));
    const before = this.#far.before(end).first;
    const after = this.#far.after(first - 1).end;
    const movedUs =
      this.#sumOf(this.#moved, before, end) + Math.max(0, this.#sumOf(this.#moved, first, after));
    return movedUs >= sustainedShareMin * aroundUs;
  }

  #isEven({ first, end }: Span, omittedUs = 0): boolean {
    const count = end - first - Number(omittedUs > 0);
    if (count < 4) return false;
    const mean = (this.#sumOf(this.#sums, first, end) - omittedUs) / count;
    if (mean > 1e6 / movingFpsMin) return false;
    const squares = this.#sumOf(this.#squares, first, end) - omittedUs ** 2;
    const variance = squares / count - mean ** 2;
    return Math.sqrt(Math.max(0, variance)) <= movingCvMax * mean;
  }

  /**
   * Even except for its longest interval: a source that moves at a film's rate may hesitate once.
   * One that moves in bits pauses for about the same time each time, and none of its pauses is a
   * freeze.
   */
  #isEvenBut(span: Span, freezeUs: number): boolean {
    if (this.#isEven(span)) return true;
    const { first, end } = span;
    // Times of an imported file may go back, any number of them within two seconds.
    if (end - first > movingCountMax) return false;
    const lastedUs = this.#sumOf(this.#sums, first, end);
    if (lastedUs < movingUsMin || lastedUs > ((end - first) * 1e6) / filmFps) return false;
    let longestUs = 0;
    for (let index = first; index < end; index++)
      longestUs = Math.max(longestUs, this.interval(index));
    return longestUs <= hesitationShareMax * freezeUs && this.#isEven(span, longestUs);
  }

  #sumOf(sums: Float64Array, first: number, end: number): number {
    return (sums[end] ?? 0) - (sums[first] ?? 0);
  }
}
