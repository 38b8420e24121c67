/**
 * One-time tickets for the endpoint, for clients that can send neither cookie nor header. A ticket
 * opens one connection within 30 seconds; it is kept by its hash only.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Clock, Micros } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";

export const ticketAgeSeconds = 30;
export const ticketCountMax = 256;
const ticketLengthMax = 64;

/** One-time tickets for programs that cannot send a header. Bounded in number and age. */
export class Tickets {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #issuedUs = new Map<string, Micros>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws Failure `too_many` when 256 wait to be used */
  issue(): string {
    this.#dropOld();
    if (this.#issuedUs.size >= ticketCountMax) {
      const text = `Cannot issue a ticket: ${ticketCountMax} wait to be used`;
      throw new Failure("too_many", text);
    }
    const ticket = randomBytes(24).toString("base64url");
    this.#issuedUs.set(hash(ticket), this.#clock.nowUs());
    return ticket;
  }

  /** Whether it was good; it is not any more. */
  redeem(ticket: string): boolean {
    if (ticket.length > ticketLengthMax) return false;
    this.#dropOld();
    return this.#issuedUs.delete(hash(ticket));
  }

  #dropOld(): void {
    const nowUs = this.#clock.nowUs();
    for (const [key, issuedUs] of this.#issuedUs) {
      if (nowUs - issuedUs < ticketAgeSeconds * 1e6) return;
      this.#issuedUs.delete(key);
    }
  }
}

function hash(ticket: string): string {
  return createHash("sha256").update(ticket).digest("base64url");
}
