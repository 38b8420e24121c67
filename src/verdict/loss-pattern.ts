/**
 * How packets were lost: independently of each other, in bursts, or with key frames, whose packets
 * leave all at once: each loss then asks for the next key frame. Or the first packets of frame after
 * frame, by a link that needs a moment to wake up for each.
 */
import type { LossPattern } from "../model/verdict.ts";
import {
  burstDispersion,
  headLossShareMin,
  headSentMin,
  keyLossShareMin,
  lossCountMin,
} from "./bounds.ts";
import type { Judged } from "./judge.ts";
import { keyShareOf } from "./large-frames.ts";

/** Rows whose losses are held against each other: a fifth of a second at 60 fps; ten of them are a stretch. */
const blockRowCount = 12;
const stretchRowCount = 10 * blockRowCount;

type Losses = { readonly lost: number; readonly sent: number };

/** `undefined` if too few were lost to tell, or the player does not report it. */
export function lossPatternOf(judged: Judged): LossPattern | undefined {
  const all = lossesIn(judged, () => true);
  if (all.lost < lossCountMin) return undefined;
  const keys = lossesIn(judged, (row) => isAtKey(judged, row));
  const isKeys = keys.lost >= keyLossShareMin * all.lost && keys.sent * 2 <= all.sent;
  if (isKeys && keyShareOf(judged) > 0) return "key_frames";
  if (isAtHeads(judged)) return "frame_starts";
  return dispersionOf(judged) >= burstDispersion ? "bursts" : "random";
}

function lossesIn({ table }: Judged, isCounted: (row: number) => boolean): Losses {
  const { lost_packets, packets, parity } = table.columns;
  let [lost, sent] = [0, 0];
  for (let row = 0; row < table.count; row++) {
    if (!isCounted(row)) continue;
    lost += lost_packets[row] || 0;
    sent += (packets[row] || 0) + (parity[row] || 0);
  }
  return { lost, sent };
}

/**
 * Most losses were before the first packet that arrived, in frames with enough packets for the
 * first of them not to be most of the frame, and of which most arrived.
 */
function isAtHeads({ table }: Judged): boolean {
  const { lost_head, lost_packets, packets, parity } = table.columns;
  let [head, lost] = [0, 0];
  for (let row = 0; row < table.count; row++) {
    const sent = (packets[row] || 0) + (parity[row] || 0);
    const lostHere = lost_packets[row] || 0;
    if (sent < headSentMin || lostHere * 2 > sent || Number.isNaN(lost_head[row])) continue;
    head += lost_head[row] ?? 0;
    lost += lostHere;
  }
  return lost >= lossCountMin && head >= headLossShareMin * lost;
}

function isAtKey({ table }: Judged, row: number): boolean {
  const { key } = table.columns;
  return key[row] === 1 || key[row - 1] === 1;
}

/**
 * Variance of losses divided by their mean, between the blocks of a stretch: 1 if each packet has
 * the same chance, more for clusters. Of all stretches the median one, weighted by losses.
 */
function dispersionOf(judged: Judged): number {
  const stretches: { readonly dispersion: number; readonly lost: number }[] = [];
  for (let first = 0; first < judged.table.count; first += stretchRowCount) {
    const blocks = blocksFrom(judged, first);
    const lost = blocks.reduce((sum, count) => sum + count, 0);
    if (lost === 0 || blocks.length < 2) continue;
    const mean = lost / blocks.length;
    const variance = blocks.reduce((sum, count) => sum + (count - mean) ** 2, 0) / blocks.length;
    stretches.push({ dispersion: variance / mean, lost });
  }
  return middleOf(stretches);
}

function blocksFrom({ table }: Judged, first: number): number[] {
  const { lost_packets } = table.columns;
  const end = Math.min(table.count, first + stretchRowCount);
  const blocks: number[] = [];
  for (let row = first; row + blockRowCount <= end; row += blockRowCount) {
    let lost = 0;
    for (let one = row; one < row + blockRowCount; one++) lost += lost_packets[one] || 0;
    blocks.push(lost);
  }
  return blocks;
}

function middleOf(
  stretches: readonly { readonly dispersion: number; readonly lost: number }[],
): number {
  const all = stretches.reduce((sum, { lost }) => sum + lost, 0);
  let passed = 0;
  for (const { dispersion, lost } of stretches.toSorted((a, b) => a.dispersion - b.dispersion)) {
    passed += lost;
    if (passed * 2 >= all) return dispersion;
  }
  return 0;
}
