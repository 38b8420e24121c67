/**
 * Makes a packet every few milliseconds by the one clock. Late packets are caught up at once; a
 * loop that was blocked for longer continues from now.
 */
import type { Clock, Micros } from "../base/clock.ts";
import { sleepUntil } from "../base/timer.ts";
import { type ChannelCount, type SoundSource, samplesIn } from "./format.ts";
import { encoderDelayUs, OpusPacker } from "./opus.ts";

const lateUsMax = 100_000;

/** Owns its source; runs until it is closed. */
export class SoundLoop {
  readonly #clock: Clock;
  readonly #packetMs: number;
  readonly #onPacket: (bytes: Uint8Array, atUs: Micros, isSilent: boolean) => void;
  readonly #channelCount: ChannelCount;
  readonly #packer: OpusPacker;
  #source: SoundSource;
  #isClosed = false;

  constructor(options: {
    readonly clock: Clock;
    readonly packetMs: number;
    readonly channelCount: ChannelCount;
    readonly source: SoundSource;
    /**
     * @param atUs when the source played the first of the samples
     * @param isSilent the source had nothing to play
     */
    onPacket(bytes: Uint8Array, atUs: Micros, isSilent: boolean): void;
  }) {
    this.#clock = options.clock;
    this.#packetMs = options.packetMs;
    this.#channelCount = options.channelCount;
    this.#packer = new OpusPacker(options.channelCount);
    this.#source = options.source;
    this.#onPacket = options.onPacket;
  }

  /** From the next packet on; the previous source is closed. */
  replaceSource(source: SoundSource): void {
    this.#source.close();
    this.#source = source;
  }

  /** Resolves after `close`. */
  async run(): Promise<void> {
    const samples = new Int16Array(samplesIn(this.#packetMs) * this.#channelCount);
    let dueUs = this.#clock.nowUs();
    while (!this.#isClosed) {
      this.#source.read(samples, dueUs);
      const atUs = dueUs - (this.#source.delayUs ?? 0) - encoderDelayUs;
      const isSilent = this.#source.isSilent ?? false;
      this.#onPacket(this.#packer.pack(samples), atUs as Micros, isSilent);
      dueUs = (dueUs + this.#packetMs * 1000) as Micros;
      const nowUs = this.#clock.nowUs();
      if (nowUs - dueUs > lateUsMax) dueUs = nowUs;
      await sleepUntil(this.#clock, dueUs);
    }
    this.#source.close();
  }

  close(): void {
    this.#isClosed = true;
  }
}
