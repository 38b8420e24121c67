/** The worst moment of a range: for a smooth one too, the latest one although it was in time. */
import type { Verdict } from "../model/verdict.ts";
import { type Judged, slotStates } from "./judge.ts";
import { millis } from "./round.ts";

/**
 * The longest freeze, or the frame that came latest; `undefined` if nothing exceeded the usual
 * values.
 */
export function worstOf(judged: Judged, freezes: Verdict["freezes"]): Verdict["worst"] {
  const row = latestRow(judged);
  const lateMs = row < 0 ? 0 : millis(lateUs(judged, row));
  const [first, ...others] = freezes.list ?? [];
  const longest = others.reduce((a, b) => (b && a && lengthOf(b) > lengthOf(a) ? b : a), first);
  if (longest !== undefined && lengthOf(longest) >= lateMs) {
    return { at_ms: longest.from_ms, late_ms: millis(lengthOf(longest) * 1000) };
  }
  const at_ms = Math.max(0, millis(judged.table.columns.due_us[row] ?? 0));
  return lateMs > 0 ? { at_ms, late_ms: lateMs } : undefined;
}

/** Of new frames that were made; -1 without any. */
function latestRow(judged: Judged): number {
  const { table, state } = judged;
  const { repeat } = table.columns;
  let [latest, latestUs] = [-1, 0];
  for (let row = 0; row < table.count; row++) {
    if (repeat[row] === 1 || state[row] === slotStates.settling) continue;
    const us = lateUs(judged, row);
    if (us > latestUs) [latest, latestUs] = [row, us];
  }
  return latest;
}

/**
 * The judgement of that moment if the frame is bad, otherwise the excess over the whole range's
 * usual values.
 */
function lateUs({ lateUs: judgedUs, endUs, usual }: Judged, row: number): number {
  const late = judgedUs[row] ?? 0;
  return late > 0 ? late : (endUs[row] ?? Number.NaN) - usual.end;
}

function lengthOf({
  from_ms,
  to_ms,
}: {
  readonly from_ms: number;
  readonly to_ms: number;
}): number {
  return to_ms - from_ms;
}
