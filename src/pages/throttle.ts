/**
 * Slows down guessing of the token: after five wrong tries from an address each further one has to
 * wait, twice as long every time, a minute at most. The right token is accepted meanwhile: it has
 * too many bits to be guessed at any speed, and its owner may share the attacker's address.
 */
import type { Clock } from "../base/clock.ts";

const freeTryCount = 5;
const waitSecondsMax = 60;
const forgetAfterUs = 15 * 60 * 1e6;
const addressCountMax = 1000;

type Tries = { readonly count: number; readonly lastUs: number };

/** Wrong tokens by address, at most 1,000 addresses; the one tried longest ago is forgotten first. */
export class Throttle {
  readonly #clock: Clock;
  /** The address tried longest ago first. */
  readonly #wrong = new Map<string, Tries>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whole seconds until the address may try again, 0 when it may now. */
  waitSeconds(address: string): number {
    const tries = this.#wrong.get(address);
    if (tries === undefined || tries.count < freeTryCount) return 0;
    const waitUs = Math.min(2 ** (tries.count - freeTryCount), waitSecondsMax) * 1e6;
    return Math.max(0, Math.ceil((tries.lastUs + waitUs - this.#clock.nowUs()) / 1e6));
  }

  addWrong(address: string): void {
    this.#forgetOld();
    const count = (this.#wrong.get(address)?.count ?? 0) + 1;
    this.#wrong.delete(address);
    this.#wrong.set(address, { count, lastUs: this.#clock.nowUs() });
  }

  clear(address: string): void {
    this.#wrong.delete(address);
  }

  #forgetOld(): void {
    const sinceUs = this.#clock.nowUs() - forgetAfterUs;
    for (const [address, { lastUs }] of this.#wrong) {
      if (lastUs >= sinceUs && this.#wrong.size < addressCountMax) return;
      this.#wrong.delete(address);
    }
  }
}
