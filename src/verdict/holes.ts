/**
 * Stretches of which there are no rows: unread, overwritten, or recording was paused. Every slot
 * has a row, even if no frame was made, so nothing is known about such a stretch, and nothing may
 * be counted across it.
 */
import type { FrameTable } from "../model/frames.ts";

/** Slots of a grid are due one interval apart; clocks are corrected by less than this many. */
const holeIntervals = 4;

/** The time covered by the rows of one session. */
export type Coverage = {
  /** When each slot was due, on a clock that stops where there are no rows. */
  readonly coveredUs: Float64Array;
  /** The rows after a gap, in order: usually none. */
  readonly holeEnds: readonly number[];
};

/** One pass over the rows: each gap lasts one interval on the clock that stops in it. */
export function coverageOf({ columns, count }: FrameTable, intervalUs: number): Coverage {
  const due = columns.due_us;
  const coveredUs = new Float64Array(count);
  const holeEnds: number[] = [];
  let inHolesUs = 0;
  let beforeUs = due[0] ?? 0;
  for (let row = 0; row < count; row++) {
    const dueUs = due[row] ?? 0;
    if (dueUs - beforeUs > holeIntervals * intervalUs) {
      inHolesUs += dueUs - beforeUs - intervalUs;
      holeEnds.push(row);
    }
    coveredUs[row] = dueUs - inHolesUs;
    beforeUs = dueUs;
  }
  return { coveredUs, holeEnds };
}

/** Walks the holes along with rows that only grow, which most tables do not notice. */
export class HoleWalk {
  readonly #ends: readonly number[];
  #next = 0;

  constructor({ holeEnds }: Coverage) {
    this.#ends = holeEnds;
  }

  /**
   * Whether there is a gap between the rows `from` and `to`; `from` never decreases between calls.
   */
  isIn(from: number, to: number): boolean {
    const ends = this.#ends;
    if (ends.length === 0) return false;
    while (this.#next < ends.length && (ends[this.#next] ?? 0) <= from) this.#next += 1;
    return this.#next < ends.length && (ends[this.#next] ?? 0) <= to;
  }
}
