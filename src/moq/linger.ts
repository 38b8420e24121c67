/** How long a stream for browsers has been unused. */
import type { Micros } from "../base/clock.ts";
import { Gate } from "../base/gate.ts";

/** A stream without a viewer ends after this long, unless a capture records. */
export const lingerMs = 60_000;

/** The same once the right of its last viewer has ended. */
export const cutOffMs = 500;

/** Since when nobody has watched and nothing recorded. Called with each tick of the stream. */
export class Linger {
  readonly #gate: Gate;
  #sinceUs: Micros;
  #isWaiting = true;

  /** @param gate whether a capture records @param nowUs when the stream begins */
  constructor(gate: SharedArrayBuffer, nowUs: Micros) {
    this.#gate = new Gate(gate);
    this.#sinceUs = nowUs;
  }

  /** From now on half a second is too long: the right of its viewers has ended. */
  stopWaiting(): void {
    this.#isWaiting = false;
  }

  /** Whether the stream has been idle for too long. */
  isOver(nowUs: Micros, isWatched: boolean): boolean {
    if (isWatched || this.#gate.isArmed()) this.#sinceUs = nowUs;
    const idleUs = nowUs - this.#sinceUs;
    return idleUs >= (this.#isWaiting ? lingerMs : cutOffMs) * 1000;
  }
}
