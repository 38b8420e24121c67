/**
 * Hot path: frames from shards, in order. Holds a bounded number of frames; a missing one is given
 * up when a later frame began `patienceUs` ago, which covers reordering. After a frame was given
 * up nothing is handed on before the next key frame, because it could not be decoded cleanly.
 */
import { blockCountOf, blockStart, dataShardCount, frameBytesMax } from "./frame-plan.ts";
import { keyFlag, repeatFlag, type ShardHeader } from "./packet.ts";

/** A complete frame; `bytes` are valid until the next `add`. */
export type CompleteFrame = {
  readonly bytes: Uint8Array;
  readonly frame: number;
  readonly captureUs: number;
  readonly completeUs: number;
  readonly isKey: boolean;
  readonly isRepeat: boolean;
};

type Slot = {
  frame: number | undefined;
  bytes: Uint8Array;
  has: Uint8Array;
  frameBytes: number;
  flags: number;
  captureUs: number;
  missingCount: number;
  completeUs: number;
};

const slotCount = 16;

export class Assembly {
  readonly #shardBytes: number;
  readonly #patienceUs: number;
  readonly #slots: Slot[] = Array.from({ length: slotCount }, emptySlot);
  /** When a frame after this one began, by slot; 0 = none has. */
  readonly #overtakenUs = new Float64Array(slotCount);
  /** The frame to hand on next. */
  #next = 0;
  /** Highest frame that began, + 1. */
  #end = 0;
  #isBroken = false;
  #hasBegun = false;
  /** Every shard came. */
  completeCount = 0;
  /** Given up. */
  lostCount = 0;
  /** Data shards rebuilt from parity; none while the host sends no parity. */
  recoveredCount = 0;
  /** Complete, but after a lost frame and before the next key frame. */
  skippedCount = 0;
  /** Shards whose numbers disagree with their frame. */
  invalidCount = 0;
  /** Shards of frames that are over. */
  lateShardCount = 0;

  constructor(options: { shardBytes: number; patienceUs: number }) {
    this.#shardBytes = options.shardBytes;
    this.#patienceUs = options.patienceUs;
  }

  /** A frame is beyond repair, and no key frame came since. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** The reader had to leave out a frame: nothing more is handed on before the next key frame. */
  breakChain(): void {
    this.#isBroken = true;
  }

  /** Adds one shard of an authenticated datagram; true when it completed its frame. */
  add(header: ShardHeader, shard: Uint8Array, nowUs: number): boolean {
    const index = this.#dataIndex(header, shard.length);
    if (index === undefined) this.invalidCount += 1;
    if (index === undefined || header.frame < this.#next) {
      if (index !== undefined) this.lateShardCount += 1;
      return false;
    }
    if (header.frame >= this.#end) this.#begin(header.frame, nowUs);
    const slot = this.#slotOf(header);
    if (slot === undefined) {
      this.invalidCount += 1;
      return false;
    }
    // Parity has its place in the numbers; rebuilding from it comes with the code that sends it.
    if (header.shard >= header.dataCount || slot.has[index] === 1) return false;
    slot.bytes.set(shard, index * this.#shardBytes);
    return this.#count(slot, index, nowUs);
  }

  /** The next frame to hand on, undefined when there is none yet. */
  take(nowUs: number): CompleteFrame | undefined {
    while (this.#next < this.#end) {
      const slot = this.#slots[this.#next % slotCount];
      const isComplete = slot?.frame === this.#next && slot.missingCount === 0;
      if (slot !== undefined && isComplete) {
        this.#next += 1;
        const frame = this.#handOn(slot);
        if (frame !== undefined) return frame;
      } else if (this.#isOver(nowUs)) this.#giveUp();
      else return undefined;
    }
    return undefined;
  }

  /** Index in the frame of a data shard, or of the block's first for parity; undefined = not ours. */
  #dataIndex(header: ShardHeader, byteCount: number): number | undefined {
    if (header.frameBytes > frameBytesMax) return undefined;
    const count = dataShardCount(header.frameBytes, this.#shardBytes);
    if (header.blockCount !== blockCountOf(count)) return undefined;
    const start = blockStart(header.block, header.blockCount, count);
    const end = blockStart(header.block + 1, header.blockCount, count);
    if (header.dataCount !== end - start) return undefined;
    if (header.shard >= header.dataCount) return byteCount === this.#shardBytes ? start : undefined;
    const index = start + header.shard;
    const left = header.frameBytes - index * this.#shardBytes;
    return byteCount === Math.min(left, this.#shardBytes) ? index : undefined;
  }

  /** The first shard of a frame beyond all before it: those are overtaken now. */
  #begin(frame: number, nowUs: number): void {
    while (frame >= this.#next + slotCount) {
      // A jump past everything held costs one step, however far it goes.
      if (frame - slotCount >= this.#end && this.#next >= this.#end) {
        this.lostCount += frame + 1 - slotCount - this.#next;
        this.#next = frame + 1 - slotCount;
        this.#isBroken = true;
      } else this.#giveUp();
    }
    for (let before = Math.max(this.#next, this.#end - 1); before < frame; before++) {
      this.#overtakenUs[before % slotCount] = nowUs;
    }
    this.#overtakenUs[frame % slotCount] = 0;
    this.#end = frame + 1;
  }

  #slotOf(header: ShardHeader): Slot | undefined {
    const slot = this.#slots[header.frame % slotCount];
    if (slot === undefined) return undefined;
    if (slot.frame !== header.frame) this.#openSlot(slot, header);
    const agrees = slot.frameBytes === header.frameBytes && slot.captureUs === header.captureUs;
    return agrees ? slot : undefined;
  }

  #openSlot(slot: Slot, header: ShardHeader): void {
    const count = dataShardCount(header.frameBytes, this.#shardBytes);
    slot.frame = header.frame;
    slot.frameBytes = header.frameBytes;
    slot.flags = header.flags;
    slot.captureUs = header.captureUs;
    slot.missingCount = count;
    if (slot.bytes.length < header.frameBytes) slot.bytes = new Uint8Array(header.frameBytes * 2);
    if (slot.has.length < count) slot.has = new Uint8Array(count * 2);
    slot.has.fill(0, 0, count);
  }

  #count(slot: Slot, index: number, nowUs: number): boolean {
    slot.has[index] = 1;
    slot.missingCount -= 1;
    if (slot.missingCount > 0) return false;
    slot.completeUs = nowUs;
    this.completeCount += 1;
    return true;
  }

  #handOn(slot: Slot): CompleteFrame | undefined {
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
      bytes: slot.bytes.subarray(0, slot.frameBytes),
      frame,
      captureUs: slot.captureUs,
      completeUs: slot.completeUs,
      isKey,
      isRepeat: (slot.flags & repeatFlag) !== 0,
    };
  }

  #isOver(nowUs: number): boolean {
    const overtakenUs = this.#overtakenUs[this.#next % slotCount] ?? 0;
    return overtakenUs > 0 && nowUs - overtakenUs >= this.#patienceUs;
  }

  #giveUp(): void {
    const slot = this.#slots[this.#next % slotCount];
    const isComplete = slot?.frame === this.#next && slot.missingCount === 0;
    if (slot?.frame === this.#next) slot.frame = undefined;
    if (isComplete) this.skippedCount += 1;
    else this.lostCount += 1;
    this.#isBroken = true;
    this.#next += 1;
    this.#end = Math.max(this.#end, this.#next);
  }
}

function emptySlot(): Slot {
  return {
    frame: undefined,
    bytes: new Uint8Array(0),
    has: new Uint8Array(0),
    frameBytes: 0,
    flags: 0,
    captureUs: 0,
    missingCount: 0,
    completeUs: 0,
  };
}
