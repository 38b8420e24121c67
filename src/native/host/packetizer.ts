/**
 * Per frame: one frame after the other as sealed datagrams, block by block, a block's parity after
 * its data. Parity is computed only when its turn comes, so the first packets need not wait for it.
 * The next batch reuses the memory of the datagrams.
 */
import { assert } from "../../base/assert.ts";
import { Parity } from "../../parity/parity.ts";
import { batchPacketCountMax, type Packetizer } from "../../session/paced-sender.ts";
import type { EncodedFrame } from "../../video/link.ts";
import {
  blockCountLimit,
  blockCountOf,
  blockStart,
  dataShardCount,
  dataShardCountMax,
  parityShardBytes,
} from "../wire/frame-plan.ts";
import { parityPlaceCount } from "../wire/frame-slot.ts";
import {
  emptyShardHeader,
  keyFlag,
  lastFlag,
  packetOverheadBytes,
  repeatFlag,
  shardHeaderBytes,
  viewOf,
  writeShardHeader,
} from "../wire/packet.ts";
import type { Sealer } from "../wire/seal.ts";
import type { ParityTarget } from "./parity-target.ts";

/** Options for the datagrams of one session. */
export type PacketizerOptions = {
  readonly sealer: Sealer;
  readonly packetBytes: number;
  /** How much parity each block gets. */
  readonly parityTarget: ParityTarget;
  /** Datagrams with these sequences were dropped: the kernel did not accept them. */
  onRefused(firstSequence: number, count: number): void;
};

/** Longer than a player may take to report a frame, at 240 per second. */
const slotMemoryCount = 2048;

/** Splits and seals the frames of one native session. */
export class SealedPacketizer implements Packetizer {
  readonly #sealer: Sealer;
  readonly #target: ParityTarget;
  readonly #onRefused: PacketizerOptions["onRefused"];
  /** Memory of a batch, the media payload of each datagram in it, and where the batch begins. */
  readonly #datagrams: readonly Uint8Array[];
  readonly #batchMediaBytes = new Int32Array(batchPacketCountMax);
  #batchFirst = 0;
  #batchCount = 0;
  #batchSequence = 0;
  readonly #parity: Parity;
  readonly #shardBytes: number;
  readonly #header = emptyShardHeader();
  readonly #plain: Uint8Array;
  readonly #plainView: DataView;
  /** What the parity kernel takes, reused for every packet. */
  readonly #shape = { dataCount: 1, parityCount: 0, shardBytes: 1 };
  /**
   * Parity shards by block, fixed when the frame begins: the target may change while it is being
   * sent.
   */
  readonly #parityCounts = new Uint8Array(blockCountLimit);
  #bytes: Uint8Array = new Uint8Array(0);
  #dataCount = 0;
  /** Index in the frame of the block's first data shard. */
  #first = 0;
  #leftCount = 0;
  #frame = 0;
  /** Of the last frames: the slot of each, and which frame it belongs to. */
  readonly #slots = new Float64Array(slotMemoryCount);
  readonly #slotFrames = new Float64Array(slotMemoryCount).fill(-1);
  /** Of the frame. */
  parityCount = 0;
  /** Media payload of the packet sealed last, 0 for parity. */
  #mediaBytes = 0;

  constructor({ sealer, packetBytes, parityTarget, onRefused }: PacketizerOptions) {
    this.#sealer = sealer;
    this.#target = parityTarget;
    this.#onRefused = onRefused;
    this.#datagrams = Array.from(
      { length: batchPacketCountMax },
      () => new Uint8Array(packetBytes),
    );
    this.#shardBytes = packetBytes - packetOverheadBytes;
    this.#parity = new Parity({
      dataCountMax: dataShardCountMax,
      parityCountMax: parityPlaceCount,
      shardBytesMax: this.#shardBytes,
    });
    this.#plain = new Uint8Array(shardHeaderBytes + this.#shardBytes);
    this.#plainView = viewOf(this.#plain);
  }

  /** The packets sealed from now on belong to this frame; it gets the next number. */
  begin(frame: EncodedFrame): number {
    const header = this.#header;
    this.#bytes = new Uint8Array(frame.buffer, 0, frame.byteCount);
    this.#dataCount = dataShardCount(frame.byteCount, this.#shardBytes);
    header.frame = this.#frame;
    header.frameBytes = frame.byteCount;
    header.captureUs = frame.captureStartUs;
    header.flags = (frame.isKey ? keyFlag : 0) | (frame.isRepeat ? repeatFlag : 0);
    header.blockCount = blockCountOf(this.#dataCount);
    this.#shape.shardBytes = parityShardBytes(frame.byteCount, this.#shardBytes);
    assert(header.blockCount < blockCountLimit, "a frame's blocks have numbers");
    this.parityCount = 0;
    for (let block = 0; block < header.blockCount; block++) {
      const parityCount = this.#target.countFor(this.#dataCountOf(block));
      this.#parityCounts[block] = parityCount;
      this.parityCount += parityCount;
    }
    this.#leftCount = this.#dataCount + this.parityCount;
    this.#slots[this.#frame % slotMemoryCount] = frame.slot;
    this.#slotFrames[this.#frame % slotMemoryCount] = this.#frame;
    this.#frame += 1;
    this.#enterBlock(0);
    return this.#leftCount;
  }

  /**
   * The slot of a frame by its number on the wire; `undefined` when it is too old, or in the
   * future.
   */
  slotOf(frame: number): number | undefined {
    const place = frame % slotMemoryCount;
    return this.#slotFrames[place] === frame ? this.#slots[place] : undefined;
  }

  addTo(batch: Uint8Array[], first: number, end: number): void {
    this.#batchFirst = first;
    this.#batchCount = end - first;
    this.#batchSequence = this.#sealer.nextSequence;
    for (let place = 0; place < this.#batchCount; place++) {
      const datagram = this.#datagrams[place];
      assert(datagram !== undefined, "a batch has a datagram for each of its packets");
      const byteCount = this.#seal(datagram);
      this.#batchMediaBytes[place] = this.#mediaBytes;
      batch.push(byteCount === datagram.length ? datagram : datagram.subarray(0, byteCount));
    }
  }

  mediaBytes(first: number, end: number): number {
    let bytes = 0;
    for (let packet = first; packet < end; packet++) {
      bytes += this.#batchMediaBytes[packet - this.#batchFirst] ?? 0;
    }
    return bytes;
  }

  refuse(count: number): void {
    this.#onRefused(this.#batchSequence + this.#batchCount - count, count);
  }

  /** Each datagram was counted when it was offered. */
  finish(): void {}

  /** Seals the frame's next packet into `datagram`; returns the bytes written. */
  #seal(datagram: Uint8Array): number {
    assert(this.#leftCount > 0, "a frame is sealed once");
    const header = this.#header;
    if (header.shard === header.dataCount + header.parityCount) this.#enterBlock(header.block + 1);
    this.#leftCount -= 1;
    if (this.#leftCount === 0) header.flags |= lastFlag;
    writeShardHeader(this.#plainView, header);
    const byteCount = header.shard < header.dataCount ? this.#layData() : this.#layParity();
    header.shard += 1;
    const isFull = byteCount === this.#shardBytes;
    const plain = isFull ? this.#plain : this.#plain.subarray(0, shardHeaderBytes + byteCount);
    return this.#sealer.seal(plain, datagram);
  }

  #layData(): number {
    const { shard, parityCount, frameBytes } = this.#header;
    const start = (this.#first + shard) * this.#shardBytes;
    const bytes = this.#bytes.subarray(start, Math.min(start + this.#shardBytes, frameBytes));
    this.#plain.set(bytes, shardHeaderBytes);
    this.#mediaBytes = bytes.length;
    if (parityCount === 0) return bytes.length;
    const place = this.#parity.data(shard);
    place.set(bytes);
    if (bytes.length < place.length) place.fill(0, bytes.length);
    return bytes.length;
  }

  #layParity(): number {
    const { shard, dataCount, parityCount } = this.#header;
    const { shardBytes } = this.#shape;
    if (shard === dataCount) {
      this.#shape.dataCount = dataCount;
      this.#shape.parityCount = parityCount;
      this.#parity.encode(this.#shape);
    }
    this.#plain.set(this.#parity.parity(shard - dataCount), shardHeaderBytes);
    this.#mediaBytes = 0;
    return shardBytes;
  }

  #enterBlock(block: number): void {
    const header = this.#header;
    header.block = block;
    header.shard = 0;
    header.dataCount = this.#dataCountOf(block);
    header.parityCount = this.#parityCounts[block] ?? 0;
    this.#first = blockStart(block, header.blockCount, this.#dataCount);
  }

  #dataCountOf(block: number): number {
    const { blockCount } = this.#header;
    const end = blockStart(block + 1, blockCount, this.#dataCount);
    return end - blockStart(block, blockCount, this.#dataCount);
  }
}
