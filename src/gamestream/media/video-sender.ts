/**
 * Hot path: takes encoded frames, has them cut into datagrams, and hands these to the kernel.
 *
 * Datagrams leave in groups, one a millisecond, over the share of the frame's interval that the
 * operator set; at most 64 in a group, some 0.7 Gbit/s: more at once overflows players' sockets.
 * What the kernel does not take is offered again until the frame's interval is over, then counted
 * and left.
 */
import type { Clock, Micros } from "../../base/clock.ts";
import { sleepUntil } from "../../base/timer.ts";
import type { ParityBounds, ParityNeed } from "../../parity/plan.ts";
import { FrameQueue, type LentFrame } from "../../session/frame-queue.ts";
import { groupCountOf, groupDueUs, groupEnd } from "../../session/pacing.ts";
import type { Peer } from "../../session/udp.ts";
import type { LossLedger } from "./loss-counter.ts";
import type { Outlet } from "./port.ts";
import type { FramePacketizer } from "./video-packetizer.ts";

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

const groupPacketCountMax = 64;
const retryIntervalUs = 1000;

export class VideoSender {
  /** Where the player's socket is; frames that come before it is known are dropped uncounted. */
  address: Peer | undefined;
  /** Read anew for every frame. */
  pace: Pace;
  framesSentCount = 0;
  /** Media payload. */
  bytesSentCount = 0;
  packetsSentCount = 0;
  /** Datagrams the kernel did not take. */
  sendDroppedCount = 0;

  readonly #options: VideoSenderOptions;
  readonly #queue: FrameQueue;
  /** The group that the kernel is offered now. */
  readonly #group: Uint8Array[] = [];
  readonly #need: { -readonly [Name in keyof ParityNeed]: ParityNeed[Name] };
  #startUs: Micros | undefined;
  /** What cutting and sealing a datagram has taken lately. */
  #packetizeUsPerPacket = 0;

  constructor(options: VideoSenderOptions) {
    this.#options = options;
    this.pace = options.pace;
    const { onBroken } = options;
    this.#queue = new FrameQueue({ send: (frame) => this.#send(frame), onBroken });
    const { parityCountMin, parityBounds: bounds } = options;
    this.#need = { lossShare: 0, parityCountMin, bounds };
  }

  /** Held to from the next frame on. */
  set parityBounds(bounds: ParityBounds) {
    this.#need.bounds = bounds;
  }

  /** Frames that were encoded and not sent. */
  get framesDroppedCount(): number {
    return this.#queue.droppedCount;
  }

  /** Takes the frame over. Never waits. */
  push(frame: LentFrame): void {
    if (this.address === undefined) frame.release();
    else this.#queue.push(frame);
  }

  /** Releases what waits; a frame that is being sent stops at its next group. */
  close(): void {
    this.#queue.close();
  }

  async #send(frame: LentFrame): Promise<boolean> {
    const { clock, packetizer, ledger } = this.#options;
    const takenUs = clock.nowUs();
    this.#options.onTaken(frame, takenUs);
    const packetCount = this.#packetize(frame, takenUs);
    const sealedUs = clock.nowUs();
    if (packetCount === 0) return false;
    const usPerPacket = (sealedUs - takenUs) / packetCount;
    this.#packetizeUsPerPacket += (usPerPacket - this.#packetizeUsPerPacket) / 8;
    const sentCount = await this.#hand(packetCount, sealedUs);
    ledger.sent(packetizer.frameNumber, packetCount, packetCount - sentCount);
    const byteCount = Math.round((frame.byteCount * sentCount) / packetCount);
    this.framesSentCount += 1;
    this.bytesSentCount += byteCount;
    this.#options.onSent(frame, { takenUs, sealedUs, handedUs: clock.nowUs(), byteCount });
    return true;
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
    for (let group = 0; group < groupCount && !this.#queue.isClosed; group++) {
      if (group > 0) await sleepUntil(clock, (startUs + groupDueUs(group)) as Micros);
      const first = end;
      end = groupEnd(group, groupCount, packetCount);
      this.#fillGroup(first, end);
      let taken = this.#offer(0);
      while (first + taken < end && clock.nowUs() < deadlineUs && !this.#queue.isClosed) {
        await sleepUntil(clock, (clock.nowUs() + retryIntervalUs) as Micros);
        taken += this.#offer(taken);
      }
      this.sendDroppedCount += end - first - taken;
      sentCount += taken;
    }
    this.packetsSentCount += sentCount;
    return sentCount;
  }

  #fillGroup(first: number, end: number): void {
    const { slots } = this.#options.packetizer;
    this.#group.length = 0;
    for (let slot = first; slot < end; slot++) {
      const datagram = slots[slot];
      if (datagram !== undefined) this.#group.push(datagram);
    }
  }

  /** Offers what the kernel has not taken of the group; gives how many it took now. */
  #offer(first: number): number {
    if (this.address === undefined || this.#queue.isClosed) return 0;
    return this.#options.outlet(this.#group, first, this.address);
  }
}
