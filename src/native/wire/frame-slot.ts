/**
 * Hot path: one frame being assembled: its shards as they arrive, and those rebuilt from parity. As
 * soon as a block has as many shards as it has data, the missing ones are rebuilt.
 *
 * Memory is bounded by what the frame's length allows: a slot grows to twice the largest frame it
 * held, and holds parity only of blocks that something is missing from.
 */
import { assert } from "../../base/assert.ts";
import type { Parity } from "../../parity/parity.ts";
import { parityCountMax } from "../../parity/plan.ts";
import {
  blockCountLimit,
  blockStart,
  dataShardCount,
  dataShardCountMax,
  parityShardBytes,
} from "./frame-plan.ts";
import type { ShardHeader } from "./packet.ts";

/** The result for a shard. */
export type Taken = "used" | "spare" | "invalid";

/** Parity places of a block in a frame of several. */
export const parityPlaceCount = parityCountMax(dataShardCountMax);

/** Memory for one frame at a time, reused for later ones. */
export class FrameSlot {
  readonly #parity: Parity;
  readonly #shardBytes: number;
  readonly #frameBytesMax: number;
  #has: Uint8Array = new Uint8Array(0);
  #parityHas: Uint8Array = new Uint8Array(0);
  #parityBytes: Uint8Array = new Uint8Array(0);
  /** By block: missing data shards, received parity shards, and sent ones. */
  readonly #missing = new Uint8Array(blockCountLimit);
  readonly #parityArrived = new Uint8Array(blockCountLimit);
  readonly #paritySent = new Uint8Array(blockCountLimit);
  readonly #arrived = new Uint8Array(dataShardCountMax + parityPlaceCount);
  #missingCount = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Undefined = free. */
  frame: number | undefined;
  frameBytes = 0;
  flags = 0;
  captureUs = 0;
  completeUs = 0;
  /** Data shards of this frame rebuilt from parity. */
  frameRecoveredCount = 0;
  /** Data shards rebuilt from parity, over the slot's whole life. */
  recoveredCount = 0;

  constructor(options: { parity: Parity; shardBytes: number; frameBytesMax: number }) {
    this.#parity = options.parity;
    this.#shardBytes = options.shardBytes;
    this.#frameBytesMax = options.frameBytesMax;
  }

  get isComplete(): boolean {
    return this.#missingCount === 0;
  }

  /** Valid until the slot is opened for another frame. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.frameBytes);
  }

  /** For the frame of a shard whose numbers have been checked. */
  open(header: ShardHeader): void {
    const count = dataShardCount(header.frameBytes, this.#shardBytes);
    this.frame = header.frame;
    this.frameBytes = header.frameBytes;
    this.flags = header.flags;
    this.captureUs = header.captureUs;
    this.frameRecoveredCount = 0;
    this.#missingCount = count;
    if (this.#bytes.length < header.frameBytes) {
      this.#bytes = new Uint8Array(Math.min(header.frameBytes * 2, this.#frameBytesMax));
    }
    if (this.#has.length < count) this.#has = new Uint8Array(count * 2);
    this.#has.fill(0, 0, count);
    this.#parityHas.fill(0);
    for (let block = 0; block < header.blockCount; block++) {
      const end = blockStart(block + 1, header.blockCount, count);
      this.#missing[block] = end - blockStart(block, header.blockCount, count);
      this.#parityArrived[block] = 0;
      this.#paritySent[block] = 0;
    }
  }

  /** Takes a shard of this frame whose numbers have been checked against the frame's length. */
  add(header: ShardHeader, shard: Uint8Array): Taken {
    const { block, parityCount } = header;
    if (this.#missing[block] === 0) return "spare";
    // All shards of a block agree on its number of parity shards: its code depends on it.
    const isFirst = this.#paritySent[block] === 0;
    if (isFirst) this.#paritySent[block] = parityCount;
    else if (this.#paritySent[block] !== parityCount) return "invalid";
    const isData = header.shard < header.dataCount;
    const isNew = isData ? this.#addData(header, shard) : this.#addParity(header, shard);
    if (!isNew) return "spare";
    const missing = this.#missing[block] ?? 0;
    if (missing > 0 && missing <= (this.#parityArrived[block] ?? 0)) this.#rebuild(header);
    return "used";
  }

  #addData(header: ShardHeader, shard: Uint8Array): boolean {
    const index = this.#firstOf(header) + header.shard;
    if (this.#has[index] === 1) return false;
    this.#bytes.set(shard, index * this.#shardBytes);
    this.#has[index] = 1;
    this.#missing[header.block] = (this.#missing[header.block] ?? 0) - 1;
    this.#missingCount -= 1;
    return true;
  }

  #addParity(header: ShardHeader, shard: Uint8Array): boolean {
    const places = header.blockCount * parityPlaceCount;
    if (this.#parityHas.length < places) this.#growParity(places);
    const place = header.block * parityPlaceCount + header.shard - header.dataCount;
    if (this.#parityHas[place] === 1) return false;
    this.#parityBytes.set(shard, place * this.#shardBytes);
    this.#parityHas[place] = 1;
    this.#parityArrived[header.block] = (this.#parityArrived[header.block] ?? 0) + 1;
    return true;
  }

  /** The rare path: the first loss in a frame with this many blocks. */
  #growParity(places: number): void {
    const has = new Uint8Array(places);
    const bytes = new Uint8Array(places * this.#shardBytes);
    has.set(this.#parityHas);
    bytes.set(this.#parityBytes);
    this.#parityHas = has;
    this.#parityBytes = bytes;
  }

  /** The rare path: shards were lost, and enough arrived to rebuild them. */
  #rebuild(header: ShardHeader): void {
    const { block, dataCount, parityCount } = header;
    const shardBytes = parityShardBytes(this.frameBytes, this.#shardBytes);
    const first = this.#firstOf(header);
    const arrived = this.#arrived.fill(0, 0, dataCount + parityCount);
    for (let shard = 0; shard < dataCount; shard++) {
      if (this.#has[first + shard] !== 1) continue;
      arrived[shard] = 1;
      const bytes = this.#shardOf(first + shard);
      this.#parity.data(shard).fill(0, bytes.length).set(bytes);
    }
    for (let shard = 0; shard < parityCount; shard++) {
      const place = block * parityPlaceCount + shard;
      if (this.#parityHas[place] !== 1) continue;
      arrived[dataCount + shard] = 1;
      const start = place * this.#shardBytes;
      this.#parity.parity(shard).set(this.#parityBytes.subarray(start, start + shardBytes));
    }
    const shape = { dataCount, parityCount, shardBytes };
    const rebuilt = this.#parity.rebuild(shape, arrived) ?? 0;
    assert(rebuilt === this.#missing[block], "a block is rebuilt once enough shards are there");
    for (let shard = 0; shard < dataCount; shard++) {
      if (arrived[shard] === 1) continue;
      const bytes = this.#shardOf(first + shard);
      bytes.set(this.#parity.data(shard).subarray(0, bytes.length));
      this.#has[first + shard] = 1;
    }
    this.recoveredCount += rebuilt;
    this.frameRecoveredCount += rebuilt;
    this.#missingCount -= rebuilt;
    this.#missing[block] = 0;
  }

  #firstOf({ block, blockCount }: ShardHeader): number {
    return blockStart(block, blockCount, dataShardCount(this.frameBytes, this.#shardBytes));
  }

  /** A data shard in its position; the frame's last one is shorter. */
  #shardOf(index: number): Uint8Array {
    const start = index * this.#shardBytes;
    return this.#bytes.subarray(start, Math.min(start + this.#shardBytes, this.frameBytes));
  }
}
