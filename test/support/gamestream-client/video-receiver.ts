/**
 * What a player does with video datagrams: gathers blocks, rebuilds what is missing, drops what
 * cannot be rebuilt once a later frame begins, reports both, and forwards whole access units.
 */
import { createDecipheriv } from "node:crypto";
import { Block, readShard, type Shard } from "./video-block.ts";

export type WholeFrame = {
  readonly number: number;
  readonly isKey: boolean;
  /** When it was whole. */
  readonly atMs: number;
  /** Tenths of a millisecond, as the host says. */
  readonly latencyTenthMs: number;
  readonly unit: Uint8Array;
  readonly blockCount: number;
};

export type VideoReceiverOptions = {
  /** Key of the session when the datagrams are sealed. */
  readonly key?: Buffer | undefined;
  /** Datagrams to throw away. */
  isThrown(): boolean;
  onFrame(frame: WholeFrame): void;
  onStatus(status: Buffer): void;
  onLost(first: number, last: number): void;
};

export class VideoReceiver {
  readonly #options: VideoReceiverOptions;
  readonly #blocks = new Map<number, Block>();
  #frame = 0;
  #blockCount = 1;
  #lastWhole = 0;
  /** Datagrams that came, those of frames that are whole already too. */
  arrivedCount = 0;
  receivedCount = 0;
  thrownCount = 0;
  rebuiltCount = 0;
  lostFrameCount = 0;

  constructor(options: VideoReceiverOptions) {
    this.#options = options;
  }

  receive(datagram: Uint8Array): void {
    this.arrivedCount += 1;
    const bytes = this.#open(datagram);
    const shard = readShard(bytes);
    if (shard.frame < this.#frame || shard.frame <= this.#lastWhole) return;
    if (this.#options.isThrown()) {
      this.thrownCount += 1;
      if (shard.frame === this.#frame) this.#blockOf(shard).thrown.set(shard.index, bytes);
      return;
    }
    this.receivedCount += 1;
    if (shard.frame !== this.#frame) this.#begin(shard);
    const block = this.#blockOf(shard);
    if (block.isDone) return;
    block.add(shard);
    if (block.canBeMade) this.#make(shard.block, block);
    this.#finish();
  }

  #open(datagram: Uint8Array): Uint8Array {
    const { key } = this.#options;
    if (key === undefined) return Uint8Array.from(datagram);
    const decipher = createDecipheriv("aes-128-gcm", key, datagram.subarray(0, 12));
    decipher.setAuthTag(datagram.subarray(16, 32));
    const plain = Buffer.concat([decipher.update(datagram.subarray(32)), decipher.final()]);
    return Uint8Array.from(plain);
  }

  #begin(shard: Shard): void {
    if (this.#frame !== 0 && this.#frame !== this.#lastWhole) this.#giveUp();
    const expected = this.#lastWhole + 1;
    if (this.#lastWhole > 0 && shard.frame > expected) {
      this.#options.onLost(expected, shard.frame - 1);
      this.lostFrameCount += shard.frame - expected;
      this.#lastWhole = shard.frame - 1;
    }
    this.#blocks.clear();
    this.#frame = shard.frame;
    this.#blockCount = shard.lastBlock + 1;
  }

  #giveUp(): void {
    for (const [index, block] of this.#blocks) {
      if (block.isDone) continue;
      const place = { block: index, blockCount: this.#blockCount };
      this.#options.onStatus(block.status(this.#frame, place));
    }
  }

  #blockOf(shard: Shard): Block {
    let block = this.#blocks.get(shard.block);
    if (block === undefined) {
      block = new Block(shard);
      this.#blocks.set(shard.block, block);
    }
    return block;
  }

  #make(index: number, block: Block): void {
    const isRepair = block.dataReceived < block.dataCount;
    const place = { block: index, blockCount: this.#blockCount };
    if (isRepair) this.#options.onStatus(block.status(this.#frame, place));
    block.make();
    this.rebuiltCount += block.rebuiltCount;
  }

  #finish(): void {
    const blocks = [...this.#blocks.entries()].sort(([left], [right]) => left - right);
    if (blocks.length < this.#blockCount || blocks.some(([, block]) => !block.isDone)) return;
    const payloads = blocks.flatMap(([, block]) => block.payloads());
    const head = payloads[0] ?? new Uint8Array(8);
    const view = new DataView(head.buffer, head.byteOffset, 8);
    const lastBytes = view.getUint16(4, true);
    const last = payloads.pop() ?? new Uint8Array(0);
    const whole = Buffer.concat([...payloads, last.subarray(0, lastBytes)]);
    this.#lastWhole = this.#frame;
    this.#options.onFrame({
      number: this.#frame,
      isKey: view.getUint8(3) === 2,
      atMs: performance.now(),
      latencyTenthMs: view.getUint16(1, true),
      unit: Uint8Array.from(whole.subarray(8)),
      blockCount: this.#blockCount,
    });
  }
}
