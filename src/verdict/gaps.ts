/** Stretches of slots in which no frame arrived, compared with earlier intervals. */
import { freezeAverages, freezeBeyondUs, freezeFrameCount } from "./bounds.ts";
import { HoleWalk } from "./holes.ts";
import { type Judged, slotStates } from "./judge.ts";

/** Without a frame from here on, for this long. */
export type Gap = { readonly fromUs: number; readonly lastedUs: number };

/**
 * Those as long as a freeze (METRICS.md): an interval of three averages of the 30 before it, and of
 * one average and 150 ms. A stream of eight frames a second is slow and has none. One ends with the
 * rows: whether a frame came after them is unknown.
 */
export function gapsOf(judged: Judged): Gap[] {
  const { state, table, intervalUs } = judged;
  const due = table.columns.due_us;
  const gaps: Gap[] = [];
  const recent = new Intervals(intervalUs);
  const holes = new HoleWalk(judged);
  let lastUs = (due[0] ?? 0) - intervalUs;
  const endAt = (nowUs: number) => {
    const isFreeze = recent.isLong(nowUs - lastUs);
    if (isFreeze) gaps.push({ fromUs: lastUs + intervalUs, lastedUs: nowUs - lastUs - intervalUs });
    recent.add(nowUs - lastUs);
    lastUs = nowUs;
  };
  for (let row = 0; row < table.count; row++) {
    if (holes.isIn(row - 1, row)) {
      endAt((due[row - 1] ?? 0) + intervalUs);
      lastUs = (due[row] ?? 0) - intervalUs;
    }
    if (state[row] !== slotStates.absent) endAt(due[row] ?? 0);
  }
  if (table.count > 0) endAt((due[table.count - 1] ?? 0) + intervalUs);
  return gaps;
}

/** The last intervals between frames; as many of the grid's before the first. */
class Intervals {
  readonly #ring: Float64Array;
  #sumUs: number;
  #at = 0;

  constructor(intervalUs: number) {
    this.#ring = new Float64Array(freezeFrameCount).fill(intervalUs);
    this.#sumUs = freezeFrameCount * intervalUs;
  }

  isLong(us: number): boolean {
    if (us < freezeBeyondUs) return false;
    const average = this.#sumUs / freezeFrameCount;
    return us >= Math.max(freezeAverages * average, average + freezeBeyondUs);
  }

  add(us: number): void {
    this.#sumUs += us - (this.#ring[this.#at] ?? 0);
    this.#ring[this.#at] = us;
    this.#at = (this.#at + 1) % freezeFrameCount;
  }
}
