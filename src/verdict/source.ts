/**
 * The source's behaviour: stretches in which it moved, repeats within them, and times when it
 * provided nothing new although it had been moving. An unchanged picture is not a fault.
 */
import { frameFates } from "../model/frames.ts";
import { stillUsMax } from "./bounds.ts";
import { newRowsOf } from "./cadence.ts";
import { HoleWalk } from "./holes.ts";
import { type Judged, slotStates } from "./judge.ts";
import { Motion } from "./motion.ts";
import { UnansweredInput } from "./unanswered.ts";
import type { Window } from "./windows.ts";

const missed = frameFates.indexOf("missed");

/** A stretch without anything new: rows `first` to `last` are its repeats. */
export type Still = {
  readonly first: number;
  readonly last: number;
  readonly lastedUs: number;
  /** Players' input meanwhile, if that is the reason for counting it as one. */
  readonly inputCount?: number;
};

export type SourceFacts = {
  readonly stills: readonly Still[];
  /** Repeats between pictures of a source that moves evenly, but slower than the stream. */
  readonly evenRepeatCount: number;
  /** Repeats in place of a picture that should have been there. */
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

/** The range ends while nothing new arrives: a stillness as long as it may be a freeze. */
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

/** From one new picture to the next, and how long the source was looked at meanwhile. */
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
    // Slots that were missed or lost in between have their own cause.
    if (count * 2 < last - from) return;
    this.#stillRepeatCount += count;
    const input = inputCount === undefined ? {} : { inputCount };
    this.#stills.push({ first: from + 1, last, lastedUs, ...input });
  }

  /**
   * The picture of row `from` remained until row `last`: a stillness for as long as players acted
   * in it.
   */
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
