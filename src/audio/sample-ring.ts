/**
 * Samples between a source that delivers when it likes and an encoder that wants so many now. Full,
 * it forgets the oldest; empty, it gives silence.
 */
import type { ChannelCount } from "./format.ts";

/** Samples of 16 bits, channels in turn; at most `sampleCountMax` of each. */
export class SampleRing {
  readonly #samples: Int16Array;
  readonly #channelCount: ChannelCount;
  #start = 0;
  #count = 0;

  /** Samples of each channel that fit. */
  constructor(options: { readonly sampleCountMax: number; readonly channelCount: ChannelCount }) {
    this.#channelCount = options.channelCount;
    this.#samples = new Int16Array(options.sampleCountMax * options.channelCount);
  }

  /** Samples of each channel that wait. */
  get count(): number {
    return this.#count / this.#channelCount;
  }

  write(samples: Int16Array): void {
    const room = this.#samples.length;
    for (const sample of samples) {
      this.#samples[(this.#start + this.#count) % room] = sample;
      if (this.#count < room) this.#count += 1;
      else this.#start = (this.#start + 1) % room;
    }
  }

  /** Forgets the oldest; answers how many of each channel those were. */
  drop(sampleCount: number): number {
    const count = Math.min(this.#count, sampleCount * this.#channelCount);
    this.#start = (this.#start + count) % this.#samples.length;
    this.#count -= count;
    return count / this.#channelCount;
  }

  /** Fills `target`; what is missing is silence. */
  read(target: Int16Array): void {
    const room = this.#samples.length;
    const count = Math.min(this.#count, target.length);
    for (let index = 0; index < count; index++) {
      target[index] = this.#samples[(this.#start + index) % room] ?? 0;
    }
    target.fill(0, count);
    this.#start = (this.#start + count) % room;
    this.#count -= count;
  }
}
