/**
 * Answers that are costly to make and requested repeatedly: the latest, up to a total number of
 * characters. Callers that request one in progress wait for it.
 */
export class TextCache {
  readonly #lengthMax: number;
  /** Least recently requested first. */
  readonly #texts = new Map<string, string>();
  readonly #making = new Map<string, Promise<string>>();
  #length = 0;

  constructor(options: { lengthMax: number }) {
    this.#lengthMax = options.lengthMax;
  }

  /** Characters kept. */
  get length(): number {
    return this.#length;
  }

  /** `key` identifies everything that the text depends on. A failed text is not kept. */
  async get(key: string, make: () => Promise<string>): Promise<string> {
    const known = this.#texts.get(key);
    if (known !== undefined) {
      this.#texts.delete(key);
      this.#texts.set(key, known);
      return known;
    }
    const making = this.#making.get(key) ?? this.#make(key, make);
    return await making;
  }

  #make(key: string, make: () => Promise<string>): Promise<string> {
    const making = make()
      .then((text) => {
        this.#keep(key, text);
        return text;
      })
      .finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  #keep(key: string, text: string): void {
    if (text.length > this.#lengthMax) return;
    this.#texts.set(key, text);
    this.#length += text.length;
    for (const [oldest, { length }] of this.#texts) {
      if (this.#length <= this.#lengthMax) return;
      this.#texts.delete(oldest);
      this.#length -= length;
    }
  }
}
