/**
 * How much one page may send: a mouse with a thousand reports per second fits, with keys and a pad;
 * a peer that sends more is not a page of ours. Texts cost more: each character is typed.
 */

/** Messages in a burst, after a pause; also the largest text, twice. */
export const burstCountMax = 2500;
/** Sustained messages per second. */
export const perSecondMax = 2500;
/** All but texts are shorter; each byte beyond costs as much as a message. */
const cheapBytes = 32;
/** Of a copied text, which is typed by nobody, whatever its size: five a second. */
export const copiedCost = 500;

/** Grants messages of one connection. */
export class MessageBudget {
  #left = burstCountMax;
  #atUs: number;

  constructor(nowUs: number) {
    this.#atUs = nowUs;
  }

  /** False when it is used up: the connection should be closed. */
  take(nowUs: number, byteCount: number): boolean {
    const refill = ((nowUs - this.#atUs) * perSecondMax) / 1e6;
    this.#left = Math.min(burstCountMax, this.#left + refill);
    this.#atUs = nowUs;
    this.#left -= 1 + Math.max(0, byteCount - cheapBytes);
    return this.#left >= 0;
  }
}
