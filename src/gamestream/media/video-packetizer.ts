/**
 * Hot path: cuts an access unit into GameStream datagrams, adds parity and seals them when asked.
 *
 * Datagrams of one frame, all of the same length, lie in slots that are reused by the next frame:
 *
 *   0   0x90, 0, u16 BE sequence (parity counts too)      16  u32 LE packet index << 8
 *   4   u32 BE time in 1/90000 s                          20  u32 LE frame number, from 1
 *   8   u32 0, u32 0                                      24  flags, 0, 0x10, block byte
 *   28  u32 LE data count << 22 | shard << 12 | percent << 4
 *   32  payload; the frame's first 8 payload bytes are the frame header
 *
 * Parity covers the shard with index and flags set and every other header field zero; those are
 * written afterwards, into data and parity alike, as the player expects when it repairs a block.
 * A sealed datagram has 32 bytes in front: IV 12, frame number 4, tag 16.
 */
import { assert } from "../../base/assert.ts";
import { type GcmCipher, gcmCipher, gcmNonceBytes } from "../../base/gcm.ts";
import { Parity } from "../../parity/parity.ts";
import type { ParityNeed } from "../../parity/plan.ts";
import {
  type BlockPlan,
  dataCountMax,
  parityCountMax,
  parityCountOf,
  parityPercent,
  planBlocks,
} from "./frame-plan.ts";

const rtpBytes = 16;
const headBytes = 32;
const frameHeadBytes = 8;
const sealBytes = 32;
const tagBytes = 16;
const flagData = 1;
const flagEnd = 2;
const flagStart = 4;

export type VideoPacketizerOptions = {
  /** Bytes after the RTP header, a multiple of 16. */
  readonly packetSize: number;
  /** 16 bytes; datagrams are sealed with AES-128-GCM when given. */
  readonly key?: Buffer | undefined;
};

export type FrameHead = {
  readonly isKey: boolean;
  /** 90 kHz, wraps at 32 bits. */
  readonly time90k: number;
  /** Tenths of a millisecond from capture to sealed; 0 = unknown. */
  readonly latencyTenthMs: number;
};

export class FramePacketizer {
  /** Datagrams of the last frame; only the first `count` returned by `packetize` are of it. */
  readonly slots: Uint8Array[] = [];
  /** Bytes of every datagram. */
  readonly datagramBytes: number;
  /** Number of the last frame, 0 before the first. */
  frameNumber = 0;
  /** Of the last frame. */
  dataCount = 0;
  parityCount = 0;

  readonly #shardBytes: number;
  readonly #room: number;
  readonly #prefix: number;
  readonly #cipher: GcmCipher | undefined;
  /** Of each slot: itself, and what of it is sealed. */
  readonly #views: { readonly slot: DataView; readonly body: Uint8Array }[] = [];
  readonly #parity: Parity;
  readonly #dataShards: Uint8Array[] = [];
  readonly #dataViews: DataView[] = [];
  readonly #parityShards: Uint8Array[] = [];
  readonly #frameHead = new Uint8Array(frameHeadBytes);
  readonly #frameHeadView = new DataView(this.#frameHead.buffer);
  readonly #iv = Buffer.alloc(gcmNonceBytes);
  #ivCount = 0;
  #packetIndex = 0;
  #slotCount = 0;

  constructor({ packetSize, key }: VideoPacketizerOptions) {
    assert(packetSize % 16 === 0 && packetSize > headBytes, "shards are whole lanes");
    this.#shardBytes = packetSize + rtpBytes;
    this.#room = packetSize - (headBytes - rtpBytes);
    this.#prefix = key === undefined ? 0 : sealBytes;
    this.#cipher = key === undefined ? undefined : gcmCipher(key);
    this.datagramBytes = this.#prefix + this.#shardBytes;
    this.#parity = new Parity({ dataCountMax, parityCountMax, shardBytesMax: this.#shardBytes });
    for (let index = 0; index < dataCountMax; index++) {
      const shard = this.#parity.data(index);
      this.#dataShards.push(shard);
      this.#dataViews.push(viewOf(shard));
    }
    for (let index = 0; index < parityCountMax; index++) {
      this.#parityShards.push(this.#parity.parity(index));
    }
  }

  /** Number of data shards of a unit. */
  shardCountOf(byteCount: number): number {
    return Math.ceil((frameHeadBytes + byteCount) / this.#room);
  }

  /** Datagrams in `slots`, or 0 when the unit is too large to be sent. */
  packetize(unit: Uint8Array, head: FrameHead, need: ParityNeed): number {
    const shardCount = this.shardCountOf(unit.length);
    const plan = planBlocks(shardCount);
    if (plan === undefined) return 0;
    this.frameNumber += 1;
    this.dataCount = shardCount;
    this.parityCount = 0;
    this.#slotCount = 0;
    this.#writeFrameHead(head, unit.length);
    for (let block = 0; block < plan.blockCount; block++) {
      this.#writeBlock(unit, { plan, block, head, need });
    }
    if (this.#cipher !== undefined) this.#sealAll(this.#cipher);
    return this.#slotCount;
  }

  #writeFrameHead(head: FrameHead, byteCount: number): void {
    const view = this.#frameHeadView;
    view.setUint8(0, 1);
    view.setUint16(1, Math.min(0xffff, Math.max(0, Math.round(head.latencyTenthMs))), true);
    view.setUint8(3, head.isKey ? 2 : 1);
    view.setUint16(4, (frameHeadBytes + byteCount) % this.#room || this.#room, true);
  }

  #writeBlock(
    unit: Uint8Array,
    job: {
      readonly plan: BlockPlan;
      readonly block: number;
      readonly head: FrameHead;
      readonly need: ParityNeed;
    },
  ): void {
    const { plan, block } = job;
    const first = block * plan.dataCount;
    const dataCount = Math.min(plan.dataCount, this.dataCount - first);
    const percent = plan.isBare ? 0 : parityPercent(dataCount, job.need);
    const parityCount = parityCountOf(dataCount, percent);
    const base = this.#slotCount;
    this.#grow(base + dataCount + parityCount);
    for (let shard = 0; shard < dataCount; shard++) {
      // Without parity the shards need not be adjacent: the first slot is reused for all.
      const place = plan.isBare ? 0 : shard;
      this.#fill(place, unit, first + shard);
      this.#mark(place, shard, dataCount);
      if (plan.isBare) this.#copy(base + shard, this.#dataShards[place]);
    }
    if (!plan.isBare) this.#addParity(base, dataCount, parityCount);
    const blockByte = (block << 4) | ((plan.blockCount - 1) << 6);
    for (let shard = 0; shard < dataCount + parityCount; shard++) {
      const word = (dataCount << 22) | (shard << 12) | (percent << 4);
      this.#finish(base + shard, { time90k: job.head.time90k, blockByte, word });
    }
    this.#slotCount += dataCount + parityCount;
    this.parityCount += parityCount;
  }

  /** Payload of data shard `index` of the frame, zeros past its end. */
  #fill(place: number, unit: Uint8Array, index: number): void {
    const target = this.#dataShards[place];
    assert(target !== undefined, "the block's shards fit");
    const bodyStart = index * this.#room - frameHeadBytes;
    const from = Math.max(0, bodyStart);
    const to = Math.min(unit.length, bodyStart + this.#room);
    let at = headBytes;
    if (index === 0) {
      target.set(this.#frameHead, at);
      at += frameHeadBytes;
    }
    target.set(unit.subarray(from, to), at);
    target.fill(0, at + (to - from));
  }

  /** The header fields that parity covers. */
  #mark(place: number, shard: number, dataCount: number): void {
    const view = this.#dataViews[place];
    const start = shard === 0 ? flagStart : 0;
    const end = shard === dataCount - 1 ? flagEnd : 0;
    view?.setUint32(16, ((this.#packetIndex + shard) << 8) >>> 0, true);
    view?.setUint32(24, flagData | start | end | 0x10_0000, true);
  }

  #addParity(base: number, dataCount: number, parityCount: number): void {
    this.#parity.encode({ dataCount, parityCount, shardBytes: this.#shardBytes });
    for (let index = 0; index < dataCount; index++) {
      this.#copy(base + index, this.#dataShards[index]);
    }
    for (let index = 0; index < parityCount; index++) {
      this.#copy(base + dataCount + index, this.#parityShards[index]);
    }
  }

  #copy(slot: number, shard: Uint8Array | undefined): void {
    assert(shard !== undefined, "the block's shards fit");
    this.slots[slot]?.set(shard, this.#prefix);
  }

  #finish(
    slot: number,
    fields: { readonly time90k: number; readonly blockByte: number; readonly word: number },
  ): void {
    const view = this.#views[slot]?.slot;
    assert(view !== undefined, "the slot is there");
    const at = this.#prefix;
    view.setUint16(at, 0x9000);
    view.setUint16(at + 2, this.#packetIndex & 0xffff);
    view.setUint32(at + 4, fields.time90k >>> 0);
    view.setUint32(at + 8, 0);
    view.setUint32(at + 12, 0);
    view.setUint32(at + 20, this.frameNumber, true);
    view.setUint8(at + 27, fields.blockByte);
    view.setUint32(at + 28, fields.word >>> 0, true);
    this.#packetIndex = (this.#packetIndex + 1) >>> 0;
  }

  #sealAll(cipher: GcmCipher): void {
    for (let slot = 0; slot < this.#slotCount; slot++) {
      const target = this.slots[slot];
      const views = this.#views[slot];
      assert(target !== undefined && views !== undefined, "the slot is there");
      this.#iv.writeUIntLE(this.#ivCount, 0, 6);
      this.#iv[11] = 0x56;
      this.#ivCount += 1;
      cipher.begin(this.#iv);
      cipher.seal(views.body, target, sealBytes);
      target.set(this.#iv, 0);
      views.slot.setUint32(12, this.frameNumber, true);
      cipher.finish(target, sealBytes - tagBytes);
    }
  }

  /** Slots are made once; a stream soon has as many as its largest frame needs. */
  #grow(count: number): void {
    while (this.slots.length < count) {
      const slot = new Uint8Array(this.datagramBytes);
      this.slots.push(slot);
      this.#views.push({ slot: viewOf(slot), body: slot.subarray(this.#prefix) });
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
