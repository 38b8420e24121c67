/**
 * How a GameStream frame is split into blocks, and how much parity each block gets.
 *
 * The player recomputes the parity count from the percentage in each packet, so the percentage
 * comes first and the count follows from it, rounded up. Blocks are capped at 170 data shards: with
 * at most half as much parity they fill the 255 shards that the field allows.
 */
import { assert } from "../../base/assert.ts";
import { type ParityNeed, parityCountWithin } from "../../parity/plan.ts";

/** The maximum number of blocks in a frame (two bits in each packet). */
export const blockCountMax = 4;
/** Data shards of a block that carries parity. */
export const dataCountMax = 170;
export const parityCountMax = 85;
/** Shards of a block without parity (ten bits in each packet). */
const bareCountMax = 1023;
/** Data shards of the largest frame that can be sent. */
export const frameShardCountMax = blockCountMax * bareCountMax;
/** The percentage has eight bits. */
const percentMax = 255;

export type BlockPlan = {
  readonly blockCount: number;
  /** Data shards of every block but the last, which has the rest. */
  readonly dataCount: number;
  /** Too large for parity: sent without. */
  readonly isBare: boolean;
};

/** Splits `shardCount` data shards; `undefined` when the frame is too large for any split. */
export function planBlocks(shardCount: number): BlockPlan | undefined {
  assert(shardCount > 0, "a frame has a shard");
  if (shardCount > frameShardCountMax) return undefined;
  const isBare = shardCount > blockCountMax * dataCountMax;
  const wanted = Math.ceil(shardCount / (isBare ? bareCountMax : dataCountMax));
  const dataCount = Math.ceil(shardCount / wanted);
  return { blockCount: Math.ceil(shardCount / dataCount), dataCount, isBare };
}

/** Percentage to write into the packets of a block of `dataCount` data shards. */
export function parityPercent(dataCount: number, need: ParityNeed): number {
  const wanted = parityCountWithin(dataCount, need);
  const room = Math.min(parityCountMax, shardRoom(dataCount));
  const percentOfRoom = Math.floor((100 * room) / dataCount);
  return Math.min(percentMax, percentOfRoom, Math.ceil((100 * wanted) / dataCount));
}

/** The player's result for the percentage. */
export function parityCountOf(dataCount: number, percent: number): number {
  return Math.floor((dataCount * percent + 99) / 100);
}

function shardRoom(dataCount: number): number {
  return Math.max(0, dataCountMax + parityCountMax - dataCount);
}
