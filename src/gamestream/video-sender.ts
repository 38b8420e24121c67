/**
 * Hot path: takes encoded frames, has them cut into datagrams, and hands these to the kernel.
 *
 * One frame at a time; the next waits in a short queue. With the queue full the oldest frame that
 * is no key frame goes, and so do those after it up to the next key frame: all counted, and an IDR
 * asked for. Datagrams leave in groups, one a millisecond, over the share of the frame's interval
 * that the operator set; at most 64 in a group, some 0.7 Gbit/s: more at once overflows players'
 * sockets. What the kernel does not take is offered again until the frame's interval is over, then
 * counted and left.
 */
import type { Clock, Micros } from "../base/clock.ts";
import { sleepUntil } from "../base/timer.ts";
import type { FramePacketizer } from "../stages/gamestream-packetizer.ts";
import { groupCountOf, groupDueUs, groupEnd } from "../stages/pacing.ts";
import type { ParityBounds, ParityNeed } from "../stages/parity-plan.ts";
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

/** How a frame's packets are spread over time. */
export type Pace = {
  /** Interval between frames; what the kernel has not taken by then is given up. */
  readonly frameIntervalUs: number;
  /** Share of that interval over which the packets leave; with 0 a group holds as many as it may. */
  readonly share: number;
};

export type VideoSenderOptions = {
  readonly clock: Clock;
  readonly packetizer: FramePacketizer;
  readonly ledger: LossLedger;
  readonly outlet: Outlet;
  readonly pace: Pace;
  /** The player's floor of parity per block. */
  readonly parityCountMin: number;
  readonly parityBounds: ParityBounds;
  /** Called before a frame is cut and after its last datagram. */
  onTaken(frame: LentFrame, takenUs: Micros): void;
  onSent(frame: LentFrame, sent: SentFrame): void;
  /** The stream has a hole that only a key frame mends. */
  onBroken(): void;
};

const queueFrameCountMax = 4;
const groupPacketCountMax = 64;
const retryIntervalUs = 1000;

export class VideoSender {
  /** Where the player's socket is; frames that come before it is known are dropped uncounted. */
  address: UdpAddress | undefined;
  /** Read anew for every frame. */
  pace: Pace;
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
  readonly #need: { -readonly [Name in keyof ParityNeed]: ParityNeed[Name] };
  #isSending = false;
  #isClosed = false;
  #needsKey = true;
  #startUs: Micros | undefined;
  /** What cutting and sealing a datagram has taken lately. */
  #packetizeUsPerPacket = 0;

  constructor(options: VideoSenderOptions) {
    this.#options = options;
    this.pace = options.pace;
    const { parityCountMin, parityBounds: bounds } = options;
    this.#need = { lossShare: 0, parityCountMin, bounds };
  }

  /** Held to from the next frame on. */
  set parityBounds(bounds: ParityBounds) {
    this.#need.bounds = bounds;
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
    const { packetizer, ledger } = this.#options;
    const unit = new Uint8Array(frame.buffer, 0, frame.byteCount);
    this.#startUs ??= frame.captureStartUs;
    this.#need.lossShare = ledger.lossShare;
    const restUs = this.#packetizeUsPerPacket * packetizer.shardCountOf(frame.byteCount);
    return packetizer.packetize(
      unit,
      {
        isKey: frame.isKey,
        time90k: Math.round(((frame.captureStartUs - this.#startUs) * 90) / 1000) >>> 0,
        latencyTenthMs: Math.max(1, Math.round((takenUs - frame.captureStartUs + restUs) / 100)),
      },
      this.#need,
    );
  }

  /** Gives how many datagrams the kernel took. */
  async #hand(packetCount: number, startUs: Micros): Promise<number> {
    const { clock } = this.#options;
    const { frameIntervalUs, share } = this.pace;
    const deadlineUs = startUs + frameIntervalUs;
    const groupCount = Math.max(
      groupCountOf(packetCount, frameIntervalUs * share),
      Math.ceil(packetCount / groupPacketCountMax),
    );
    let sentCount = 0;
    let end = 0;
    for (let group = 0; group < groupCount && !this.#isClosed; group++) {
      if (group > 0) await sleepUntil(clock, (startUs + groupDueUs(group)) as Micros);
      const first = end;
      end = groupEnd(group, groupCount, packetCount);
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
