/** Whether key frames caused a run of bad frames: they are large, and few. */
import { keyShareMin, keyShareOfAllMax } from "./bounds.ts";
import type { Episode } from "./episodes.ts";
import { type Judged, slotStates } from "./judge.ts";

/** The key frames of one judged table. */
export class LargeFrames {
  readonly #judged: Judged;
  /** They are few enough to be exceptional. */
  readonly #standOut: boolean;

  constructor(judged: Judged) {
    this.#judged = judged;
    this.#standOut = keyShareOf(judged) <= keyShareOfAllMax;
  }

  /** The bad frames of the episode are key frames, or follow one directly. */
  made({ first, last, badCount }: Episode): boolean {
    if (!this.#standOut) return false;
    const { key } = this.#judged.table.columns;
    let behindCount = 0;
    for (let row = first; row <= last; row++) {
      const state = this.#judged.state[row];
      const isBad = state === slotStates.late || state === slotStates.absent;
      if (isBad && (key[row] === 1 || key[row - 1] === 1 || key[row - 2] === 1)) behindCount += 1;
    }
    return behindCount >= keyShareMin * badCount;
  }
}

/** Share of key frames among those that were made; 1 without any. */
export function keyShareOf({ table, handedUs }: Judged): number {
  let keyCount = 0;
  let madeCount = 0;
  for (let row = 0; row < table.count; row++) {
    if (Number.isNaN(handedUs[row])) continue;
    madeCount += 1;
    if (table.columns.key[row] === 1) keyCount += 1;
  }
  return madeCount === 0 ? 1 : keyCount / madeCount;
}
