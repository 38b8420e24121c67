/** A queue of at most so many items: at the limit the oldest makes room, and is counted. */
export class Ring<T> {
  readonly #countMax: number;
  /** Those that have gone leave holes in front, so that nothing keeps them in memory. */
  #items: (T | undefined)[] = [];
  /** Place of the oldest. */
  #first = 0;
  droppedCount = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get count(): number {
    return this.#items.length - this.#first;
  }

  /** @returns what made room for it */
  push(item: T): T | undefined {
    const oldest = this.count >= this.#countMax ? this.dropOldest() : undefined;
    this.#items.push(item);
    return oldest;
  }

  dropOldest(): T | undefined {
    if (this.count === 0) return undefined;
    const oldest = this.#items[this.#first];
    this.#items[this.#first] = undefined;
    this.#first += 1;
    this.droppedCount += 1;
    // Moved down only when as many have gone as are left, so that each is moved once at most.
    if (this.#first > this.#items.length / 2) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return oldest;
  }

  /** By age, the oldest at 0. */
  at(place: number): T | undefined {
    return place < 0 ? undefined : this.#items[this.#first + place];
  }

  /** A copy, from the `from`-th oldest on. */
  toArray(from = 0): T[] {
    // In front of the oldest are holes, from there on items only.
    return this.#items.slice(this.#first + from) as T[];
  }
}
