/**
 * Whether this program stood still, as one that was stopped or a machine that slept. Nobody was heard
 * meanwhile, and nothing follows from that: it was not the others who were silent.
 */

/** A tick that is late by less is late for a busy machine. */
const standUsMin = 500_000;

/** Asked at every tick of a thread that listens. */
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
