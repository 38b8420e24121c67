/** One block of a video frame as a player gathers it. */
import { expect } from "bun:test";
import { rebuild, videoMatrix } from "./field.ts";

const headBytes = 32;

export type Shard = {
  readonly bytes: Uint8Array;
  readonly sequence: number;
  readonly frame: number;
  readonly flags: number;
  readonly block: number;
  readonly lastBlock: number;
  readonly dataCount: number;
  readonly index: number;
  readonly percent: number;
};

/** Reads the header of a datagram that is not sealed. */
export function readShard(bytes: Uint8Array): Shard {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expect(bytes[0]).toBe(0x90);
  const word = view.getUint32(28, true);
  const blockByte = view.getUint8(27);
  return {
    bytes,
    sequence: view.getUint16(2),
    frame: view.getUint32(20, true),
    flags: view.getUint8(24),
    block: (blockByte >> 4) & 3,
    lastBlock: blockByte >> 6,
    dataCount: word >>> 22,
    index: (word >>> 12) & 0x3ff,
    percent: (word >>> 4) & 0xff,
  };
}

export class Block {
  readonly dataCount: number;
  readonly parityCount: number;
  readonly percent: number;
  readonly shards: (Uint8Array | undefined)[];
  /** What the player threw away, to compare the rebuilt with. */
  readonly thrown = new Map<number, Uint8Array>();
  readonly firstSequence: number;
  #highestIndex = -1;
  rebuiltCount = 0;
  isDone = false;

  constructor(shard: Shard) {
    this.dataCount = shard.dataCount;
    this.percent = shard.percent;
    this.parityCount = Math.floor((shard.dataCount * shard.percent + 99) / 100);
    this.shards = new Array(this.dataCount + this.parityCount).fill(undefined);
    this.firstSequence = (shard.sequence - shard.index) & 0xffff;
  }

  add(shard: Shard): void {
    expect(shard.dataCount).toBe(this.dataCount);
    expect((shard.sequence - shard.index) & 0xffff).toBe(this.firstSequence);
    if (shard.index < this.dataCount) {
      const start = shard.index === 0 ? 4 : 0;
      const end = shard.index === this.dataCount - 1 ? 2 : 0;
      expect(shard.flags).toBe(1 | start | end);
    }
    this.shards[shard.index] = shard.bytes;
    this.#highestIndex = Math.max(this.#highestIndex, shard.index);
  }

  get dataReceived(): number {
    return this.shards.slice(0, this.dataCount).filter((each) => each !== undefined).length;
  }

  get parityReceived(): number {
    return this.shards.slice(this.dataCount).filter((each) => each !== undefined).length;
  }

  get canBeMade(): boolean {
    return this.dataReceived + this.parityReceived >= this.dataCount;
  }

  /** Fills the holes; what was thrown away must come back byte for byte. */
  make(): void {
    const rebuilt = rebuild(this.shards, videoMatrix(this.dataCount, this.parityCount));
    for (const [index, bytes] of rebuilt ?? []) {
      const truth = this.thrown.get(index);
      if (truth !== undefined) {
        expect(bytes.slice(16, 20)).toEqual(truth.slice(16, 20));
        expect(bytes.slice(24, 27)).toEqual(truth.slice(24, 27));
        expect(Buffer.compare(bytes.subarray(headBytes), truth.subarray(headBytes))).toBe(0);
      }
      this.shards[index] = bytes;
      this.rebuiltCount += 1;
    }
    this.isDone = true;
  }

  payloads(): Uint8Array[] {
    return this.shards
      .slice(0, this.dataCount)
      .map((shard) => shard?.subarray(headBytes) ?? new Uint8Array(0));
  }

  /** What a player reports of it; taken before `make`. */
  status(frame: number, place: { block: number; blockCount: number }): Buffer {
    const status = Buffer.alloc(21);
    const held = this.shards.slice(0, this.#highestIndex + 1);
    const missing = held.filter((each) => each === undefined).length;
    const firstHole = this.shards.indexOf(undefined);
    status.writeUInt32BE(frame, 0);
    status.writeUInt16BE((this.firstSequence + this.#highestIndex) & 0xffff, 4);
    status.writeUInt16BE((this.firstSequence + Math.max(0, firstHole)) & 0xffff, 6);
    status.writeUInt16BE(missing, 8);
    status.writeUInt16BE(this.dataCount, 10);
    status.writeUInt16BE(this.parityCount, 12);
    status.writeUInt16BE(this.dataReceived, 14);
    status.writeUInt16BE(this.parityReceived, 16);
    status.writeUInt8(this.percent, 18);
    status.writeUInt8(place.block, 19);
    status.writeUInt8(place.blockCount, 20);
    return status;
  }
}
