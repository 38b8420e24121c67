/** A bounded queue: beyond its limits the oldest is dropped, and counted. */

/** The newest item stays, however large it is. */
export type RingLimits = { readonly countMax: number; readonly bytesMax: number };

/** Items by age, each with its size. */
export class Ring<T> {
  readonly #limits: RingLimits;
  /** Dropped items leave holes in front, so that nothing keeps them in memory. */
  #items: (T | undefined)[] = [];
  /** In the same order: measuring them again would cost as much as the rest. */
  #sizes: number[] = [];
  /** Place of the oldest. */
  #first = 0;
  #byteCount = 0;
  droppedCount = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#items.length - this.#first;
  }

  push(item: T, byteCount: number): void {
    if (this.count >= this.#limits.countMax) this.#dropOldest();
    this.#items.push(item);
    this.#sizes.push(byteCount);
    this.#byteCount += byteCount;
    while (this.#byteCount > this.#limits.bytesMax && this.count > 1) this.#dropOldest();
  }

  /** By age, the oldest at 0. */
  at(place: number): T | undefined {
    return place < 0 ? undefined : this.#items[this.#first + place];
  }

  /** A copy, from the `from`-th oldest on. */
  toArray(from = 0): T[] {
    // Before the oldest are holes, after it only items.
    return this.#items.slice(this.#first + from) as T[];
  }

  #dropOldest(): void {
    if (this.count === 0) return;
    this.#byteCount -= this.#sizes[this.#first] ?? 0;
    this.#items[this.#first] = undefined;
    this.#first += 1;
    this.droppedCount += 1;
    // Moved down only when as many were dropped as are left, so that each is moved at most once.
    if (this.#first <= this.#items.length / 2) return;
    this.#items = this.#items.slice(this.#first);
    this.#sizes = this.#sizes.slice(this.#first);
    this.#first = 0;
  }
}
