/**
 * When decoded sound was played at the host. Chromium counts the times of decoded sound from the
 * first packet on, ignoring later gaps: each sound gets the time of its own packet instead. Pure.
 */

/** One per decoder: it gives one sound per packet, in order, except for its first ones. */
export class SoundTimes {
  readonly #waitingUs: number[] = [];

  /** A packet goes into the decoder. */
  add(atUs: number): void {
    this.#waitingUs.push(atUs);
  }

  /** A sound was decoded. @param saidUs the decoder's own time for it */
  take(saidUs: number): number {
    const own = Math.max(0, this.#waitingUs.indexOf(saidUs));
    const atUs = this.#waitingUs[own] ?? saidUs;
    this.#waitingUs.splice(0, own + 1);
    return atUs;
  }
}
