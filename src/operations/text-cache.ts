/**
 * Answers that cost much to make and are asked for again: the last ones, up to a number of
 * characters in all. Who asks for one that is being made waits for that one.
 */
export class TextCache {
  readonly #lengthMax: number;
  /** Least recently asked for first. */
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

  /** `key` names all that the text depends on. A text that could not be made is not kept. */
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
