/**
 * Which key of the display types which symbol, and the unused keys, which can be lent to symbols
 * without one.
 */

/** A key that types a symbol, with shift or without. */
export type SymbolKey = { readonly keycode: number; readonly isShifted: boolean };

/** Symbols by keycode, as the display reports them: two columns for each of the first two groups. */
export type KeyTable = ReadonlyMap<number, readonly number[]>;

/** For one display; follows its layout by `learn`. */
export class Keymap {
  /** By group, then by symbol. */
  #keys: readonly ReadonlyMap<number, SymbolKey>[] = [];
  #spareKeycodes: readonly number[] = [];
  /** Symbols by the keycode lent to them, oldest first. */
  readonly #lent = new Map<number, number>();

  /** Takes over the current symbols of the display's keys. */
  learn(table: KeyTable): void {
    for (const [keycode, symbol] of this.#lent) {
      // Another program, or another layout, has undone it.
      if (table.get(keycode)?.[0] !== symbol) this.#lent.delete(keycode);
    }
    const isSpare = (keycode: number, symbols: readonly number[]) =>
      this.#lent.has(keycode) || symbols.every((symbol) => symbol === 0);
    const entries = [...table];
    this.#spareKeycodes = entries.filter((entry) => isSpare(...entry)).map(([code]) => code);
    const own = entries.filter((entry) => !isSpare(...entry));
    this.#keys = [groupOf(own, 0), groupOf(own, 1)];
  }

  /** In the layout's group that is active. */
  find(symbol: number, group: number): SymbolKey | undefined {
    return this.#keys[group]?.get(symbol) ?? this.#lentTo(symbol);
  }

  /** The keycode that types the symbol from now on; `undefined` when the display has no spare. */
  lend(symbol: number): number | undefined {
    const free = this.#spareKeycodes.find((each) => !this.#lent.has(each));
    const keycode = free ?? this.#lent.keys().next().value;
    if (keycode === undefined) return undefined;
    this.#lent.delete(keycode);
    this.#lent.set(keycode, symbol);
    return keycode;
  }

  /** The display has not been notified of the loan. */
  forget(keycode: number): void {
    this.#lent.delete(keycode);
  }

  /** The keycodes whose loan ends. */
  takeBack(): number[] {
    const keycodes = [...this.#lent.keys()];
    this.#lent.clear();
    return keycodes;
  }

  #lentTo(symbol: number): SymbolKey | undefined {
    for (const [keycode, lent] of this.#lent) {
      if (lent === symbol) return { keycode, isShifted: false };
    }
    return undefined;
  }
}

/** The first key of a symbol is preferred, and one without shift before one with it. */
function groupOf(entries: readonly (readonly [number, readonly number[]])[], group: number) {
  const keys = new Map<number, SymbolKey>();
  for (const isShifted of [false, true]) {
    for (const [keycode, symbols] of entries) {
      const symbol = symbols[2 * group + (isShifted ? 1 : 0)] ?? 0;
      if (symbol !== 0 && !keys.has(symbol)) keys.set(symbol, { keycode, isShifted });
    }
  }
  return keys;
}
