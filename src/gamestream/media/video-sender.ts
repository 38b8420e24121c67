/**
 * Hot path: a GameStream session's video on its way to the player. Frames are cut and sealed whole
 * before the first datagram leaves; at most 64 leave in a millisecond, some 0.7 Gbit/s: more at
 * once overflows players' sockets.
 */
import type { Clock, Micros } from "../../base/clock.ts";
import type { ParityBounds, ParityNeed } from "../../parity/plan.ts";
import type { LentFrame } from "../../session/frame-queue.ts";
import {
  PacedSender,
  type PacedSenderOptions,
  type Packetizer,
} from "../../session/paced-sender.ts";
import type { Peer } from "../../session/udp.ts";
import type { FecLossCounter } from "./loss-counter.ts";
import type { DatagramOutlet } from "./port.ts";
import type { FramePacketizer } from "./video-packetizer.ts";

type FramesOptions = {
  readonly clock: Clock;
  readonly packetizer: FramePacketizer;
  readonly losses: FecLossCounter;
  /** The player's floor of parity per block. */
  readonly parityCountMin: number;
  readonly parityBounds: ParityBounds;
};

export type VideoSenderOptions = FramesOptions &
  Omit<PacedSenderOptions, "packetizer" | "send" | "groupPacketCountMax"> & {
    readonly outlet: DatagramOutlet;
  };

const groupPacketCountMax = 64;

/** Sends a session's video to the address of its player. */
export class VideoSender {
  /** Address of the player; frames before it is known are neither sent nor counted. */
  address: Peer | undefined;
  /** Paces, counts and drops. */
  readonly paced: PacedSender;
  readonly #frames: VideoFrames;

  constructor({ outlet, ...options }: VideoSenderOptions) {
    this.#frames = new VideoFrames(options);
    this.paced = new PacedSender({
      ...options,
      packetizer: this.#frames,
      groupPacketCountMax,
      send: (datagrams, first) =>
        this.address === undefined ? 0 : outlet(datagrams, first, this.address),
    });
  }

  /** Applies from the next frame on. */
  set parityBounds(bounds: ParityBounds) {
    this.#frames.bounds = bounds;
  }

  /** Takes the frame over. Never waits. */
  push(frame: LentFrame): void {
    if (this.address === undefined) frame.release();
    else this.paced.push(frame);
  }
}

class VideoFrames implements Packetizer {
  readonly #options: FramesOptions;
  readonly #need: { -readonly [Name in keyof ParityNeed]: ParityNeed[Name] };
  #startUs: Micros | undefined;
  #byteCount = 0;
  #packetCount = 0;
  #refusedCount = 0;
  /** Recent time of cutting and sealing a datagram. */
  #usPerPacket = 0;

  constructor(options: FramesOptions) {
    this.#options = options;
    const { parityCountMin, parityBounds: bounds } = options;
    this.#need = { lossShare: 0, parityCountMin, bounds };
  }

  set bounds(bounds: ParityBounds) {
    this.#need.bounds = bounds;
  }

  get parityCount(): number {
    return this.#options.packetizer.parityCount;
  }

  /**
   * The time that the player shows is capture to sealed. It is written before parity covers it, so
   * the remaining part of this stage is added as a recent average, to a tenth of a millisecond.
   */
  begin(frame: LentFrame, takenUs: Micros): number {
    const { clock, packetizer, losses } = this.#options;
    const unit = new Uint8Array(frame.buffer, 0, frame.byteCount);
    this.#startUs ??= frame.captureStartUs;
    this.#need.lossShare = losses.lossShare;
    const restUs = this.#usPerPacket * packetizer.shardCountOf(frame.byteCount);
    const head = {
      isKey: frame.isKey,
      time90k: Math.round(((frame.captureStartUs - this.#startUs) * 90) / 1000) >>> 0,
      latencyTenthMs: Math.max(1, Math.round((takenUs - frame.captureStartUs + restUs) / 100)),
    };
    this.#packetCount = packetizer.packetize(unit, head, this.#need);
    this.#byteCount = frame.byteCount;
    this.#refusedCount = 0;
    if (this.#packetCount === 0) return 0;
    losses.begins(packetizer.frameNumber, frame.slot);
    const usPerPacket = (clock.nowUs() - takenUs) / this.#packetCount;
    this.#usPerPacket += (usPerPacket - this.#usPerPacket) / 8;
    return this.#packetCount;
  }

  addTo(batch: Uint8Array[], first: number, end: number): void {
    const { slots } = this.#options.packetizer;
    for (let slot = first; slot < end; slot++) {
      const datagram = slots[slot];
      if (datagram !== undefined) batch.push(datagram);
    }
  }

  /** Datagrams are equally long: each stands for its share of the frame. */
  mediaBytes(first: number, end: number): number {
    return this.#bytesBefore(end) - this.#bytesBefore(first);
  }

  refuse(count: number): void {
    this.#refusedCount += count;
  }

  finish(): void {
    const { packetizer, losses } = this.#options;
    losses.sent(packetizer.frameNumber, this.#packetCount, this.#refusedCount);
  }

  #bytesBefore(packet: number): number {
    return Math.round((this.#byteCount * packet) / this.#packetCount);
  }
}
