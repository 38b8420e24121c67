/**
 * Work in turns, by a name: two pieces of one name never overlap, pieces of different names never
 * wait for each other.
 */

/**
 * One for each kind of object whose changes must not interleave, such as the captures of a store.
 */
export class KeyedQueue {
  /** The last piece of each name that has work; resolves when it has ended, well or not. */
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Does the work when all earlier work of this name has ended. Work must not wait for other work
   * of its own name. The caller bounds how much is waiting.
   * @throws what the work throws; later work of the name is still done
   */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#last.set(name, ended);
    try {
      await before;
      return await work();
    } finally {
      end();
      if (this.#last.get(name) === ended) this.#last.delete(name);
    }
  }

  /** Names that have work, waiting or under way. */
  get size(): number {
    return this.#last.size;
  }
}
