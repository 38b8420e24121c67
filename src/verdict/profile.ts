/**
 * What frames were made of: the usual one, the bad ones and the slowest one in a hundred, part by
 * part. Means add up to the whole; percentiles of parts would not.
 */
import type { FrameProfile, Verdict } from "../model/verdict.ts";
import { partsCountMin, tailShare } from "./bounds.ts";
import type { Episode } from "./episodes.ts";
import { type Judged, slotStates } from "./judge.ts";
import { nth } from "./nth.ts";
import { type PartName, partNames } from "./parts.ts";
import { roundShare } from "./round.ts";

type Parts = FrameProfile["usual"]["parts"];
type Rows = Uint32Array | readonly number[];

/** `undefined` where too few frames were made. */
export function profileOf(
  judged: Judged,
  episodes: readonly Episode[],
  codes: Verdict["episodes"][number]["code"][],
): FrameProfile | undefined {
  const made = madeRows(judged);
  if (made.length < partsCountMin) return undefined;
  const usual = rowsIn(judged, made, [slotStates.inTime]);
  const bad = rowsIn(judged, made, [slotStates.late, slotStates.absent]);
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

/** New frames whose sending time is known: repeats and gaps say nothing about parts. */
function madeRows({ table, endUs, state }: Judged): Uint32Array {
  const rows = new Uint32Array(table.count);
  let count = 0;
  const { repeat } = table.columns;
  for (let row = 0; row < table.count; row++) {
    if (state[row] === slotStates.settling || repeat[row] === 1) continue;
    if (!Number.isNaN(endUs[row])) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

function rowsIn({ state }: Judged, made: Uint32Array, states: readonly number[]): Uint32Array {
  const [one, other] = states;
  const rows = new Uint32Array(made.length);
  let count = 0;
  for (let index = 0; index < made.length; index++) {
    const row = made[index] ?? 0;
    if (state[row] === one || state[row] === other) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** Those at or above the p99 by nearest rank: one in a hundred, and what is as slow. */
function slowestOf({ endUs }: Judged, made: Uint32Array) {
  const ends = new Float64Array(made.length);
  for (let index = 0; index < made.length; index++) ends[index] = endUs[made[index] ?? 0] ?? 0;
  const count = Math.max(1, Math.floor(made.length * tailShare));
  const fromUs = nth(ends, ends.length - count);
  const slower: number[] = [];
  const equal: number[] = [];
  for (let index = 0; index < made.length; index++) {
    const row = made[index] ?? 0;
    const us = endUs[row] ?? 0;
    if (us > fromUs) slower.push(row);
    else if (us === fromUs && equal.length < count) equal.push(row);
  }
  const rows = [...slower, ...equal.slice(0, count - slower.length)];
  return { fromUs, rows: rows.sort((a, b) => a - b) };
}

function stackOf({ parts }: Judged, rows: Rows): { frames: number; parts: Parts } {
  const means: Parts = {};
  for (const part of partNames) {
    const column = parts[part];
    let sumUs = 0;
    for (let index = 0; index < rows.length; index++) sumUs += column[rows[index] ?? 0] ?? 0;
    const meanUs = Math.round(sumUs / Math.max(1, rows.length));
    if (meanUs > 0) means[part] = meanUs;
  }
  return { frames: rows.length, parts: means };
}

/** Shares of the excess of these frames over the usual value of each part. */
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

/** By the episode of each; those in none were slow and still in time. */
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
