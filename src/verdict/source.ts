/**
 * What the source did: stretches in which it moved, repeats within them, and times when it gave
 * nothing new although it had been moving. A picture that stands still is not a fault.
 */
import { frameFates } from "../model/frames.ts";
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
  stillUsMax,
} from "./bounds.ts";
import { newRowsOf } from "./cadence.ts";
import { HoleWalk } from "./holes.ts";
import { type Judged, slotStates } from "./judge.ts";
import { UnansweredInput } from "./unanswered.ts";
import type { Window } from "./windows.ts";

const missed = frameFates.indexOf("missed");

/** A stretch without anything new: rows `first` to `last` are its repeats. */
export type Still = {
  readonly first: number;
  readonly last: number;
  readonly lastedUs: number;
  /** What players did meanwhile, where that is why it is known to be one. */
  readonly inputCount?: number;
};

export type SourceFacts = {
  readonly stills: readonly Still[];
  /** Repeats between pictures of a source that moves evenly, but slower than the stream. */
  readonly evenRepeatCount: number;
  /** Repeats that stand in the way of a picture that should have been there. */
  readonly stillRepeatCount: number;
  /** Rate of new pictures while the source moved; 0 when it never did. */
  readonly movingFps: number;
  /** The latest row of the longest hold that is not a still; where to look. */
  readonly longestHoldRow: number;
};

/** Marks repeats of a moving source as `old`; a frame that was late or absent stays that. */
export function judgeSource(judged: Judged, windows: readonly Window[]): SourceFacts {
  const newRows = newRowsOf(judged);
  const motion = new Motion(watchedTimes(judged, newRows));
  const facts = new Collected(judged, new UnansweredInput(windows));
  const holes = new HoleWalk(judged);
  for (let index = 1; index < newRows.length; index++) {
    const from = newRows[index - 1] ?? 0;
    const to = newRows[index] ?? 0;
    if (holes.isIn(from, to)) continue;
    const isStill = to - from >= 2 && motion.isFreeze(index);
    if (isStill) facts.addStill(from, to - 1);
    else if (facts.addUnanswered(from, to - 1)) continue;
    else if (motion.isMoving(index)) facts.addHold({ from, to, watchedUs: motion.interval(index) });
  }
  addOpenEnd(judged, { newRows, motion, facts, holes });
  return facts.done();
}

/** The range ends while nothing new comes: a stillness for as long as it may be a freeze. */
function addOpenEnd(
  judged: Judged,
  {
    newRows,
    motion,
    facts,
    holes,
  }: { newRows: Uint32Array; motion: Motion; facts: Collected; holes: HoleWalk },
): void {
  const from = newRows.at(-1);
  const last = judged.table.count - 1;
  if (from === undefined || from === last || holes.isIn(from, last)) return;
  const lastedUs = facts.lengthUs(from, last);
  if (motion.isFreezeAtEnd(newRows.length, lastedUs) && lastedUs <= stillUsMax)
    facts.addStill(from, last);
  else facts.addUnanswered(from, last);
}

/** From one new picture to the next, and for how long the source was looked at meanwhile. */
type Hold = { readonly from: number; readonly to: number; readonly watchedUs: number };

class Collected {
  readonly #judged: Judged;
  readonly #input: UnansweredInput;
  readonly #stills: Still[] = [];
  #evenRepeatCount = 0;
  #stillRepeatCount = 0;
  #movingUs = 0;
  #movingCount = 0;
  #longestHold = 0;
  #longestHoldRow = 0;

  constructor(judged: Judged, input: UnansweredInput) {
    this.#judged = judged;
    this.#input = input;
  }

  lengthUs(from: number, last: number): number {
    const due = this.#judged.table.columns.due_us;
    return (due[last] ?? 0) - (due[from] ?? 0);
  }

  addStill(from: number, last: number, inputCount?: number): void {
    const lastedUs = this.lengthUs(from, last);
    const count = this.#markOld(from + 1, last);
    // Slots that were missed or lost in between have a cause of their own.
    if (count * 2 < last - from) return;
    this.#stillRepeatCount += count;
    const input = inputCount === undefined ? {} : { inputCount };
    this.#stills.push({ first: from + 1, last, lastedUs, ...input });
  }

  /** The picture of row `from` stood until row `last`: a stillness for as long as players acted in it. */
  addUnanswered(from: number, last: number): boolean {
    const due = this.#judged.table.columns.due_us;
    const found = this.#input.between(due[from] ?? 0, due[last] ?? 0);
    if (found === undefined) return false;
    let [first, end] = [from, last];
    while (first < last && (due[first + 1] ?? 0) <= found.fromUs) first += 1;
    while (end > first && (due[end] ?? 0) > found.toUs) end -= 1;
    this.addStill(first, end, found.count);
    return true;
  }

  addHold({ from, to, watchedUs }: Hold): void {
    this.#movingUs += watchedUs;
    this.#movingCount += 1;
    this.#evenRepeatCount += this.#markOld(from + 1, to - 1);
    if (to - from <= this.#longestHold) return;
    this.#longestHold = to - from;
    this.#longestHoldRow = to;
  }

  done(): SourceFacts {
    return {
      stills: this.#stills,
      evenRepeatCount: this.#evenRepeatCount,
      stillRepeatCount: this.#stillRepeatCount,
      movingFps: this.#movingUs === 0 ? 0 : (this.#movingCount * 1e6) / this.#movingUs,
      longestHoldRow: this.#longestHoldRow,
    };
  }

  #markOld(first: number, last: number): number {
    const { state, table } = this.#judged;
    let count = 0;
    for (let row = first; row <= last; row++) {
      if (state[row] !== slotStates.inTime || table.columns.repeat[row] === 0) continue;
      state[row] = slotStates.old;
      count += 1;
    }
    return count;
  }
}

/**
 * When each new picture was due, on a clock that stands still where the source was not looked at: between
 * rows, and in slots that the host missed. What it had then nobody knows, and no unevenness of it either.
 */
function watchedTimes(
  { table, coveredUs, intervalUs }: Judged,
  newRows: Uint32Array,
): Float64Array {
  const { fate } = table.columns;
  const times = new Float64Array(newRows.length);
  let [row, missedCount] = [0, 0];
  for (let index = 0; index < times.length; index++) {
    const end = newRows[index] ?? 0;
    for (; row < end; row++) if (fate[row] === missed) missedCount += 1;
    times[index] = (coveredUs[end] ?? 0) - missedCount * intervalUs;
  }
  return times;
}

/** Intervals from `first` up to `end`, which is not among them. */
type Span = { readonly first: number; readonly end: number };

/** How the intervals between new pictures ran before and after each of them. */
class Motion {
  readonly #times: Float64Array;
  /** Sums of intervals and of their squares, up to each. */
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #firstBefore: Int32Array;
  readonly #endAfter: Int32Array;

  /** @param times of all new pictures, while the source was looked at */
  constructor(times: Float64Array) {
    this.#times = times;
    this.#sums = new Float64Array(times.length + 1);
    this.#squares = new Float64Array(times.length + 1);
    this.#firstBefore = new Int32Array(times.length + 1);
    this.#endAfter = new Int32Array(times.length + 1);
    for (let index = 1; index < times.length; index++) {
      const interval = this.interval(index);
      this.#sums[index + 1] = (this.#sums[index] ?? 0) + interval;
      this.#squares[index + 1] = (this.#squares[index] ?? 0) + interval ** 2;
    }
    this.#findSpans();
  }

  /** The interval that ends with picture `index` lies within even motion. */
  isMoving(index: number): boolean {
    return this.#isEven(this.#before(index + 1)) || this.#isEven(this.#after(index - 1));
  }

  /** The source moved before and after the interval that ends with picture `index`, and not in it. */
  isFreeze(index: number): boolean {
    const lastedUs = this.interval(index);
    if (!this.#isLong(index, lastedUs)) return false;
    return (
      this.#isEvenBut(this.#before(index), lastedUs) &&
      this.#isEvenBut(this.#after(index), lastedUs)
    );
  }

  /** The source moved before picture `index`, which is not there after so long. */
  isFreezeAtEnd(index: number, lastedUs: number): boolean {
    return this.#isLong(index, lastedUs) && this.#isEvenBut(this.#before(index), lastedUs);
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

  /** Intervals of the last seconds before picture `index`, itself not among them. */
  #before(index: number): Span {
    return { first: this.#firstBefore[index] ?? index, end: index };
  }

  #after(index: number): Span {
    return { first: index + 1, end: this.#endAfter[Math.max(0, index)] ?? index + 1 };
  }

  /** For each picture the first interval that ended within the seconds before it, and the end of those after it. */
  #findSpans(): void {
    const times = this.#times;
    let first = 1;
    let end = 1;
    for (let index = 0; index <= times.length; index++) {
      const before = times[index - 1] ?? 0;
      while (first < index && before - (times[first - 1] ?? 0) > movingSpanUs) first += 1;
      this.#firstBefore[index] = Math.min(first, index);
      const at = times[index] ?? 0;
      while (end < times.length && (times[end] ?? 0) - at <= movingSpanUs) end += 1;
      this.#endAfter[index] = Math.max(end, index + 1);
    }
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
   * Even but for its longest interval: a source that moves at a film's rate may hesitate once. One that moves
   * in bits pauses for about as long each time, and none of its pauses is a freeze.
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
