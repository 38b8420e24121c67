/**
 * Frames that arrived completely but could not be shown: each refers to the previous one, so a
 * player that lost one shows nothing until the next key frame.
 */
import { frameFates } from "../model/frames.ts";
import { type Judged, slotStates } from "./judge.ts";
import { isMeasured } from "./measured.ts";

const sent = frameFates.indexOf("sent");
const lost = frameFates.indexOf("lost");
const none = -1;

/**
 * The chains of a table broken by a lost frame. Empty if the player does not report single frames.
 */
export class BrokenChains {
  readonly #lostRows: Int32Array | undefined;

  constructor(judged: Judged) {
    const { fate, complete_us } = judged.table.columns;
    const isReported = fate.includes(lost) && isMeasured(complete_us);
    this.#lostRows = isReported ? lostRowsOf(judged) : undefined;
  }

  /** The lost frame without which this one could not be decoded; `undefined` for all others. */
  lostBefore(row: number): number | undefined {
    const lostRow = this.#lostRows?.[row] ?? none;
    return lostRow === none ? undefined : lostRow;
  }
}

function lostRowsOf(judged: Judged): Int32Array {
  const { columns, count } = judged.table;
  const { fate, complete_us } = columns;
  const begins = chainBegins(judged);
  const rows = new Int32Array(count).fill(none);
  let lostRow = none;
  for (let row = 0; row < count; row++) {
    const isLost = fate[row] === lost;
    if (begins[row] === 1) lostRow = isLost ? row : none;
    else if (isLost && lostRow === none) lostRow = row;
    else if (fate[row] === sent && !Number.isNaN(complete_us[row])) rows[row] = lostRow;
  }
  return rows;
}

/** Key frames, and rows after a gap: a key frame may be among the missing ones. */
function chainBegins({ table, holeEnds }: Judged): Float64Array {
  const begins = Float64Array.from(table.columns.key);
  for (const row of holeEnds) begins[row] = 1;
  return begins;
}

/** Marks new frames of such chains as absent: nobody saw them. */
export function judgeBroken(judged: Judged, broken: BrokenChains): void {
  const { table, state, lateUs, intervalUs } = judged;
  const { repeat } = table.columns;
  for (let row = 0; row < table.count; row++) {
    const isJudged = state[row] === slotStates.inTime || state[row] === slotStates.late;
    if (!isJudged || repeat[row] === 1 || broken.lostBefore(row) === undefined) continue;
    state[row] = slotStates.absent;
    lateUs[row] = intervalUs;
  }
}
