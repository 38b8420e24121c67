/**
 * Hot path: makes one continuous timeline, in microseconds from 0, from the time stamps of a file
 * that is played in a loop and may have gaps, jumps back or no stamps at all.
 */

/** A longer step is a defect of the file, not a held picture. */
const stepUsMax = 600_000_000;

/** The file's own information about its time. */
export type FilmLength = {
  /** The interval if there are no stamps. */
  readonly stepUs: number;
  /** Of the whole file, sound included; absent if unknown. */
  readonly lengthUs?: number | undefined;
};

/** Due times of a film's pictures, loop after loop. */
export class FilmClock {
  readonly #stepUs: number;
  readonly #lengthUs: number;
  #lastStampUs: number | undefined;
  /** The last picture's own duration. */
  #lastHeldUs: number | undefined;
  #nowUs = 0;
  /** The start of the current pass. */
  #beginUs = 0;
  #isStarted = false;
  #isBeginning = false;

  constructor({ stepUs, lengthUs = 0 }: FilmLength) {
    this.#stepUs = stepUs;
    this.#lengthUs = lengthUs;
  }

  /**
   * When the next picture is due; `stampUs` is the file's own time, `heldUs` how long the picture
   * is held, undefined for none.
   */
  next(stampUs: number | undefined, heldUs?: number): number {
    if (this.#isStarted) this.#nowUs += this.#step(stampUs);
    if (this.#isBeginning) this.#beginUs = this.#nowUs;
    this.#isBeginning = false;
    this.#isStarted = true;
    this.#lastStampUs = stampUs;
    this.#lastHeldUs = heldUs;
    return this.#nowUs;
  }

  /** The file starts over when its duration has passed: its sound may be longer. */
  restart(): void {
    this.#lastStampUs = undefined;
    this.#isBeginning = true;
  }

  #step(stampUs: number | undefined): number {
    if (this.#isBeginning) return this.#stepToBegin();
    if (stampUs === undefined || this.#lastStampUs === undefined) return this.#stepUs;
    const step = stampUs - this.#lastStampUs;
    return isStep(step) ? step : this.#stepUs;
  }

  #stepToBegin(): number {
    const left = this.#beginUs + this.#lengthUs - this.#nowUs;
    if (this.#lengthUs > 0 && isStep(left)) return left;
    const held = this.#lastHeldUs ?? 0;
    return isStep(held) ? held : this.#stepUs;
  }
}

function isStep(stepUs: number): boolean {
  return stepUs > 0 && stepUs <= stepUsMax;
}
