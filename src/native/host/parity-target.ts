/**
 * Hot path: how much parity a stream sends now. The loss it is made for follows the player's
 * reports: up at once, down by a tenth of the difference with each report, so that one quiet
 * half second does not take away what the next burst needs.
 */

import {
  lossShareMax,
  lossShareMin,
  type ParityBounds,
  parityCountWithin,
} from "../../parity/plan.ts";
import { dataShardCountMax } from "../wire/frame-plan.ts";

const fall = 0.1;
/** Loss is rounded up to whole steps, so that counts worked out once serve for long. */
const lossStep = 0.0025;

/** The parity of one session’s blocks, by the loss of its reports. One for each session. */
export class ParityTarget {
  /** By data shards: parity shards + 1, 0 = not worked out for the loss of now. */
  readonly #counts = new Uint8Array(dataShardCountMax + 1);
  #bounds: ParityBounds;
  #isTight = false;
  #share = 0;
  #stepCount = 0;

  constructor(bounds: ParityBounds) {
    this.#bounds = bounds;
  }

  /** The loss that parity is made for, 0 to 1. */
  get lossShare(): number {
    return Math.max(this.#stepCount * lossStep, lossShareMin);
  }

  /** The link carries less than is asked for, parity included. */
  set isTight(isTight: boolean) {
    if (isTight !== this.#isTight) this.#counts.fill(0);
    this.#isTight = isTight;
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
    const { lossShare } = this;
    const count = parityCountWithin(dataCount, {
      lossShare,
      parityCountMin: 0,
      isTight: this.#isTight,
      bounds: this.#bounds,
    });
    this.#counts[dataCount] = count + 1;
    return count;
  }
}
