/**
 * How many parity shards a block gets.
 *
 * The target: at a loss of max(reported, 1 %) the chance that a block loses more shards than it has
 * parity stays below 1 in 100,000. Losses are assumed to be independent, which bursts are not.
 */

/** Accepted probability of an irreparable block, and that on a link that parity itself fills. */
const chanceMax = 1e-5;
const chanceMaxTight = 1e-3;
export const lossShareMin = 0.01;
/** Past this no parity helps; also keeps the search short. */
export const lossShareMax = 0.3;
export const parityCountMin = 3;
/** Blocks of up to this many data shards may have as much parity as data; larger ones half. */
const smallBlockCount = 10;

/** Parity shards for a block of `dataCount` data shards at `lossShare` (0 to 1) lost. */
export function parityCountFor(dataCount: number, lossShare: number): number {
  return searched(dataCount, lossShare, { least: parityCountMin, chance: chanceMax });
}

function searched(
  dataCount: number,
  lossShare: number,
  { least, chance }: { readonly least: number; readonly chance: number },
): number {
  const share = Math.min(Math.max(lossShare, lossShareMin), lossShareMax);
  const most = parityCountMax(dataCount);
  for (let parityCount = least; parityCount < most; parityCount++) {
    if (chanceBeyondRepair(dataCount, parityCount, share) < chance) return parityCount;
  }
  return most;
}

/** Of a block's data shards, 0 to 50. */
export type ParityBounds = {
  readonly percentMin: number;
  /**
   * 0 turns parity off; otherwise a block keeps the three shards required for the smallest loss.
   */
  readonly percentMax: number;
};

/** The maximum setting; the target alone never exceeds it for a large block. */
export const percentLimit = 50;

/** How much parity a block is to get. */
export type ParityNeed = {
  /** Recent share of lost datagrams, 0 to 1. */
  readonly lossShare: number;
  /** The player's floor per block, if it has one. */
  readonly parityCountMin: number;
  readonly bounds: ParityBounds;
  /** The link carries less than requested: parity would take bitrate from the picture. */
  readonly isTight?: boolean;
};

/** Parity shards for a block of `dataCount` data shards, held to the operator's bounds. */
export function parityCountWithin(dataCount: number, need: ParityNeed): number {
  const { percentMin, percentMax } = need.bounds;
  if (percentMax === 0) return 0;
  const most = Math.max(parityCountMin, Math.floor((dataCount * percentMax) / 100));
  const least = Math.ceil((dataCount * percentMin) / 100);
  // A small block may have as much parity as data, unless the operator allows less than half.
  const isBound = percentMax < percentLimit;
  const target = Math.max(targetOf(dataCount, need), need.parityCountMin);
  const wanted = Math.max(isBound ? Math.min(target, most) : target, least);
  return Math.min(wanted, parityCountMax(dataCount));
}

function targetOf(dataCount: number, { lossShare, isTight = false }: ParityNeed): number {
  return isTight
    ? searched(dataCount, lossShare, { least: 1, chance: chanceMaxTight })
    : parityCountFor(dataCount, lossShare);
}

/** Parity shards that a block of `dataCount` data shards has at most. */
export function parityCountMax(dataCount: number): number {
  if (dataCount > smallBlockCount) return Math.floor(dataCount / 2);
  return Math.max(parityCountMin, dataCount);
}

/** Probability that more of a block's shards are lost than it has parity shards. */
export function chanceBeyondRepair(dataCount: number, parityCount: number, share: number): number {
  const shardCount = dataCount + parityCount;
  // The tail is summed, not subtracted from one: small numbers keep their digits.
  let term = (1 - share) ** shardCount;
  let chance = 0;
  for (let lost = 0; lost < shardCount; lost++) {
    term *= ((shardCount - lost) / (lost + 1)) * (share / (1 - share));
    if (lost + 1 > parityCount) chance += term;
  }
  return chance;
}
