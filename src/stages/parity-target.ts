/**
 * Hot path: how much parity a stream sends now. The loss it is made for follows the player's
 * reports: up at once, down by a tenth of the difference with each report, so that one quiet
 * half second does not take away what the next burst needs.
 */
import { dataShardCountMax } from "./frame-plan.ts";
import {
  lossShareMax,
  lossShareMin,
  parityCountFor,
  parityCountMax,
  parityCountMin,
} from "./parity-plan.ts";

/** Of a block's data shards, 0 to 50. */
export type ParityBounds = {
  readonly percentMin: number;
  /** 0 turns parity off; else a block keeps the three shards that the smallest loss asks for. */
  readonly percentMax: number;
};

const fall = 0.1;
/** Loss is rounded up to whole steps, so that counts worked out once serve for long. */
const lossStep = 0.0025;

export class ParityTarget {
  /** By data shards: parity shards + 1, 0 = not worked out for the loss of now. */
  readonly #counts = new Uint8Array(dataShardCountMax + 1);
  #bounds: ParityBounds;
  #share = 0;
  #stepCount = 0;

  constructor(bounds: ParityBounds) {
    this.#bounds = bounds;
  }

  /** The loss that parity is made for, 0 to 1. */
  get lossShare(): number {
    return Math.max(this.#stepCount * lossStep, lossShareMin);
  }

  set bounds(bounds: ParityBounds) {
    this.#bounds = bounds;
    this.#counts.fill(0);
  }

  /** What a report adds: of `settledCount` datagrams that are accounted for now, so many got lost. */
  addReport({ lostCount, settledCount }: { lostCount: number; settledCount: number }): void {
    if (settledCount <= 0) return;
    const share = Math.min(Math.max(lostCount / settledCount, 0), lossShareMax);
    this.#share = share > this.#share ? share : this.#share + (share - this.#share) * fall;
    const stepCount = Math.ceil(this.#share / lossStep);
    if (stepCount === this.#stepCount) return;
    this.#stepCount = stepCount;
    this.#counts.fill(0);
  }

  /** Parity shards for a block of `dataCount` data shards. */
  countFor(dataCount: number): number {
    const known = this.#counts[dataCount] ?? 0;
    if (known > 0) return known - 1;
    const count = this.#workOut(dataCount);
    this.#counts[dataCount] = count + 1;
    return count;
  }

  #workOut(dataCount: number): number {
    const { percentMin, percentMax } = this.#bounds;
    if (percentMax === 0) return 0;
    const most = Math.max(parityCountMin, Math.floor((dataCount * percentMax) / 100));
    const least = Math.ceil((dataCount * percentMin) / 100);
    // A small block may have as much parity as data, unless the operator wants less than the half.
    const isBound = percentMax < percentLimit;
    const target = parityCountFor(dataCount, this.lossShare);
    const wanted = Math.max(isBound ? Math.min(target, most) : target, least);
    return Math.min(wanted, parityCountMax(dataCount));
  }
}

/** The most that may be set; what the target alone comes to is never more for a large block. */
export const percentLimit = 50;
