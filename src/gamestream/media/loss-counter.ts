/**
 * The fate of the datagrams, as far as the player reports it. It reports only blocks that needed
 * repair or were dropped, over a connection that loses reports too: every figure is a lower bound.
 * A player's report is bounded by what it was sent, and counts once.
 */
import type { LossTotals } from "../../session/session-totals.ts";
import type { FecStatus } from "../control/fec-status.ts";

/** Frames that a report may still refer to. */
const frameCountMax = 1024;
const blocksPerFrame = 4;
/** Factor by which a second without loss reduces the estimate. */
const lossDecay = 0.8;

/** What is known of one frame so far; every figure may be too small. */
export type FrameLoss = {
  /** On the stream's grid. */
  readonly slot: number;
  readonly lostPackets: number;
  readonly rebuilt: number;
  readonly isLost: boolean;
};

/** The reports of one player so far. */
export class FecLossCounter {
  /** Only grow. */
  packetsDroppedCount = 0;
  fecRecoveredCount = 0;
  framesLostCount = 0;
  reportCount = 0;
  /** How often it requested a key frame, or not to refer to frames. */
  idrRequestCount = 0;
  invalidationCount = 0;
  /** Share of missing datagrams, smoothed; falls slowly and rises at once. */
  lossShare = 0;

  /** Number of the frame in each slot; numbers begin at 1. */
  readonly #frames = new Uint32Array(frameCountMax);
  readonly #shards = new Uint16Array(frameCountMax);
  /**
   * Datagrams that the kernel did not accept: the player misses them too, but they were never sent.
   */
  readonly #refused = new Uint16Array(frameCountMax);
  readonly #reportedBlocks = new Uint8Array(frameCountMax);
  readonly #isLost = new Uint8Array(frameCountMax);
  /** For each frame: its slot on the grid, and the reports so far. */
  readonly #gridSlots = new Float64Array(frameCountMax);
  readonly #lostPackets = new Uint16Array(frameCountMax);
  readonly #rebuilt = new Uint16Array(frameCountMax);
  readonly #onFrame: (loss: FrameLoss) => void;
  #newest = 0;
  #sentCount = 0;
  #droppedBefore = 0;

  /** @param onFrame called when something new is known about a frame */
  constructor(onFrame: (loss: FrameLoss) => void = () => undefined) {
    this.#onFrame = onFrame;
  }

  /** As samples name them. */
  totals(): LossTotals & { readonly invalidations: number } {
    return {
      packetsDropped: this.packetsDroppedCount,
      fecRecovered: this.fecRecoveredCount,
      framesLost: this.framesLostCount,
      idrRequests: this.idrRequestCount,
      invalidations: this.invalidationCount,
      reports: this.reportCount,
    };
  }

  /** Per frame: the next frame has this number, and belongs to this slot of the grid. */
  begins(frame: number, gridSlot: number): void {
    const slot = frame % frameCountMax;
    this.#gridSlots[slot] = gridSlot;
    this.#lostPackets[slot] = 0;
    this.#rebuilt[slot] = 0;
  }

  /** Hot path: a frame of this many datagrams was sent, except those the kernel refused. */
  sent(frame: number, shardCount: number, refusedCount: number): void {
    const slot = frame % frameCountMax;
    this.#frames[slot] = frame;
    this.#shards[slot] = shardCount;
    this.#refused[slot] = refusedCount;
    this.#reportedBlocks[slot] = 0;
    this.#isLost[slot] = 0;
    this.#newest = frame;
    this.#sentCount += shardCount;
  }

  add(status: FecStatus): void {
    const slot = status.frame % frameCountMax;
    const shardCount = status.dataCount + status.parityCount;
    const isKnown =
      status.frame > 0 &&
      this.#frames[slot] === status.frame &&
      shardCount <= (this.#shards[slot] ?? 0);
    const blockBit = 1 << status.block;
    const isRepeat = ((this.#reportedBlocks[slot] ?? 0) & blockBit) !== 0;
    if (!isKnown || isRepeat || status.block >= blocksPerFrame) return;
    this.#reportedBlocks[slot] = (this.#reportedBlocks[slot] ?? 0) | blockBit;
    this.reportCount += 1;
    const receivedCount = status.dataReceived + status.parityReceived;
    if (receivedCount >= status.dataCount) {
      const rebuilt = status.dataCount - status.dataReceived;
      this.fecRecoveredCount += rebuilt;
      this.#rebuilt[slot] = (this.#rebuilt[slot] ?? 0) + rebuilt;
      this.#drop(slot, Math.min(status.missingCount, shardCount - receivedCount));
    } else {
      this.#drop(slot, shardCount - receivedCount);
      this.#lose(status.frame);
    }
    this.#report(slot);
  }

  /** The player requests not to refer to these frames, because it could not complete them. */
  invalidate(first: number, last: number): void {
    this.invalidationCount += 1;
    const oldest = Math.max(1, first, this.#newest - frameCountMax + 1);
    for (let frame = oldest; frame <= Math.min(last, this.#newest); frame++) {
      this.#lose(frame);
      if (this.#frames[frame % frameCountMax] === frame) this.#report(frame % frameCountMax);
    }
  }

  /** Once a second: how much parity the next frames need. */
  settle(): void {
    const dropped = this.packetsDroppedCount - this.#droppedBefore;
    const share = this.#sentCount === 0 ? 0 : dropped / this.#sentCount;
    this.lossShare = Math.min(1, Math.max(share, this.lossShare * lossDecay));
    this.#droppedBefore = this.packetsDroppedCount;
    this.#sentCount = 0;
  }

  #drop(slot: number, count: number): void {
    const refusedCount = Math.min(count, this.#refused[slot] ?? 0);
    this.#refused[slot] = (this.#refused[slot] ?? 0) - refusedCount;
    this.packetsDroppedCount += count - refusedCount;
    this.#lostPackets[slot] = (this.#lostPackets[slot] ?? 0) + count - refusedCount;
  }

  #report(slot: number): void {
    this.#onFrame({
      slot: this.#gridSlots[slot] ?? 0,
      lostPackets: this.#lostPackets[slot] ?? 0,
      rebuilt: this.#rebuilt[slot] ?? 0,
      isLost: this.#isLost[slot] === 1,
    });
  }

  #lose(frame: number): void {
    const slot = frame % frameCountMax;
    if (this.#frames[slot] !== frame || this.#isLost[slot] === 1) return;
    this.#isLost[slot] = 1;
    this.framesLostCount += 1;
  }
}
