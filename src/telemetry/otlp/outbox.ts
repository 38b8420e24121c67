/** Data waiting to be sent, oldest first. When full the oldest is dropped, and counted. */
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

  /** The oldest, at most this many; they are removed from the queue. */
  take(countMax: number): Item[] {
    return this.#items.splice(0, countMax);
  }

  /** Items that were taken and not sent, before all later ones. */
  putBack(items: readonly Item[]): void {
    this.#items.unshift(...items);
    this.#fit();
  }

  /** This many of the taken items will not be sent. */
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
