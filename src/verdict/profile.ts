/**
 * What frames were made of: the usual one, the bad ones and the slowest one in a hundred, part by
 * part. Means add up to the whole; percentiles of parts would not.
 */
import type { FrameProfile, Verdict } from "../model/verdict.ts";
import { partsCountMin, tailShare } from "./bounds.ts";
import type { Episode } from "./episodes.ts";
import { type Judged, slotStates } from "./judge.ts";
import { type PartName, partNames } from "./parts.ts";
import { roundShare } from "./round.ts";

type Parts = FrameProfile["usual"]["parts"];

/** `undefined` where too few frames were made. */
export function profileOf(
  judged: Judged,
  episodes: readonly Episode[],
  codes: Verdict["episodes"][number]["code"][],
): FrameProfile | undefined {
  const made = madeRows(judged);
  if (made.length < partsCountMin) return undefined;
  const { state } = judged;
  const usual = made.filter((row) => state[row] === slotStates.inTime);
  const bad = made.filter(
    (row) => state[row] === slotStates.late || state[row] === slotStates.absent,
  );
  const { fromUs, rows: tail } = slowestOf(judged, made);
  return {
    usual: stackOf(judged, usual),
    bad: stackOf(judged, bad),
    tail: {
      ...stackOf(judged, tail),
      from_us: Math.round(fromUs),
      blame: excessOf(judged, tail),
      causes: causesOf(tail, episodes, codes),
    },
  };
}

/** New frames of which it is known when they left: repeats and gaps say nothing about parts. */
function madeRows({ table, endUs, state }: Judged): number[] {
  const rows: number[] = [];
  const { repeat } = table.columns;
  for (let row = 0; row < table.count; row++) {
    if (state[row] === slotStates.settling || repeat[row] === 1) continue;
    if (!Number.isNaN(endUs[row])) rows.push(row);
  }
  return rows;
}

/** Those at or above the p99 by nearest rank: one in a hundred, and what is as slow. */
function slowestOf({ endUs }: Judged, made: readonly number[]) {
  const ends = Float64Array.from(made, (row) => endUs[row] ?? 0).sort();
  const count = Math.max(1, Math.floor(made.length * tailShare));
  const fromUs = ends[ends.length - count] ?? 0;
  const slower = made.filter((row) => (endUs[row] ?? 0) > fromUs);
  const equal = made.filter((row) => endUs[row] === fromUs).slice(0, count - slower.length);
  return { fromUs, rows: [...slower, ...equal].sort((a, b) => a - b) };
}

function stackOf({ parts }: Judged, rows: readonly number[]): { frames: number; parts: Parts } {
  const means: Parts = {};
  for (const part of partNames) {
    const column = parts[part];
    let sumUs = 0;
    for (const row of rows) sumUs += column[row] ?? 0;
    const meanUs = Math.round(sumUs / Math.max(1, rows.length));
    if (meanUs > 0) means[part] = meanUs;
  }
  return { frames: rows.length, parts: means };
}

/** Shares of what these frames took beyond the usual of each part. */
function excessOf({ parts, usual }: Judged, rows: readonly number[]): Record<string, number> {
  const byPart = new Map<PartName, number>();
  let allUs = 0;
  for (const part of partNames) {
    let sumUs = 0;
    for (const row of rows) sumUs += Math.max(0, (parts[part][row] ?? 0) - usual[part]);
    byPart.set(part, sumUs);
    allUs += sumUs;
  }
  if (allUs === 0) return {};
  return Object.fromEntries(
    [...byPart].filter(([, us]) => us > 0).map(([part, us]) => [part, roundShare(us / allUs)]),
  );
}

/** By the episode that each lies in; those in none were slow and still in time. */
function causesOf(
  rows: readonly number[],
  episodes: readonly Episode[],
  codes: Verdict["episodes"][number]["code"][],
): FrameProfile["tail"]["causes"] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const index = episodeAt(episodes, row);
    const code = index === undefined ? "in_time" : (codes[index] ?? "unknown");
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([code, frames]) => ({ code, frames }));
}

function episodeAt(episodes: readonly Episode[], row: number): number | undefined {
  let low = 0;
  let high = episodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((episodes[middle]?.last ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  const found = episodes[low];
  return found !== undefined && row >= found.first ? low : undefined;
}
