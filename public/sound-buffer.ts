/**
 * Hot path: sound between a network that delivers packets when it likes and a sound card that takes
 * samples by a clock of its own. The page decides how much is buffered; to hold exactly that, the
 * sound is played slightly faster or slower. For each sample it knows when it was played at its
 * source. Pure.
 */

/** The sample rate used throughout. */
export const sampleRate = 48_000;
/** Usually at most this much faster or slower: less than a tenth of a semitone. */
const stretchMax = 0.005;
/** A surplus or deficit of this many samples, 5 ms, is corrected at that speed. */
const stretchCount = 240;
/** Beyond 20 ms, three times as fast: a quarter of a semitone, for a few seconds. */
const farCount = 960;
const farStretch = 0.015;
/** How far a read of 128 samples moves the average of the buffered amount: half a second. */
const averageShare = 1 / 200;
/** An error above 60 ms is not stretched over minutes: sound is dropped, or waited for. */
const jumpCount = 2880;
/** Packets less than 2 ms apart count as contiguous. */
const joinUs = 2000;
/**
 * A gap of up to half a second is filled with silence; after a longer one the sound starts over.
 */
const gapUsMax = 500_000;
/** If this much is missing, 100 ms, it is an interruption and not a late packet. */
const lackCountMax = 4800;
/** Samples on both sides of a position that its value is interpolated from. */
const curveCount = 4;

/** One writer and one reader on one thread. Channels are separate. */
export class SoundBuffer {
  /** Samples to be buffered. Sound that ran out at once buffers what would have been enough. */
  holdCount: number;
  /** The most that is added to it then; what was missing beyond that is left out. */
  moreCount = lackCountMax;
  /** Reads that found less than they needed, since the start. */
  emptyCount = 0;
  /** Samples played that were not filled-in silence. */
  playedCount = 0;
  /**
   * Least amount buffered after a read, since it was last set to infinity; below 0, that much was
   * missing.
   */
  leastCount = Number.POSITIVE_INFINITY;
  readonly #room: number;
  readonly #channels: readonly Float32Array[];
  #count = 0;
  #start = 0;
  /** Position between the first buffered sample and the next. */
  #phase = 0;
  /** When the first buffered sample was played at its source. */
  #startUs = 0;
  #averageCount = 0;
  #isPlaying = false;
  /** Since it ran out, as long as nothing arrived. */
  #lackCount = 0;

  constructor(options: {
    readonly channelCount: number;
    readonly sampleCountMax: number;
    readonly holdCount: number;
  }) {
    this.#room = options.sampleCountMax;
    this.holdCount = options.holdCount;
    this.#channels = Array.from(
      { length: options.channelCount },
      () => new Float32Array(options.sampleCountMax),
    );
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** When the next sample was played at its source; microseconds. */
  get placeUs(): number {
    return this.#startUs + usOf(this.#phase);
  }

  /** Average buffered amount. */
  get averageCount(): number {
    return this.#averageCount;
  }

  /**
   * @param atUs when the first sample was played at its source. Samples already held are skipped.
   */
  write(atUs: number, channels: readonly Float32Array[]): void {
    if (this.#count === 0 && !this.#isPlaying) this.#startUs = atUs;
    this.holdCount += Math.min(this.moreCount, this.#lackCount);
    this.#lackCount = 0;
    const gapUs = atUs - (this.#startUs + usOf(this.#count));
    if (Math.abs(gapUs) > gapUsMax) this.#restart(atUs);
    else if (gapUs < -joinUs) return;
    else if (gapUs > joinUs) this.#append(undefined, Math.round((gapUs * sampleRate) / 1e6));
    else this.#startUs += gapUs;
    this.#append(channels, channels[0]?.length ?? 0);
  }

  /**
   * No sound is expected for now: the buffer is emptied, and this does not count as running out.
   */
  rest(): void {
    this.#restart(0);
  }

  /** Fills all channels; silence until enough is buffered. */
  read(targets: readonly Float32Array[]): void {
    const wanted = targets[0]?.length ?? 0;
    if (!this.#isPlaying && this.#count >= this.holdCount + wanted) this.#begin(wanted);
    if (this.#isPlaying) this.#keepNear(wanted);
    if (!this.#isPlaying) {
      for (const target of targets) target.fill(0);
      if (this.#lackCount > 0) this.#lack(wanted);
      return;
    }
    this.#play(targets, wanted);
    this.#averageCount += (this.#count - this.#averageCount) * averageShare;
    this.leastCount = Math.min(this.leastCount, this.#count);
    this.playedCount += wanted;
  }

  #restart(atUs: number): void {
    this.#count = 0;
    this.#phase = 0;
    this.#isPlaying = false;
    this.#lackCount = 0;
    this.#startUs = atUs;
  }

  /** As close to live as the buffered amount allows: anything beyond is dropped. */
  #begin(wanted: number): void {
    this.#isPlaying = true;
    this.#phase = 0;
    this.#drop(this.#count - this.holdCount - wanted);
    this.#averageCount = this.holdCount;
  }

  /**
   * Drops a large surplus; stops playing where too little is left, or far too little is buffered.
   */
  #keepNear(wanted: number): void {
    const over = this.#averageCount - this.holdCount;
    if (over > jumpCount) {
      this.#drop(Math.min(Math.floor(over), this.#count));
      this.#averageCount = this.holdCount;
    }
    const isEmpty = this.#phase + wanted * this.#pace() + curveCount > this.#count;
    if (isEmpty || over < -jumpCount) this.#isPlaying = false;
    if (!isEmpty) return;
    this.emptyCount += 1;
    this.#lackCount = 1;
  }

  /** This much more was missing. */
  #lack(count: number): void {
    this.#lackCount = Math.min(lackCountMax, this.#lackCount + count);
    this.leastCount = Math.min(this.leastCount, -this.#lackCount);
  }

  /** Samples consumed per sample played. */
  #pace(): number {
    const over = this.#averageCount - this.holdCount;
    if (Math.abs(over) > farCount) return 1 + Math.sign(over) * farStretch;
    return 1 + stretchMax * Math.min(1, Math.max(-1, over / stretchCount));
  }

  #play(targets: readonly Float32Array[], wanted: number): void {
    const pace = this.#pace();
    const from = this.#phase;
    for (let channel = 0; channel < targets.length; channel++) {
      const target = targets[channel];
      const samples = this.#channels[channel] ?? this.#channels[0];
      if (target === undefined || samples === undefined) continue;
      let place = from;
      for (let at = 0; at < wanted; at++) {
        const whole = Math.floor(place);
        target[at] = this.#between(samples, whole, place - whole);
        place += pace;
      }
    }
    const taken = Math.floor(from + wanted * pace);
    this.#phase = from + wanted * pace - taken;
    this.#drop(taken);
  }

  #drop(count: number): void {
    this.#start = (this.#start + count) % this.#room;
    this.#count -= count;
    this.#startUs += usOf(count);
  }

  /** Silence where there are no channels. The oldest is dropped when there is no room. */
  #append(channels: readonly Float32Array[] | undefined, count: number): void {
    const over = this.#count + count - this.#room;
    if (over > 0) this.#drop(Math.min(over, this.#count));
    for (let channel = 0; channel < this.#channels.length; channel++) {
      const samples = this.#channels[channel];
      const source = channels?.[channel] ?? channels?.[0];
      if (samples === undefined) continue;
      for (let index = 0; index < count; index++)
        samples[(this.#start + this.#count + index) % this.#room] = source?.[index] ?? 0;
    }
    this.#count += count;
  }

  /** A cubic curve through four samples (Catmull-Rom): a straight line would dull high tones. */
  #between(samples: Float32Array, first: number, share: number): number {
    const at = this.#start + first;
    const a = samples[at % this.#room] ?? 0;
    const b = samples[(at + 1) % this.#room] ?? 0;
    const c = samples[(at + 2) % this.#room] ?? 0;
    const d = samples[(at + 3) % this.#room] ?? 0;
    const bend = 3 * (b - c) + d - a;
    const tilt = 2 * a - 5 * b + 4 * c - d;
    return b + 0.5 * share * (c - a + share * (tilt + share * bend));
  }
}

function usOf(sampleCount: number): number {
  return (sampleCount * 1e6) / sampleRate;
}
