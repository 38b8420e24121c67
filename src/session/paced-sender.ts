/**
 * Per frame: takes encoded frames, has them cut into datagrams, and hands these to the kernel in
 * groups, one a millisecond, over a share of the frame's interval.
 *
 * What the kernel does not take is offered again a millisecond later until the frame's own interval
 * is over, then counted and left. How a frame is cut is the path's: its `Packetizer`.
 */
import type { Clock, Micros } from "../base/clock.ts";
import { sleepUntil } from "../base/timer.ts";
import { FrameQueue, type LentFrame } from "./frame-queue.ts";
import { emptyRecord, type FrameRecord, fillRecord } from "./frame-record.ts";
import { groupCountOf, groupDueUs, groupEnd } from "./pacing.ts";

/** Splits frames into datagrams: the part of sending that differs between the paths. */
export type Packetizer = {
  /**
   * The following calls are about this frame. Returns its number of datagrams; 0 = it cannot be
   * sent.
   */
  begin(frame: LentFrame, takenUs: Micros): number;
  /**
   * Adds the datagrams from index `first` up to, not including, `end` to `batch`: at most
   * `batchPacketCountMax`, each requested once and in order. They stay valid until the next call.
   */
  addTo(batch: Uint8Array[], first: number, end: number): void;
  /** Media payload of the datagrams of the last batch from `first` up to `end`. */
  mediaBytes(first: number, end: number): number;
  /** The kernel refused this many datagrams of the last batch, its last ones. */
  refuse(count: number): void;
  /** All of the frame's datagrams have been offered. */
  finish(): void;
  /** Datagrams of the frame that carry parity. */
  readonly parityCount: number;
};

/** How a frame's packets are spread over time. */
export type Pace = {
  /** Interval between frames; datagrams that the kernel has not accepted by then are dropped. */
  readonly frameIntervalUs: number;
  /** Share of that interval over which the packets are sent; with 0 as fast as groups allow. */
  readonly share: number;
};

/** The path's part: how frames are split, where datagrams go, who is notified. */
export type PacedSenderOptions = {
  readonly clock: Clock;
  readonly packetizer: Packetizer;
  readonly pace: Pace;
  /** Datagrams that may be sent in one millisecond; any number by default. */
  readonly groupPacketCountMax?: number;
  /**
   * Passes datagrams from index `first` on to the kernel and returns how many it accepted. Never
   * throws.
   */
  send(datagrams: readonly Uint8Array[], first: number): number;
  /** Called before a frame's first packet, and after its last with all its data. */
  onTaken(frame: LentFrame, takenUs: Micros): void;
  onSent(record: FrameRecord): void;
  /** Never sent: the stream has a gap that only a key frame repairs. */
  onDropped(record: FrameRecord): void;
};

/** Datagrams that the kernel is offered at once; a larger group takes several calls. */
export const batchPacketCountMax = 64;
const retryIntervalUs = 1000;

/** Sends the frames of one session, one after the other; owns no socket. */
export class PacedSender {
  /** Applies from the next frame on. */
  pace: Pace;
  framesSentCount = 0;
  /** Media payload whose packets the kernel accepted. */
  bytesSentCount = 0;
  packetsSentCount = 0;
  /** Datagrams that the kernel refused, parity included. */
  sendDroppedCount = 0;
  readonly #options: PacedSenderOptions;
  readonly #queue: FrameQueue;
  readonly #record = emptyRecord();
  readonly #dropped = emptyRecord();
  /** The datagrams being offered to the kernel, and how many it has accepted. */
  readonly #batch: Uint8Array[] = [];
  #batchFirst = 0;
  #taken = 0;

  constructor(options: PacedSenderOptions) {
    this.#options = options;
    this.pace = options.pace;
    this.#queue = new FrameQueue({
      send: (frame) => this.#send(frame),
      onDropped: (frame) => this.#drop(frame),
    });
  }

  /** Frames that were encoded and not sent. */
  get framesDroppedCount(): number {
    return this.#queue.droppedCount;
  }

  /** Takes the frame over. Never waits. */
  push(frame: LentFrame): void {
    this.#queue.push(frame);
  }

  /** Releases queued frames; the one being sent stops at its next group. */
  close(): void {
    this.#queue.close();
  }

  /** False when the frame could not be split. */
  async #send(frame: LentFrame): Promise<boolean> {
    const { clock, packetizer, onTaken, onSent } = this.#options;
    const takenUs = clock.nowUs();
    onTaken(frame, takenUs);
    const packetCount = packetizer.begin(frame, takenUs);
    if (packetCount === 0) return false;
    const packetizedUs = clock.nowUs();
    const record = this.#record;
    fillRecord(record, frame, takenUs);
    record.packetizedUs = packetizedUs;
    record.parityCount = packetizer.parityCount;
    record.packetCount = packetCount - record.parityCount;
    await this.#handOver(packetCount, packetizedUs);
    packetizer.finish();
    record.handedUs = clock.nowUs();
    if (record.refusedCount > 0) record.fate = "refused";
    this.framesSentCount += 1;
    this.bytesSentCount += record.byteCount;
    onSent(record);
    return true;
  }

  #drop(frame: LentFrame): void {
    fillRecord(this.#dropped, frame, this.#options.clock.nowUs());
    this.#dropped.fate = "dropped";
    this.#options.onDropped(this.#dropped);
  }

  async #handOver(packetCount: number, startUs: Micros): Promise<void> {
    const { clock } = this.#options;
    const groupCount = this.#groupCount(packetCount);
    const deadlineUs = startUs + this.pace.frameIntervalUs;
    let first = 0;
    for (let group = 0; group < groupCount; group++) {
      if (group > 0) await sleepUntil(clock, (startUs + groupDueUs(group)) as Micros);
      const groupUpTo = groupEnd(group, groupCount, packetCount);
      while (first < groupUpTo) {
        if (this.#queue.isClosed) return;
        const end = Math.min(groupUpTo, first + batchPacketCountMax);
        if (!this.#offerNew(first, end)) await this.#offerAgain(deadlineUs);
        first = end;
      }
    }
  }

  #groupCount(packetCount: number): number {
    const { frameIntervalUs, share } = this.pace;
    const countMax = this.#options.groupPacketCountMax ?? packetCount;
    return Math.max(
      groupCountOf(packetCount, frameIntervalUs * share),
      Math.ceil(packetCount / countMax),
    );
  }

  /** False when the kernel refused some of these. */
  #offerNew(first: number, end: number): boolean {
    this.#batch.length = 0;
    this.#options.packetizer.addTo(this.#batch, first, end);
    this.#batchFirst = first;
    this.#taken = 0;
    this.#offer();
    return this.#taken === this.#batch.length;
  }

  /** Offers the kernel the rest of the batch. */
  #offer(): void {
    const { send, packetizer } = this.#options;
    const takenCount = send(this.#batch, this.#taken);
    const from = this.#batchFirst + this.#taken;
    this.#record.byteCount += packetizer.mediaBytes(from, from + takenCount);
    this.#taken += takenCount;
    this.packetsSentCount += takenCount;
  }

  /**
   * The rare path: the kernel's buffer is full. It gets the rest until the frame's time is over.
   */
  async #offerAgain(deadlineUs: number): Promise<void> {
    const { clock, packetizer } = this.#options;
    while (this.#taken < this.#batch.length) {
      if (this.#queue.isClosed || clock.nowUs() >= deadlineUs) break;
      await sleepUntil(clock, (clock.nowUs() + retryIntervalUs) as Micros);
      if (!this.#queue.isClosed) this.#offer();
    }
    const refusedCount = this.#batch.length - this.#taken;
    if (refusedCount === 0) return;
    this.#record.refusedCount += refusedCount;
    this.sendDroppedCount += refusedCount;
    packetizer.refuse(refusedCount);
  }
}
