/** What the pictures of many frames are drawn from: which bins, how intense, which share. Pure. */
import type { FramesOverview } from "../src/model/frames-overview.ts";

/** The faintest a cell may be: it must be distinguishable from an empty one. */
const alphaMin = 0.3;

/** Lowest and highest bin drawn: those in use, and at least a frame's usual time. */
export function binRange({ cells, bins_us }: Pick<FramesOverview, "cells" | "bins_us">): {
  low: number;
  high: number;
} {
  const first = bins_us.findIndex((us) => us >= 500);
  const last = bins_us.findIndex((us) => us >= 40_000);
  let [low, high] = [Math.max(0, first), Math.max(0, last)];
  for (const bin of cells.bin) {
    low = Math.min(low, bin);
    high = Math.max(high, bin);
  }
  return { low, high: high + 1 };
}

/** From one frame to the fullest cell, on a log scale. */
export function alphaOf(count: number, most: number): number {
  if (most <= 1) return 1;
  return alphaMin + (1 - alphaMin) * (Math.log(count) / Math.log(most));
}

/** Bins that are drawn: from the first to the last non-empty one, with some margin. */
export function usedBins(counts: readonly number[]): { first: number; last: number } {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  return { first: Math.max(0, first - 1), last: Math.min(counts.length - 1, last + 1) };
}

/** For each bin the share of all values up to its end; the last is 1. */
export function cumulative(counts: readonly number[]): number[] {
  const all = counts.reduce((total, count) => total + count, 0);
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return all === 0 ? 0 : sum / all;
  });
}
