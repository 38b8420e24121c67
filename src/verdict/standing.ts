/**
 * Whether there was a queue on the way to the player when a frame was sent: then every frame around
 * it took longer than usual, or never arrived. A link that only jitters passes most at once, and
 * one that stalls passes all waiting ones at one moment.
 */

import { type FrameTable, frameFates } from "../model/frames.ts";
import { queueQuantile, spreadShareMin, standingUsMin } from "./bounds.ts";
import type { Judged } from "./judge.ts";
import { isMeasured } from "./measured.ts";

const lost = frameFates.indexOf("lost");

/** Frames considered before and after: two fifths of a second at 60 fps. */
const reach = 24;
/** Neighbours are computed together. */
const block = 5;
/** If nothing arrives any more, the state before decides; at most this many frames back. */
const backMax = 600;
/** Fewer frames that arrived say nothing. */
const arrivedMin = 3;

/** Answers for the rows of one judged table. */
export class StandingQueues {
  readonly #judged: Judged;
  readonly #known = new Map<number, boolean>();
  readonly #isMeasured: boolean;

  constructor(judged: Judged) {
    this.#judged = judged;
    this.#isMeasured = isMeasured(judged.table.columns.complete_us);
  }

  /** `undefined` if the player never reports when a frame was complete. */
  at(row: number): boolean | undefined {
    if (!this.#isMeasured) return undefined;
    const begin = Math.floor(row / block) * block;
    const known = this.#known.get(begin);
    if (known !== undefined) return known;
    const isStanding = this.#judge(begin);
    this.#known.set(begin, isStanding);
    return isStanding;
  }

  #judge(row: number): boolean {
    const ahead = this.#judgeSpan(row, row + reach);
    const behind = this.#judgeSpan(row - reach, row + block);
    if (ahead === undefined && behind === undefined) return this.#judgeBefore(row);
    return ahead === true || behind === true;
  }

  /** The last frames that arrived. */
  #judgeBefore(row: number): boolean {
    const { complete_us } = this.#judged.table.columns;
    const least = Math.max(0, row - backMax);
    let from = row;
    let arrivedCount = 0;
    while (from > least && arrivedCount < arrivedMin) {
      from -= 1;
      if (!Number.isNaN(complete_us[from])) arrivedCount += 1;
    }
    return this.#judgeSpan(from, row) ?? false;
  }

  /** `undefined` when too few arrived. Lost ones did not arrive in time either. */
  #judgeSpan(from: number, to: number): boolean | undefined {
    const { table } = this.#judged;
    const late: number[] = [];
    let [knownCount, soonCount, arrivedCount] = [0, 0, 0];
    for (let row = Math.max(0, from); row < Math.min(table.count, to); row++) {
      const delayUs = this.#delayOf(row);
      if (delayUs === undefined) continue;
      knownCount += 1;
      if (delayUs < standingUsMin) soonCount += 1;
      if (delayUs < Number.POSITIVE_INFINITY) arrivedCount += 1;
      if (delayUs >= standingUsMin && delayUs < Number.POSITIVE_INFINITY) late.push(row);
    }
    if (arrivedCount < arrivedMin) return undefined;
    // The delay at the quantile is short when more than that share are.
    if (soonCount > Math.floor(queueQuantile * knownCount)) return false;
    return isSpread(late, table.columns);
  }

  /** Beyond the usual; infinite for a lost one, `undefined` for an unreported one. */
  #delayOf(row: number): number | undefined {
    const { table, parts, usual } = this.#judged;
    if (!Number.isNaN(table.columns.complete_us[row])) {
      return (parts.network[row] ?? 0) - usual.network;
    }
    return table.columns.fate[row] === lost ? Number.POSITIVE_INFINITY : undefined;
  }
}

/**
 * Frames arrived one after another, as through a full link, and not several at each end of a stall.
 */
function isSpread(
  rows: readonly number[],
  { due_us: due, complete_us: complete }: FrameTable["columns"],
): boolean {
  let [together, apart] = [0, 0];
  for (let index = 1; index < rows.length; index++) {
    const [before = 0, row = 0] = [rows[index - 1], rows[index]];
    const dueUs = (due[row] ?? 0) - (due[before] ?? 0);
    const cameUs = dueUs + (complete[row] ?? 0) - (complete[before] ?? 0);
    if (cameUs >= spreadShareMin * dueUs) apart += 1;
    else together += 1;
  }
  return apart > together;
}
