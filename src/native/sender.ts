/**
 * Hot path: takes encoded frames, cuts, seals and paces them, and hands them to the kernel.
 *
 * One frame at a time; the next waits in a short queue. With the queue full the oldest frame that
 * is no key frame goes, and so do those after it up to the next key frame, because no player could
 * decode them: all counted, and an IDR asked for. What the kernel does not take is tried again a
 * millisecond later until the frame's own interval is over, then counted and left.
 */
import { assert } from "../base/assert.ts";
import type { Clock, Micros } from "../base/clock.ts";
import { sleepUntil } from "../base/timer.ts";
import { blockCountOf, blockStart, dataShardCount } from "../stages/frame-plan.ts";
import { groupCountOf, groupDueUs, groupEnd } from "../stages/pacing.ts";
import {
  emptyShardHeader,
  keyFlag,
  lastFlag,
  packetOverheadBytes,
  repeatFlag,
  shardHeaderBytes,
  viewOf,
  writeShardHeader,
} from "../stages/packet.ts";
import type { Sealer } from "../stages/seal.ts";
import type { EncodedFrame } from "../video/link.ts";

/** An encoded frame on loan; the sender releases it when it is sent or dropped. */
export type LentFrame = EncodedFrame & { release(): void };

/** Where datagrams go; never throws. */
export type Outlet = {
  /** Hands over `datagrams` from index `first` on; gives how many of them the kernel took. */
  send(datagrams: readonly Uint8Array[], first: number): number;
  /** Datagrams with these sequences were given up: the kernel would not have them. */
  refused(firstSequence: number, count: number): void;
};

export type SentFrame = {
  readonly takenUs: Micros;
  readonly handedUs: Micros;
  /** Media payload of the frame that the kernel took. */
  readonly byteCount: number;
};

export type SenderOptions = {
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly outlet: Outlet;
  readonly packetBytes: number;
  /** Interval between frames of the mode. */
  readonly frameIntervalUs: number;
  /** Called before a frame's first packet and after its last. */
  onTaken(frame: LentFrame, takenUs: Micros): void;
  onSent(frame: LentFrame, sent: SentFrame): void;
  /** The stream has a hole that only a key frame mends. */
  onBroken(): void;
};

const queueFrameCountMax = 4;
/** Packets sealed and handed over at once; a larger group is handed over in several calls. */
const batchPacketCountMax = 64;
/** Share of a frame interval over which its packets are spread. */
const pacingShare = 0.5;
const retryIntervalUs = 1000;

export class Sender {
  readonly #options: SenderOptions;
  readonly #shardBytes: number;
  readonly #queue: LentFrame[] = [];
  readonly #header = emptyShardHeader();
  readonly #plain: Uint8Array;
  readonly #plainView: DataView;
  readonly #datagrams: Uint8Array[];
  /** The frame being sent, and the batch of its packets that the kernel has last been offered. */
  #bytes: Uint8Array = new Uint8Array(0);
  #packetCount = 0;
  #packet = 0;
  #blockStart = 0;
  #blockEnd = 0;
  #handedBytes = 0;
  readonly #batch: Uint8Array[] = [];
  #batchFirst = 0;
  #batchSequence = 0;
  #taken = 0;
  #isSending = false;
  #isClosed = false;
  #needsKey = true;
  #frame = 0;
  /** Frames that were encoded and not sent. */
  framesDroppedCount = 0;
  framesSentCount = 0;
  /** Datagrams the kernel did not take. */
  sendDroppedCount = 0;
  /** Media payload whose packets the kernel took. */
  bytesSentCount = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#shardBytes = options.packetBytes - packetOverheadBytes;
    this.#plain = new Uint8Array(shardHeaderBytes + this.#shardBytes);
    this.#plainView = viewOf(this.#plain);
    this.#datagrams = Array.from(
      { length: batchPacketCountMax },
      () => new Uint8Array(options.packetBytes),
    );
  }

  /** Takes the frame over. Never waits. */
  push(frame: LentFrame): void {
    if (this.#isClosed) {
      frame.release();
      return;
    }
    if (this.#queue.length === queueFrameCountMax) this.#makeRoom();
    const isWanted = frame.isKey || !this.#needsKey;
    this.#needsKey = !isWanted || this.#queue.length === queueFrameCountMax;
    if (this.#needsKey) this.#drop(frame);
    else this.#queue.push(frame);
    if (!this.#isSending) {
      this.#isSending = true;
      void this.#sendAll();
    }
  }

  /** Releases what waits; a frame that is being sent stops at its next group. */
  close(): void {
    this.#isClosed = true;
    for (const frame of this.#queue.splice(0)) frame.release();
  }

  /** Drops the oldest frame that is no key frame, and with it what hangs on it. */
  #makeRoom(): void {
    const oldest = this.#queue.findIndex((frame) => !frame.isKey);
    if (oldest === -1) return;
    const nextKey = this.#queue.findIndex((frame, index) => index > oldest && frame.isKey);
    const end = nextKey === -1 ? this.#queue.length : nextKey;
    for (const frame of this.#queue.splice(oldest, end - oldest)) this.#drop(frame);
    if (nextKey === -1) this.#needsKey = true;
  }

  #drop(frame: LentFrame): void {
    this.framesDroppedCount += 1;
    frame.release();
    this.#options.onBroken();
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const frame = this.#queue.shift();
      if (frame === undefined) break;
      await this.#send(frame);
      frame.release();
    }
    this.#isSending = false;
  }

  async #send(frame: LentFrame): Promise<void> {
    const { clock, frameIntervalUs } = this.#options;
    const takenUs = clock.nowUs();
    this.#options.onTaken(frame, takenUs);
    this.#begin(frame);
    const groupCount = groupCountOf(this.#packetCount, frameIntervalUs * pacingShare);
    const deadlineUs = (takenUs + frameIntervalUs) as Micros;
    for (let group = 0; group < groupCount && !this.#isClosed; group++) {
      if (group > 0) await sleepUntil(clock, (takenUs + groupDueUs(group)) as Micros);
      const end = groupEnd(group, groupCount, this.#packetCount);
      while (this.#packet < end) {
        if (!this.#handOver(Math.min(end, this.#packet + batchPacketCountMax))) {
          await this.#retry(deadlineUs);
        }
      }
    }
    this.#frame += 1;
    this.framesSentCount += 1;
    this.bytesSentCount += this.#handedBytes;
    this.#options.onSent(frame, { takenUs, handedUs: clock.nowUs(), byteCount: this.#handedBytes });
  }

  #begin(frame: LentFrame): void {
    const header = this.#header;
    this.#bytes = new Uint8Array(frame.buffer, 0, frame.byteCount);
    this.#packetCount = dataShardCount(frame.byteCount, this.#shardBytes);
    this.#packet = 0;
    this.#handedBytes = 0;
    header.frame = this.#frame;
    header.frameBytes = frame.byteCount;
    header.captureUs = frame.captureStartUs;
    header.blockCount = blockCountOf(this.#packetCount);
    header.parityCount = 0;
    header.flags = (frame.isKey ? keyFlag : 0) | (frame.isRepeat ? repeatFlag : 0);
    this.#enterBlock(0);
  }

  /** Seals and hands over packets up to `end`; false when the kernel left some. */
  #handOver(end: number): boolean {
    this.#batch.length = 0;
    this.#batchFirst = this.#packet;
    this.#batchSequence = this.#options.sealer.nextSequence;
    for (let packet = this.#packet; packet < end; packet++) this.#seal(packet);
    this.#packet = end;
    this.#taken = 0;
    this.#take();
    return this.#taken === this.#batch.length;
  }

  #seal(packet: number): void {
    const header = this.#header;
    if (packet === this.#blockEnd) this.#enterBlock(header.block + 1);
    header.shard = packet - this.#blockStart;
    if (packet === this.#packetCount - 1) header.flags |= lastFlag;
    writeShardHeader(this.#plainView, header);
    const start = packet * this.#shardBytes;
    const end = Math.min(start + this.#shardBytes, header.frameBytes);
    this.#plain.set(this.#bytes.subarray(start, end), shardHeaderBytes);
    const datagram = this.#datagrams[this.#batch.length];
    assert(datagram !== undefined, "a batch has a datagram for each of its packets");
    const isFull = end - start === this.#shardBytes;
    const plain = isFull ? this.#plain : this.#plain.subarray(0, shardHeaderBytes + end - start);
    const byteCount = this.#options.sealer.seal(plain, datagram);
    this.#batch.push(isFull ? datagram : datagram.subarray(0, byteCount));
  }

  #enterBlock(block: number): void {
    const { blockCount } = this.#header;
    this.#header.block = block;
    this.#blockStart = blockStart(block, blockCount, this.#packetCount);
    this.#blockEnd = blockStart(block + 1, blockCount, this.#packetCount);
    this.#header.dataCount = this.#blockEnd - this.#blockStart;
  }

  /** Offers the kernel what it has not taken of the batch. */
  #take(): void {
    const first = this.#batchFirst + this.#taken;
    const takenCount = this.#options.outlet.send(this.#batch, this.#taken);
    this.#taken += takenCount;
    const end = Math.min((first + takenCount) * this.#shardBytes, this.#header.frameBytes);
    this.#handedBytes += Math.max(0, end - first * this.#shardBytes);
  }

  /** The rare way: the kernel is full. It gets the rest until the frame's time is over. */
  async #retry(deadlineUs: Micros): Promise<void> {
    const { clock, outlet } = this.#options;
    while (this.#taken < this.#batch.length) {
      if (this.#isClosed || clock.nowUs() >= deadlineUs) break;
      await sleepUntil(clock, (clock.nowUs() + retryIntervalUs) as Micros);
      if (!this.#isClosed) this.#take();
    }
    const refusedCount = this.#batch.length - this.#taken;
    if (refusedCount === 0) return;
    this.sendDroppedCount += refusedCount;
    outlet.refused(this.#batchSequence + this.#taken, refusedCount);
  }
}
