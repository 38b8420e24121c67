/**
 * Hot path: makes one endless line of time, in microseconds from 0, from the time stamps of a file
 * that is played in a loop and may have gaps, jumps back or no stamps at all.
 */

/** A step longer than this is a fault of the file, not a still picture. */
const stepUsMax = 10_000_000;

export class FilmClock {
  readonly #stepUs: number;
  #lastStampUs: number | undefined;
  #nowUs = 0;
  #isStarted = false;

  /** `stepUs` is what passes where the stamps do not say. */
  constructor(options: { stepUs: number }) {
    this.#stepUs = options.stepUs;
  }

  /** When the next picture is due; `stampUs` is the file's own time, undefined for none. */
  next(stampUs: number | undefined): number {
    if (this.#isStarted) this.#nowUs += this.#step(stampUs);
    this.#isStarted = true;
    this.#lastStampUs = stampUs;
    return this.#nowUs;
  }

  /** The file begins again. */
  restart(): void {
    this.#lastStampUs = undefined;
  }

  #step(stampUs: number | undefined): number {
    if (stampUs === undefined || this.#lastStampUs === undefined) return this.#stepUs;
    const step = stampUs - this.#lastStampUs;
    return step > 0 && step <= stepUsMax ? step : this.#stepUs;
  }
}
