/**
 * How many parity shards a block gets.
 *
 * The target: at a loss of max(reported, 1 %) the chance that a block loses more shards than it has
 * parity stays below 1 in 100,000. Losses are taken as independent, which bursts are not.
 */

/** Chance of a block beyond repair that is accepted. */
const chanceMax = 1e-5;
export const lossShareMin = 0.01;
/** Past this no parity helps; also keeps the search short. */
export const lossShareMax = 0.3;
export const parityCountMin = 3;
/** Blocks of up to so many data shards may have as much parity as data; larger ones half. */
const smallBlockCount = 10;

/** Parity shards for a block of `dataCount` data shards at `lossShare` (0 to 1) lost. */
export function parityCountFor(dataCount: number, lossShare: number): number {
  const share = Math.min(Math.max(lossShare, lossShareMin), lossShareMax);
  const most = parityCountMax(dataCount);
  for (let parityCount = parityCountMin; parityCount < most; parityCount++) {
    if (chanceBeyondRepair(dataCount, parityCount, share) < chanceMax) return parityCount;
  }
  return most;
}

/** Parity shards that a block of `dataCount` data shards has at most. */
export function parityCountMax(dataCount: number): number {
  if (dataCount > smallBlockCount) return Math.floor(dataCount / 2);
  return Math.max(parityCountMin, dataCount);
}

/** Chance that of all shards of a block more are lost than it has parity shards. */
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
