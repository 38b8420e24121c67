/**
 * Costly work that many may request at once. Callers that request work in progress share its
 * result. Beyond a number of different pieces, requests are refused: each waiting one holds a
 * connection, and an answer after that has timed out helps nobody.
 */
import { Failure } from "./failure.ts";

/** One for each kind of work. */
export class SharedWork<T> {
  readonly #countMax: number;
  readonly #running = new Map<string, Promise<T>>();

  /** @param countMax different pieces, in progress or waiting */
  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /**
   * @param key identifies everything the result depends on
   * @throws Failure `too_busy`, or what the work throws
   */
  async run(key: string, work: () => Promise<T>): Promise<T> {
    const same = this.#running.get(key);
    if (same !== undefined) return await same;
    if (this.#running.size >= this.#countMax) {
      const text = `Cannot work it out: ${this.#countMax} others are waiting for the same`;
      throw new Failure("too_busy", text);
    }
    const running = work().finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return await running;
  }
}
