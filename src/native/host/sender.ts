/**
 * Hot path: takes encoded frames, has them cut and sealed, paces the packets and hands them to the
 * kernel.
 *
 * What the kernel does not take is tried again a millisecond later until the frame's own interval is
 * over, then counted and left.
 */
import { assert } from "../../base/assert.ts";
import type { Clock, Micros } from "../../base/clock.ts";
import { sleepUntil } from "../../base/timer.ts";
import { FrameQueue, type LentFrame } from "../../session/frame-queue.ts";
import { groupCountOf, groupDueUs, groupEnd } from "../../session/pacing.ts";
import { Packetizer, type PacketizerOptions } from "./packetizer.ts";

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

/** How a frame's packets are spread over time. */
export type Pace = {
  /** Interval between frames; what the kernel has not taken by then is given up. */
  readonly frameIntervalUs: number;
  /** Share of that interval over which the packets leave; with 0 all leave at once. */
  readonly share: number;
};

export type SenderOptions = PacketizerOptions & {
  readonly clock: Clock;
  readonly outlet: Outlet;
  readonly pace: Pace;
  /** Called before a frame's first packet and after its last. */
  onTaken(frame: LentFrame, takenUs: Micros): void;
  onSent(frame: LentFrame, sent: SentFrame): void;
  /** The stream has a hole that only a key frame mends. */
  onBroken(): void;
};

/** Packets sealed and handed over at once; a larger group is handed over in several calls. */
const batchPacketCountMax = 64;
const retryIntervalUs = 1000;

export class Sender {
  readonly #options: SenderOptions;
  readonly #packets: Packetizer;
  readonly #queue: FrameQueue;
  readonly #datagrams: Uint8Array[];
  /** The frame being sent, and the batch of its packets that the kernel has last been offered. */
  #packet = 0;
  #handedBytes = 0;
  readonly #batch: Uint8Array[] = [];
  readonly #batchMediaBytes = new Int32Array(batchPacketCountMax);
  #batchSequence = 0;
  #taken = 0;
  /** Read anew for every frame. */
  pace: Pace;
  framesSentCount = 0;
  /** Datagrams the kernel did not take, parity included. */
  sendDroppedCount = 0;
  /** Media payload whose packets the kernel took. */
  bytesSentCount = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#packets = new Packetizer(options);
    this.pace = options.pace;
    const { onBroken } = options;
    this.#queue = new FrameQueue({ send: (frame) => this.#send(frame), onBroken });
    this.#datagrams = Array.from(
      { length: batchPacketCountMax },
      () => new Uint8Array(options.packetBytes),
    );
  }

  /** Frames that were encoded and not sent. */
  get framesDroppedCount(): number {
    return this.#queue.droppedCount;
  }

  /** Takes the frame over. Never waits. */
  push(frame: LentFrame): void {
    this.#queue.push(frame);
  }

  /** Releases what waits; a frame that is being sent stops at its next group. */
  close(): void {
    this.#queue.close();
  }

  async #send(frame: LentFrame): Promise<boolean> {
    const { clock } = this.#options;
    const { frameIntervalUs, share } = this.pace;
    const takenUs = clock.nowUs();
    this.#options.onTaken(frame, takenUs);
    this.#packets.begin(frame);
    this.#packet = 0;
    this.#handedBytes = 0;
    const { packetCount } = this.#packets;
    const groupCount = groupCountOf(packetCount, frameIntervalUs * share);
    const deadlineUs = (takenUs + frameIntervalUs) as Micros;
    for (let group = 0; group < groupCount; group++) {
      if (group > 0) await sleepUntil(clock, (takenUs + groupDueUs(group)) as Micros);
      if (this.#queue.isClosed) break;
      const end = groupEnd(group, groupCount, packetCount);
      while (this.#packet < end) {
        if (!this.#handOver(Math.min(end, this.#packet + batchPacketCountMax))) {
          await this.#retry(deadlineUs);
        }
      }
    }
    this.framesSentCount += 1;
    this.bytesSentCount += this.#handedBytes;
    this.#options.onSent(frame, { takenUs, handedUs: clock.nowUs(), byteCount: this.#handedBytes });
    return true;
  }

  /** Seals and hands over packets up to `end`; false when the kernel left some. */
  #handOver(end: number): boolean {
    this.#batch.length = 0;
    this.#batchSequence = this.#packets.nextSequence;
    for (; this.#packet < end; this.#packet++) this.#seal();
    this.#taken = 0;
    this.#take();
    return this.#taken === this.#batch.length;
  }

  #seal(): void {
    const place = this.#batch.length;
    const datagram = this.#datagrams[place];
    assert(datagram !== undefined, "a batch has a datagram for each of its packets");
    const byteCount = this.#packets.seal(datagram);
    this.#batchMediaBytes[place] = this.#packets.mediaBytes;
    this.#batch.push(byteCount === datagram.length ? datagram : datagram.subarray(0, byteCount));
  }

  /** Offers the kernel what it has not taken of the batch. */
  #take(): void {
    const end = this.#taken + this.#options.outlet.send(this.#batch, this.#taken);
    for (; this.#taken < end; this.#taken++) {
      this.#handedBytes += this.#batchMediaBytes[this.#taken] ?? 0;
    }
  }

  /** The rare way: the kernel is full. It gets the rest until the frame's time is over. */
  async #retry(deadlineUs: Micros): Promise<void> {
    const { clock, outlet } = this.#options;
    while (this.#taken < this.#batch.length) {
      if (this.#queue.isClosed || clock.nowUs() >= deadlineUs) break;
      await sleepUntil(clock, (clock.nowUs() + retryIntervalUs) as Micros);
      if (!this.#queue.isClosed) this.#take();
    }
    const refusedCount = this.#batch.length - this.#taken;
    if (refusedCount === 0) return;
    this.sendDroppedCount += refusedCount;
    outlet.refused(this.#batchSequence + this.#taken, refusedCount);
  }
}
