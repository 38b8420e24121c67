/**
 * One-time tickets for the endpoint, for clients that can send neither cookie nor header. A ticket
 * opens one connection within 30 seconds; only its hash is stored.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Clock, Micros } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";

export const ticketAgeSeconds = 30;
export const ticketCountMax = 256;
const ticketLengthMax = 64;

/** Until when a connection opened with a ticket may last, if that is limited. */
export type TicketRight = ((onOver: () => void) => () => void) | undefined;

type Issued = { readonly atUs: Micros; readonly right: TicketRight };

/** One-time tickets for programs that cannot send a header. Bounded in number and age. */
export class Tickets {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #issued = new Map<string, Issued>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws Failure `too_many` when 256 wait to be used */
  issue(right?: TicketRight): string {
    this.#dropOld();
    if (this.#issued.size >= ticketCountMax) {
      const text = `Cannot issue a ticket: ${ticketCountMax} wait to be used`;
      throw new Failure("too_many", text);
    }
    const ticket = randomBytes(24).toString("base64url");
    this.#issued.set(hash(ticket), { atUs: this.#clock.nowUs(), right });
    return ticket;
  }

  /** The right that it was issued with if it was valid; it is used up now. */
  redeem(ticket: string): { readonly right: TicketRight } | undefined {
    if (ticket.length > ticketLengthMax) return undefined;
    this.#dropOld();
    const key = hash(ticket);
    const issued = this.#issued.get(key);
    this.#issued.delete(key);
    return issued;
  }

  #dropOld(): void {
    const nowUs = this.#clock.nowUs();
    for (const [key, { atUs }] of this.#issued) {
      if (nowUs - atUs < ticketAgeSeconds * 1e6) return;
      this.#issued.delete(key);
    }
  }
}

function hash(ticket: string): string {
  return createHash("sha256").update(ticket).digest("base64url");
}
