/**
 * Costly work that many may ask for at once. Who asks for what is under way gets the same answer. More
 * than so many different pieces are refused: each that waits holds a connection, and an answer that
 * comes when that has been given up helps nobody.
 */
import { Failure } from "./failure.ts";

/** One for each kind of work. */
export class SharedWork<T> {
  readonly #countMax: number;
  readonly #running = new Map<string, Promise<T>>();

  /** @param countMax different pieces, under way or waiting */
  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /**
   * @param key names all that the answer depends on
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
