/**
 * Samples between a source that delivers when it likes and an encoder that wants so many now. Full,
 * it forgets the oldest; empty, it gives silence.
 */
import { channelCount } from "./format.ts";

/** Stereo samples, 16 bits, left and right in turn; at most `sampleCountMax` of each. */
export class SampleRing {
  readonly #samples: Int16Array;
  #start = 0;
  #count = 0;

  /** Samples of each channel that fit. */
  constructor(options: { readonly sampleCountMax: number }) {
    this.#samples = new Int16Array(options.sampleCountMax * channelCount);
  }

  /** Samples of each channel that wait. */
  get count(): number {
    return this.#count / channelCount;
  }

  write(samples: Int16Array): void {
    const room = this.#samples.length;
    for (const sample of samples) {
      this.#samples[(this.#start + this.#count) % room] = sample;
      if (this.#count < room) this.#count += 1;
      else this.#start = (this.#start + 1) % room;
    }
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
