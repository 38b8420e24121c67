/**
 * Hot path: takes encoded frames, has them cut into datagrams, and hands these to the kernel.
 *
 * One frame at a time; the next waits in a short queue. With the queue full the oldest frame that
 * is no key frame goes, and so do those after it up to the next key frame: all counted, and an IDR
 * asked for. Datagrams leave in groups of 64, one group a millisecond: some 0.7 Gbit/s, four fifths
 * of the link that players are expected behind. What the kernel does not take is offered again
 * until the frame's interval is over, then counted and left.
 */
import type { Clock, Micros } from "../base/clock.ts";
import { sleepUntil } from "../base/timer.ts";
import type { FramePacketizer } from "../stages/gamestream-packetizer.ts";
import type { EncodedFrame } from "../video/link.ts";
import type { LossLedger } from "./loss-ledger.ts";
import type { UdpAddress } from "./udp.ts";

/** An encoded frame on loan; released when it is sent or dropped. */
export type LentFrame = EncodedFrame & { release(): void };

/** Hands datagrams to the kernel: `[bytes, port, host, …]`; gives how many it took. Never throws. */
export type Outlet = (list: (Uint8Array | string | number)[]) => number;

export type SentFrame = {
  readonly takenUs: Micros;
  readonly sealedUs: Micros;
  readonly handedUs: Micros;
  /** Media payload of the frame; the share of the datagrams that the kernel took. */
  readonly byteCount: number;
};

export type VideoSenderOptions = {
  readonly clock: Clock;
  readonly packetizer: FramePacketizer;
  readonly ledger: LossLedger;
  readonly outlet: Outlet;
  readonly frameIntervalUs: number;
  /** The player's floor of parity per block. */
  readonly parityCountMin: number;
  /** Called before a frame is cut and after its last datagram. */
  onTaken(frame: LentFrame, takenUs: Micros): void;
  onSent(frame: LentFrame, sent: SentFrame): void;
  /** The stream has a hole that only a key frame mends. */
  onBroken(): void;
};

const queueFrameCountMax = 4;
const groupPacketCount = 64;
const groupIntervalUs = 1000;
const retryIntervalUs = 1000;

export class VideoSender {
  /** Where the player's socket is; frames that come before it is known are dropped uncounted. */
  address: UdpAddress | undefined;
  framesSentCount = 0;
  /** Frames that were encoded and not sent. */
  framesDroppedCount = 0;
  /** Media payload. */
  bytesSentCount = 0;
  packetsSentCount = 0;
  /** Datagrams the kernel did not take. */
  sendDroppedCount = 0;

  readonly #options: VideoSenderOptions;
  readonly #queue: LentFrame[] = [];
  readonly #list: (Uint8Array | string | number)[] = [];
  #isSending = false;
  #isClosed = false;
  #needsKey = true;
  #startUs: Micros | undefined;
  /** What cutting and sealing a datagram has taken lately. */
  #packetizeUsPerPacket = 0;

  constructor(options: VideoSenderOptions) {
    this.#options = options;
  }

  /** Takes the frame over. Never waits. */
  push(frame: LentFrame): void {
    if (this.#isClosed || this.address === undefined) {
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
    }
    this.#isSending = false;
  }

  async #send(frame: LentFrame): Promise<void> {
    const { clock, packetizer, ledger } = this.#options;
    const takenUs = clock.nowUs();
    this.#options.onTaken(frame, takenUs);
    const packetCount = this.#packetize(frame, takenUs);
    const sealedUs = clock.nowUs();
    if (packetCount === 0) {
      this.#needsKey = true;
      this.#drop(frame);
      return;
    }
    const usPerPacket = (sealedUs - takenUs) / packetCount;
    this.#packetizeUsPerPacket += (usPerPacket - this.#packetizeUsPerPacket) / 8;
    const sentCount = await this.#hand(packetCount, sealedUs);
    ledger.sent(packetizer.frameNumber, packetCount, packetCount - sentCount);
    const byteCount = Math.round((frame.byteCount * sentCount) / packetCount);
    this.framesSentCount += 1;
    this.bytesSentCount += byteCount;
    this.#options.onSent(frame, { takenUs, sealedUs, handedUs: clock.nowUs(), byteCount });
    frame.release();
  }

  /**
   * The time that the player shows is capture to sealed. It goes into a packet before parity covers
   * it, so that what is left of this stage is added as it has been lately, to a tenth of a
   * millisecond.
   */
  #packetize(frame: LentFrame, takenUs: Micros): number {
    const { packetizer, ledger, parityCountMin } = this.#options;
    const unit = new Uint8Array(frame.buffer, 0, frame.byteCount);
    this.#startUs ??= frame.captureStartUs;
    const restUs = this.#packetizeUsPerPacket * packetizer.shardCountOf(frame.byteCount);
    return packetizer.packetize(
      unit,
      {
        isKey: frame.isKey,
        time90k: Math.round(((frame.captureStartUs - this.#startUs) * 90) / 1000) >>> 0,
        latencyTenthMs: Math.max(1, Math.round((takenUs - frame.captureStartUs + restUs) / 100)),
      },
      { lossShare: ledger.lossShare, parityCountMin },
    );
  }

  /** Gives how many datagrams the kernel took. */
  async #hand(packetCount: number, startUs: Micros): Promise<number> {
    const { clock, frameIntervalUs } = this.#options;
    const deadlineUs = startUs + frameIntervalUs;
    let sentCount = 0;
    for (let first = 0; first < packetCount && !this.#isClosed; first += groupPacketCount) {
      if (first > 0) {
        const dueUs = startUs + (first / groupPacketCount) * groupIntervalUs;
        await sleepUntil(clock, dueUs as Micros);
      }
      const end = Math.min(packetCount, first + groupPacketCount);
      let taken = this.#offer(first, end);
      while (first + taken < end && clock.nowUs() < deadlineUs && !this.#isClosed) {
        await sleepUntil(clock, (clock.nowUs() + retryIntervalUs) as Micros);
        taken += this.#offer(first + taken, end);
      }
      this.sendDroppedCount += end - first - taken;
      sentCount += taken;
    }
    this.packetsSentCount += sentCount;
    return sentCount;
  }

  #offer(first: number, end: number): number {
    const { packetizer, outlet } = this.#options;
    const { address } = this;
    if (address === undefined || this.#isClosed) return 0;
    const list = this.#list;
    list.length = 0;
    for (let slot = first; slot < end; slot++) {
      list.push(packetizer.slots[slot] ?? "", address.port, address.host);
    }
    return outlet(list);
  }
}
