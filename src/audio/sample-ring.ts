/**
 * Samples between a source that delivers irregularly and an encoder that reads fixed amounts. When
 * full it drops the oldest; when empty it returns silence.
 */
import type { ChannelCount } from "./format.ts";

/** 16-bit samples, interleaved; at most `sampleCountMax` per channel. */
export class SampleRing {
  readonly #samples: Int16Array;
  readonly #channelCount: ChannelCount;
  #start = 0;
  #count = 0;

  /** Capacity in samples per channel. */
  constructor(options: { readonly sampleCountMax: number; readonly channelCount: ChannelCount }) {
    this.#channelCount = options.channelCount;
    this.#samples = new Int16Array(options.sampleCountMax * options.channelCount);
  }

  /** Queued samples per channel. */
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

  /** Drops the oldest; returns how many per channel. */
  drop(sampleCount: number): number {
    const count = Math.min(this.#count, sampleCount * this.#channelCount);
    this.#start = (this.#start + count) % this.#samples.length;
    this.#count -= count;
    return count / this.#channelCount;
  }

  /** Fills `target`; missing samples are silence. */
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
