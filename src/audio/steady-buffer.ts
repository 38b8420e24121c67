/**
 * Hot path: sound between a source with a clock of its own, which delivers irregularly in chunks,
 * and an encoder that reads fixed amounts. Some of it is buffered so that a late chunk is not
 * audible, and the sound is played slightly faster or slower to keep the buffer constant although
 * the two clocks differ.
 */
import type { ChannelCount } from "./format.ts";

/** At most this much faster or slower: less than a tenth of a semitone. */
const stretchMax = 0.005;
/** How far a read moves the average of the buffered amount: about a second of reads of 5 ms. */
const averageShare = 1 / 200;
/** Samples on both sides of a position that its value is interpolated from. */
const curveCount = 4;

/** One source, one reader, one thread. */
export class SteadyBuffer {
  readonly #samples: Int16Array;
  readonly #channelCount: ChannelCount;
  /** Samples per channel: capacity, buffered, queued. */
  readonly #room: number;
  readonly #holdCount: number;
  #count = 0;
  #start = 0;
  /** Position between the first queued sample and the next. */
  #phase = 0;
  #averageCount = 0;
  #isPlaying = false;
  /** Reads that found less than they needed, since the sound began. */
  emptyReadCount = 0;

  /** All in samples per channel. When it is full, the oldest is dropped. */
  constructor(options: {
    readonly holdCount: number;
    readonly sampleCountMax: number;
    readonly channelCount: ChannelCount;
  }) {
    this.#room = options.sampleCountMax;
    this.#holdCount = options.holdCount;
    this.#channelCount = options.channelCount;
    this.#samples = new Int16Array(this.#room * this.#channelCount);
  }

  /** Interleaved; an incomplete last group is dropped. */
  write(samples: Int16Array): void {
    const width = this.#channelCount;
    const count = Math.floor(samples.length / width);
    for (let index = 0; index < count; index++) {
      const place = ((this.#start + this.#count) % this.#room) * width;
      for (let channel = 0; channel < width; channel++)
        this.#samples[place + channel] = samples[index * width + channel] ?? 0;
      if (this.#count < this.#room) this.#count += 1;
      else this.#start = (this.#start + 1) % this.#room;
    }
  }

  /** Fills `target`, with silence until enough is buffered. */
  read(target: Int16Array): void {
    const wanted = target.length / this.#channelCount;
    if (!this.#isPlaying && this.#count >= this.#holdCount + wanted) this.#begin();
    const pace = this.#pace();
    const isEnough = this.#phase + wanted * pace + curveCount <= this.#count;
    if (this.#isPlaying && !isEnough) {
      this.#isPlaying = false;
      this.emptyReadCount += 1;
    }
    if (!this.#isPlaying) {
      target.fill(0);
      return;
    }
    this.#play(target, pace);
    this.#averageCount += (this.#count - this.#averageCount) * averageShare;
  }

  /** A surplus in the queue is corrected by the pace. */
  #begin(): void {
    this.#isPlaying = true;
    this.#phase = 0;
    this.#averageCount = this.#holdCount;
  }

  /** Samples consumed per sample played. */
  #pace(): number {
    const error = (this.#averageCount - this.#holdCount) / this.#holdCount;
    return 1 + stretchMax * Math.min(1, Math.max(-1, error));
  }

  #play(target: Int16Array, pace: number): void {
    let place = this.#phase;
    const width = this.#channelCount;
    for (let at = 0; at + width <= target.length; at += width) {
      const whole = Math.floor(place);
      for (let channel = 0; channel < width; channel++)
        target[at + channel] = this.#between(whole, place - whole, channel);
      place += pace;
    }
    const taken = Math.floor(place);
    this.#phase = place - taken;
    this.#start = (this.#start + taken) % this.#room;
    this.#count -= taken;
  }

  /** A cubic curve through four samples (Catmull-Rom): a straight line would dull high tones. */
  #between(first: number, share: number, channel: number): number {
    const a = this.#at(first, channel);
    const b = this.#at(first + 1, channel);
    const c = this.#at(first + 2, channel);
    const d = this.#at(first + 3, channel);
    const bend = 3 * (b - c) + d - a;
    const tilt = 2 * a - 5 * b + 4 * c - d;
    const value = b + 0.5 * share * (c - a + share * (tilt + share * bend));
    return Math.min(32_767, Math.max(-32_768, Math.round(value)));
  }

  #at(index: number, channel: number): number {
    return this.#samples[((this.#start + index) % this.#room) * this.#channelCount + channel] ?? 0;
  }
}
