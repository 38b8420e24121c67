/**
 * Conclusions for players that do not report single frames: times in which they were silent, and
 * key frames that they requested because a picture could not be completed. Frames sent then were
 * not seen in time, at least one.
 */

import { frameFates } from "../model/frames.ts";
import { type Judged, slotStates } from "./judge.ts";
import { isMeasured } from "./measured.ts";
import type { Window, Windows } from "./windows.ts";

const sent = frameFates.indexOf("sent");

/** Marks new frames that a page received but never showed: it discards one that is covered. */
export function judgeUnseen(judged: Judged, windows: Windows): void {
  const { table, state, lateUs, intervalUs } = judged;
  const { fate, repeat, complete_us, shown_us } = table.columns;
  const isPage = windows.all.some(({ viewers }) => viewers !== undefined);
  if (!isPage) return;
  for (let row = 0; row < table.count; row++) {
    const isUnseen = !Number.isNaN(complete_us[row]) && Number.isNaN(shown_us[row]);
    const isJudged = state[row] === slotStates.inTime || state[row] === slotStates.late;
    if (!(isUnseen && isJudged) || fate[row] !== sent || repeat[row] === 1) continue;
    state[row] = slotStates.absent;
    lateUs[row] = intervalUs;
  }
}

/** Marks frames of such a time, without any report, as absent. */
export function judgeSilence(judged: Judged, windows: Windows): void {
  for (const { t_ms, unreachable_us: silentUs = 0 } of windows.all) {
    if (silentUs > 0) markAbsent(judged, t_ms * 1000 - silentUs, t_ms * 1000);
  }
  if (!reportsFrames(judged)) for (const window of windows.all) markRequests(judged, window);
}

function reportsFrames({ table }: Judged): boolean {
  return isMeasured(table.columns.complete_us) || isMeasured(table.columns.shown_us);
}

/** Each requested key frame follows a frame that the player did not get. */
function markRequests(judged: Judged, window: Window): void {
  const { t_ms, window_us = 2e6, idr_requests = 0, frames_lost = 0, unmeasured } = window;
  let count = unmeasured?.includes("packets_dropped") ? 0 : idr_requests - frames_lost;
  const { due_us, key } = judged.table.columns;
  const endUs = t_ms * 1000;
  for (let row = firstFrom(due_us, endUs - window_us); count > 0 && row < key.length; row++) {
    if ((due_us[row] ?? 0) >= endUs) return;
    if (key[row] !== 1 || row === 0) continue;
    count -= 1;
    markAbsent(judged, due_us[row - 1] ?? 0, due_us[row] ?? 0);
  }
}

function markAbsent({ table, state, lateUs, intervalUs }: Judged, fromUs: number, toUs: number) {
  const { due_us, fate, repeat, complete_us, shown_us } = table.columns;
  for (let row = firstFrom(due_us, fromUs); row < table.count && (due_us[row] ?? 0) < toUs; row++) {
    const isReported = !(Number.isNaN(complete_us[row]) && Number.isNaN(shown_us[row]));
    const isSent = fate[row] === sent && repeat[row] === 0;
    if (isReported || !isSent || state[row] !== slotStates.inTime) continue;
    state[row] = slotStates.absent;
    lateUs[row] = intervalUs;
  }
}

function firstFrom(due: Float64Array, fromUs: number): number {
  let low = 0;
  let high = due.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((due[middle] ?? 0) < fromUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
