/**
 * Hot path: frames from shards, in order, with lost shards rebuilt from parity. Holds a bounded
 * number of frames; a missing one is dropped when a later frame began `patienceUs` ago, which
 * covers reordering. After a dropped frame nothing is forwarded before the next key frame, because
 * it could not be decoded cleanly.
 */

import { Parity } from "../../parity/parity.ts";
import { parityCountMax } from "../../parity/plan.ts";
import {
  blockCountLimit,
  blockCountOf,
  blockStart,
  dataShardCount,
  dataShardCountMax,
  frameBytesMax,
  parityShardBytes,
} from "../wire/frame-plan.ts";
import { FrameSlot, parityPlaceCount } from "../wire/frame-slot.ts";
import { keyFlag, repeatFlag, type ShardHeader } from "../wire/packet.ts";

/** A complete frame; `bytes` are valid until the next `add`. */
export type CompleteFrame = {
  readonly bytes: Uint8Array;
  readonly frame: number;
  readonly captureUs: number;
  readonly completeUs: number;
  readonly isKey: boolean;
  readonly isRepeat: boolean;
};

/** Sizes of shards and frames, and how long an incomplete frame is waited for. */
export type AssemblyOptions = {
  readonly shardBytes: number;
  readonly patienceUs: number;
  /** Larger frames are not ours; this bounds the memory of a frame in this player. */
  readonly frameBytesMax?: number;
};

const slotCount = 16;

/** Assembles frames, at most 16 at a time, and returns them in order. */
export class Assembly {
  readonly #shardBytes: number;
  readonly #patienceUs: number;
  readonly #frameBytesMax: number;
  readonly #slots: readonly FrameSlot[];
  /** When a later frame began, by slot; 0 = none has. */
  readonly #overtakenUs = new Float64Array(slotCount);
  /** The frame to forward next. */
  #next = 0;
  /** Highest frame that began, + 1. */
  #end = 0;
  #isBroken = false;
  #hasBegun = false;
  /** Every data shard arrived or was rebuilt. */
  completeCount = 0;
  /** Rebuilt data shards of the frame that was completed last. */
  rebuiltCount = 0;
  /** Dropped while incomplete. */
  lostCount = 0;
  /** Complete, but after a lost frame and before the next key frame. */
  skippedCount = 0;
  /** Shards whose numbers disagree with their frame. */
  invalidCount = 0;
  /** Shards of finished frames and complete blocks: unneeded parity, and late data. */
  spareShardCount = 0;

  constructor(options: AssemblyOptions) {
    const { shardBytes } = options;
    this.#shardBytes = shardBytes;
    this.#patienceUs = options.patienceUs;
    this.#frameBytesMax = Math.min(options.frameBytesMax ?? frameBytesMax, frameBytesMax);
    const parity = new Parity({
      dataCountMax: dataShardCountMax,
      parityCountMax: parityPlaceCount,
      shardBytesMax: shardBytes,
    });
    const slot = { parity, shardBytes, frameBytesMax: this.#frameBytesMax };
    this.#slots = Array.from({ length: slotCount }, () => new FrameSlot(slot));
  }

  /** Data shards rebuilt from parity. */
  get recoveredCount(): number {
    let count = 0;
    for (const slot of this.#slots) count += slot.recoveredCount;
    return count;
  }

  /** A frame is beyond repair, and no key frame came since. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** The reader had to drop a frame: nothing more is forwarded before the next key frame. */
  breakChain(): void {
    this.#isBroken = true;
  }

  /** Adds one shard of an authenticated datagram; true when it completed its frame. */
  add(header: ShardHeader, shard: Uint8Array, nowUs: number): boolean {
    if (!this.#isSound(header, shard.length)) {
      this.invalidCount += 1;
      return false;
    }
    if (header.frame < this.#next) {
      this.spareShardCount += 1;
      return false;
    }
    if (header.frame >= this.#end) this.#begin(header.frame, nowUs);
    const slot = this.#slotOf(header);
    const taken = slot?.add(header, shard) ?? "invalid";
    if (taken === "invalid") this.invalidCount += 1;
    if (taken === "spare") this.spareShardCount += 1;
    if (taken !== "used" || slot?.isComplete !== true) return false;
    slot.completeUs = nowUs;
    this.rebuiltCount = slot.frameRecoveredCount;
    this.completeCount += 1;
    return true;
  }

  /** The next frame to forward, undefined when there is none yet. */
  take(nowUs: number): CompleteFrame | undefined {
    while (this.#next < this.#end) {
      const slot = this.#slots[this.#next % slotCount];
      const isComplete = slot?.frame === this.#next && slot.isComplete;
      if (slot !== undefined && isComplete) {
        this.#next += 1;
        const frame = this.#handOn(slot);
        if (frame !== undefined) return frame;
      } else if (this.#isEnded(nowUs)) this.#abandon();
      else return undefined;
    }
    return undefined;
  }

  /** Whether a shard's numbers are those that its frame's length leads to. */
  #isSound(header: ShardHeader, byteCount: number): boolean {
    const { frameBytes, block, blockCount, dataCount, shard } = header;
    if (frameBytes <= 0 || frameBytes > this.#frameBytesMax) return false;
    const count = dataShardCount(frameBytes, this.#shardBytes);
    if (blockCount !== blockCountOf(count) || blockCount >= blockCountLimit) return false;
    if (block >= blockCount) return false;
    const start = blockStart(block, blockCount, count);
    if (dataCount !== blockStart(block + 1, blockCount, count) - start) return false;
    if (header.parityCount > parityCountMax(dataCount)) return false;
    if (shard >= dataCount) {
      const isPlace = shard < dataCount + header.parityCount;
      return isPlace && byteCount === parityShardBytes(frameBytes, this.#shardBytes);
    }
    const left = frameBytes - (start + shard) * this.#shardBytes;
    return byteCount === Math.min(left, this.#shardBytes);
  }

  /** The first shard of a frame beyond all before it: those are overtaken now. */
  #begin(frame: number, nowUs: number): void {
    while (frame >= this.#next + slotCount) {
      // A jump past all held frames costs one step, however far it is.
      if (frame - slotCount >= this.#end && this.#next >= this.#end) {
        this.lostCount += frame + 1 - slotCount - this.#next;
        this.#next = frame + 1 - slotCount;
        this.#isBroken = true;
      } else this.#abandon();
    }
    for (let before = Math.max(this.#next, this.#end - 1); before < frame; before++) {
      this.#overtakenUs[before % slotCount] = nowUs;
    }
    this.#overtakenUs[frame % slotCount] = 0;
    this.#end = frame + 1;
  }

  #slotOf(header: ShardHeader): FrameSlot | undefined {
    const slot = this.#slots[header.frame % slotCount];
    if (slot === undefined) return undefined;
    if (slot.frame !== header.frame) slot.open(header);
    const agrees = slot.frameBytes === header.frameBytes && slot.captureUs === header.captureUs;
    return agrees ? slot : undefined;
  }

  #handOn(slot: FrameSlot): CompleteFrame | undefined {
    const isKey = (slot.flags & keyFlag) !== 0;
    const frame = slot.frame ?? 0;
    slot.frame = undefined;
    if (!isKey && (this.#isBroken || !this.#hasBegun)) {
      this.#isBroken = true;
      this.skippedCount += 1;
      return undefined;
    }
    this.#isBroken = false;
    this.#hasBegun = true;
    return {
      bytes: slot.bytes,
      frame,
      captureUs: slot.captureUs,
      completeUs: slot.completeUs,
      isKey,
      isRepeat: (slot.flags & repeatFlag) !== 0,
    };
  }

  #isEnded(nowUs: number): boolean {
    const overtakenUs = this.#overtakenUs[this.#next % slotCount] ?? 0;
    return overtakenUs > 0 && nowUs - overtakenUs >= this.#patienceUs;
  }

  #abandon(): void {
    const slot = this.#slots[this.#next % slotCount];
    const isComplete = slot?.frame === this.#next && slot.isComplete;
    if (slot?.frame === this.#next) slot.frame = undefined;
    if (isComplete) this.skippedCount += 1;
    else this.lostCount += 1;
    this.#isBroken = true;
    this.#next += 1;
    this.#end = Math.max(this.#end, this.#next);
  }
}
