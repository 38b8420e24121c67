/**
 * Whether this program was stopped, or the machine was suspended. Nobody was heard meanwhile, which
 * proves nothing: the others were not silent.
 */

/** A tick that is late by less is due to a busy machine. */
const standUsMin = 500_000;

/** Called at every tick of a listening thread. */
export class Standstill {
  readonly #tickMs: number;
  #lastUs: number | undefined;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** For how long it stood still since the last tick; 0 where it ran. @param meantMs length of the tick */
  tick(nowUs: number, meantMs = this.#tickMs): number {
    const lateUs = nowUs - (this.#lastUs ?? nowUs) - meantMs * 1000;
    this.#lastUs = nowUs;
    return lateUs >= standUsMin ? lateUs : 0;
  }

  /** Ticks have ended: the next one is the first again. */
  rest(): void {
    this.#lastUs = undefined;
  }
}
