/** What waits to be sent, oldest first. With no room left the oldest goes, and is counted. */
export class Outbox<Item> {
  /** Items that were never sent. */
  droppedCount = 0;
  readonly #items: Item[] = [];
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get count(): number {
    return this.#items.length;
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#fit();
  }

  /** The oldest, at most so many; they are out of the box. */
  take(countMax: number): Item[] {
    return this.#items.splice(0, countMax);
  }

  /** Those that were taken and not sent, before all that came meanwhile. */
  putBack(items: readonly Item[]): void {
    this.#items.unshift(...items);
    this.#fit();
  }

  /** So many that were taken will not be sent. */
  drop(count: number): void {
    this.droppedCount += count;
  }

  clear(): void {
    this.#items.length = 0;
  }

  #fit(): void {
    const tooMany = this.#items.length - this.#countMax;
    if (tooMany <= 0) return;
    this.#items.splice(0, tooMany);
    this.droppedCount += tooMany;
  }
}
