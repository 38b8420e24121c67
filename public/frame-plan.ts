/**
 * Single frames as a chart's plan: a bar for each, its stages stacked from due until handed over,
 * missed slots as gaps. Where there are more frames than pixels the slowest of each pixel is drawn.
 * Pure.
 */

import type { FramesOverview } from "../src/model/frames-overview.ts";
import type { FramesPage } from "../src/model/frames-page.ts";
import { frameLayers } from "../src/model/shown-frames.ts";
import type { Line, Plan, Words } from "./plan.ts";
import type { Range } from "./range.ts";

/** Each layer is named after its stage; the part before the first stage has its own colour. */
const layers = frameLayers.map((name) => {
  return [name, name === "wait_us" ? "other" : name.replace("_us", "")] as const;
});

/** Frames drawn with the lines of a plan: their bars, and the fate of those without one. */
export type FrameBars = {
  /** When each slot was due, in milliseconds. */
  readonly times: readonly number[];
  /** Running sums, from the ground up, in microseconds; null where there is no bar. */
  readonly sums: readonly (readonly (number | null)[])[];
  readonly colors: readonly string[];
  /** 0 sent, 1 missed, 2 made and dropped. */
  readonly fates: Uint8Array;
};

/** @returns `undefined` where the page has no rows */
export function planFrames(
  { columns, count }: FramesPage,
  { words, fps }: { readonly words: Words; readonly fps: number },
): Plan | undefined {
  if (count === 0) return undefined;
  const number = (name: string) =>
    (columns[name] ?? []).map((value) => (typeof value === "number" ? value : null));
  const times = number("due_us").map((us) => (us ?? 0) / 1000);
  const fates = Uint8Array.from(columns.fate ?? [], fateOf);
  const measured = layers
    .map(([name, color]) => ({ name, color, shown: number(name) }))
    .filter(({ shown }) => shown.some((value) => value !== null));
  const sums = sumsOf(
    measured.map(({ shown }) => shown),
    fates,
  );
  const lines = measured.map(({ name, color, shown }, index): Line => {
    const drawn = sums[index] ?? [];
    const stage = name.replace("_us", "");
    const text = words[`stage_${stage}`] ?? stage;
    return { name: text, color, kind: "area", isTail: true, isBar: true, times, drawn, shown };
  });
  const bars = { times, sums, colors: measured.map(({ color }) => color), fates };
  return { lines: [...lines.reverse(), ...budget(times, fps, words)], missing: [], bars };
}

function fateOf(fate: unknown): number {
  if (fate === "sent") return 0;
  return fate === "missed" ? 1 : 2;
}

/** A missed slot has a wait but no bar: the gap is drawn. */
function sumsOf(columns: readonly (number | null)[][], fates: Uint8Array): (number | null)[][] {
  const sum = new Float64Array(fates.length);
  return columns.map((column) =>
    column.map((value, index) => {
      if (fates[index] === 1) return null;
      sum[index] = (sum[index] ?? 0) + (value ?? 0);
      return sum[index] ?? null;
    }),
  );
}

function budget(times: readonly number[], fps: number, words: Words): Line[] {
  if (fps <= 0) return [];
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 0];
  // A line of two points would be taken for one with a pause in it.
  const points = Array.from({ length: 9 }, (_, index) => from + ((to - from) * index) / 8);
  const us = 1e6 / fps;
  const text = (us / 1000).toLocaleString(words.tag, { maximumFractionDigits: 1 });
  const name = `${words.budget ?? ""} (${text} ms)`;
  const look = { color: "muted", kind: "line", isDashed: true } as const;
  return [{ name, ...look, times: points, drawn: points.map(() => us) }];
}

/** A column of pixels: the frame drawn in it, and whether one is missing there. */
export type PixelColumn = { readonly frame: number; readonly fate: number };

/**
 * For each pixel of the width, the slowest frame due in it; a frame several pixels wide fills them.
 * The worst fate of the frames in it is kept too.
 * @param widthOf a frame, in milliseconds
 */
export function columnsOf(
  bars: FrameBars,
  { range, width, frameMs }: { range: Range; width: number; frameMs: number },
): (PixelColumn | undefined)[] {
  const columns = new Array<PixelColumn | undefined>(width).fill(undefined);
  const top = bars.sums.at(-1) ?? [];
  const heightOf = (frame: number) => top[frame] ?? -1;
  const pxPerMs = width / Math.max(1e-6, range.toMs - range.fromMs);
  for (const [frame, timeMs] of bars.times.entries()) {
    const from = Math.floor((timeMs - range.fromMs) * pxPerMs);
    const to = Math.max(from + 1, Math.floor((timeMs + frameMs - range.fromMs) * pxPerMs));
    const fate = bars.fates[frame] ?? 0;
    for (let x = Math.max(0, from); x < Math.min(width, to); x += 1) {
      const known = columns[x];
      const isSlower = known === undefined || heightOf(frame) > heightOf(known.frame);
      columns[x] = {
        frame: isSlower ? frame : (known?.frame ?? frame),
        fate: Math.max(fate, known?.fate ?? 0),
      };
    }
  }
  return columns;
}

/** The slowest frame of each part of a range, as a line over the windows' means. */
export function slowestLine({ buckets, from_ms, to_ms }: FramesOverview, words: Words): Line {
  const count = buckets.worst_us.length;
  const stepMs = (to_ms - from_ms) / Math.max(1, count);
  const times = buckets.worst_at_us.map((us, index) =>
    us === null ? from_ms + (index + 0.5) * stepMs : us / 1000,
  );
  const look = { color: "alarm", kind: "line", width: 1, isTail: true } as const;
  return { name: words.slowest ?? "", ...look, times, drawn: buckets.worst_us };
}
