/**
 * Hot path: sound between a network that delivers packets when it likes and a sound card that takes
 * samples by a clock of its own. As much is held back as the page
 * asks for; to hold just that, it is played a little faster or slower. It knows of each sample when it was played at its source. Pure.
 */

/** Sound goes by this rate on all its way. */
export const sampleRate = 48_000;
/** Usually at most this share faster or slower: less than a tenth of a semitone. */
const stretchMax = 0.005;
/** So many samples too many or too few, 5 ms, are made up for as fast as that. */
const stretchCount = 240;
/** Beyond 20 ms, three times as fast: a quarter of a semitone, for a few seconds. */
const farCount = 960;
const farStretch = 0.015;
/** How far a read of 128 samples moves the average of what waits: half a second. */
const averageShare = 1 / 200;
/** What is further off than 60 ms is not stretched for minutes: it is left out, or waited for. */
const jumpCount = 2880;
/** Packets that are closer than 2 ms follow each other. */
const joinUs = 2000;
/** A gap up to half a second is silence; beyond that the sound begins again. */
const gapUsMax = 500_000;
/** So much that is missing, 100 ms, is a break; beyond that it is no packet that is late. */
const lackCountMax = 4800;
/** Samples around a place that its value is made from. */
const curveCount = 4;

/** One writer and one reader of one thread. Channels are separate. */
export class SoundBuffer {
  /** Samples to be held back. Sound that ran out holds back at once what would have been enough. */
  holdCount: number;
  /** Reads that found less than they wanted, since the beginning. */
  emptyCount = 0;
  /** Samples given that were not silence of ours. */
  playedCount = 0;
  /** Of what waited after a read, since it was set to infinity last; below 0 so much was missing. */
  leastCount = Number.POSITIVE_INFINITY;
  readonly #room: number;
  readonly #channels: readonly Float32Array[];
  #count = 0;
  #start = 0;
  /** Between the first sample that waits and the next. */
  #phase = 0;
  /** When the first sample that waits was played at its source. */
  #startUs = 0;
  #averageCount = 0;
  #isPlaying = false;
  /** Since it ran out, as long as nothing came. */
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

  /** When the sample that is played next was played at its source; microseconds. */
  get placeUs(): number {
    return this.#startUs + usOf(this.#phase);
  }

  /** How much waits on the average. */
  get averageCount(): number {
    return this.#averageCount;
  }

  /** @param atUs when the first sample was played at its source. What it has already is left out. */
  write(atUs: number, channels: readonly Float32Array[]): void {
    if (this.#count === 0 && !this.#isPlaying) this.#startUs = atUs;
    this.holdCount += this.#lackCount;
    this.#lackCount = 0;
    const gapUs = atUs - (this.#startUs + usOf(this.#count));
    if (Math.abs(gapUs) > gapUsMax) this.#restart(atUs);
    else if (gapUs < -joinUs) return;
    else if (gapUs > joinUs) this.#append(undefined, Math.round((gapUs * sampleRate) / 1e6));
    else this.#startUs += gapUs;
    this.#append(channels, channels[0]?.length ?? 0);
  }

  /** No sound is expected for now: what waits is forgotten, and nothing ran out. */
  rest(): void {
    this.#restart(0);
  }

  /** Fills all channels, with silence until enough is held back. */
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

  /** As near to now as is to be held back: what waits beyond that is left out. */
  #begin(wanted: number): void {
    this.#isPlaying = true;
    this.#phase = 0;
    this.#drop(this.#count - this.holdCount - wanted);
    this.#averageCount = this.holdCount;
  }

  /** Leaves out what is far too much; stops where too little is left, or far too little is held. */
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

  /** So much more was missing. */
  #lack(count: number): void {
    this.#lackCount = Math.min(lackCountMax, this.#lackCount + count);
    this.leastCount = Math.min(this.leastCount, -this.#lackCount);
  }

  /** Samples taken for one that is given. */
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

  /** Silence where there are no channels. The oldest goes when there is no room. */
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
