/**
 * Hot path: how much parity a stream sends now. Its assumed loss follows the player's reports: up
 * at once, down by a tenth of the difference with each report, so that one quiet half second does
 * not remove what the next burst needs.
 */

import {
  lossShareMax,
  lossShareMin,
  type ParityBounds,
  parityCountWithin,
} from "../../parity/plan.ts";
import { dataShardCountMax } from "../wire/frame-plan.ts";

const fall = 0.1;
/** Loss is rounded up to whole steps, so that computed counts stay valid for long. */
const lossStep = 0.0025;

/** The parity of one session’s blocks, by the loss in its reports. One per session. */
export class ParityTarget {
  /** By data shards: parity shards + 1, 0 = not computed for the current loss. */
  readonly #counts = new Uint8Array(dataShardCountMax + 1);
  #bounds: ParityBounds;
  #isTight = false;
  #share = 0;
  #stepCount = 0;

  constructor(bounds: ParityBounds) {
    this.#bounds = bounds;
  }

  /** The loss that parity is computed for, 0 to 1. */
  get lossShare(): number {
    return Math.max(this.#stepCount * lossStep, lossShareMin);
  }

  /** The link carries less than requested, parity included. */
  set isTight(isTight: boolean) {
    if (isTight !== this.#isTight) this.#counts.fill(0);
    this.#isTight = isTight;
  }

  set bounds(bounds: ParityBounds) {
    this.#bounds = bounds;
    this.#counts.fill(0);
  }

  /**
   * The change by a report: of `settledCount` datagrams that are now accounted for, this many were
   * lost.
   */
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
