/** Whether a part was slow only occasionally, or could not sustain the mode. */

import type { CauseCode } from "../model/verdict.ts";
import { fullEncodeShareMin, heldShareMin, slowShareMin, sustainedUs } from "./bounds.ts";
import type { Judged } from "./judge.ts";

/**
 * Never within ten seconds was one frame in fifty slow, or were three quarters of the slots without
 * one in time: an occasional slow frame says nothing about the machine's capacity. If all frames
 * are slow they are the usual ones, and show in the empty slots after them.
 * @param charged bad rows of one cause, any order, perhaps twice
 */
export function isMomentary(code: CauseCode, judged: Judged, charged: readonly number[]): boolean {
  if (code === "encoder_slow" && isEncoderFull(judged)) return false;
  const slotCount = sustainedUs / judged.intervalUs;
  const rows = [...new Set(charged)].sort((a, b) => a - b);
  const slow = rows.filter((row, index) => {
    return !Number.isNaN(judged.handedUs[row]) || rows[index - 1] !== row - 1;
  });
  return (
    !areDense(judged, slow, Math.ceil(slowShareMin * slotCount)) &&
    !areDense(judged, rows, Math.ceil(heldShareMin * slotCount))
  );
}

/** The usual frame leaves the encoder next to no room: whatever delays one makes it late. */
export function isEncoderFull({ usual, intervalUs }: Judged): boolean {
  return usual.encode >= fullEncodeShareMin * intervalUs;
}

/** This many of them are due within one stretch. */
function areDense({ table }: Judged, rows: readonly number[], count: number): boolean {
  const due = table.columns.due_us;
  const dueOf = (index: number) => due[rows[index] ?? 0] ?? 0;
  return rows.some((_, index) => {
    const last = index + count - 1;
    return last < rows.length && dueOf(last) - dueOf(index) <= sustainedUs;
  });
}
