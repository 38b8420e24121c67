/**
 * Keys that type any character: each is assigned to a key of an otherwise empty keyboard. Pure; the
 * keymap is generated here as text.
 */

/** Keys that mean a character in every program, by the kernel's numbers: digits and letters, then signs. */
const places = [
  ...[30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16, 19, 31, 20, 22, 47, 17],
  ...[45, 21, 44, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 26, 27, 39, 40, 41, 43, 51, 52, 53, 86],
];
/** Keys whose position programs know. */
const own: ReadonlyMap<string, readonly [number, string]> = new Map([
  ["\r", [28, "Return"]],
  ["\n", [28, "Return"]],
  ["\t", [15, "Tab"]],
  [" ", [57, "space"]],
]);
/** XKB numbers keys from 8, where the kernel does from 0. */
const offset = 8;

/**
 * Which key types which character. With all keys assigned, the one used longest ago is reassigned.
 */
export class TextKeys {
  /** By character, the one used longest ago first. */
  readonly #places = new Map<string, number>();

  /** The key that types it; `undefined` when it has none yet, or no key can type it. */
  find(character: string): number | undefined {
    const fixed = own.get(character);
    if (fixed !== undefined) return fixed[0];
    const place = this.#places.get(character);
    if (place !== undefined) this.#use(character, place);
    return place;
  }

  /** Assigns keys to those that have none. True when the keymap has changed. */
  give(characters: Iterable<string>): boolean {
    let isChanged = false;
    for (const character of characters) {
      if (!isTypable(character) || this.find(character) !== undefined) continue;
      this.#use(character, this.#free());
      isChanged = true;
    }
    return isChanged;
  }

  /** The keymap as XKB reads it. */
  keymap(): string {
    const keys = [...this.#places].map(
      ([character, place]) => [place, levelsOf(character)] as const,
    );
    const all = [...new Map([...own.values(), ...keys])];
    const codes = all.map(([place]) => `<K${place}> = ${place + offset};`);
    const symbols = all.map(([place, symbol]) => `key <K${place}> { [ ${symbol} ] };`);
    return [
      "xkb_keymap {",
      `xkb_keycodes "onglass" { minimum = 8; maximum = 255; ${codes.join(" ")} };`,
      'xkb_types "onglass" { include "complete" };',
      'xkb_compatibility "onglass" { include "complete" };',
      `xkb_symbols "onglass" { ${symbols.join(" ")} };`,
      "};\n",
    ].join("\n");
  }

  #free(): number {
    const taken = new Set(this.#places.values());
    const free = places.find((place) => !taken.has(place));
    if (free !== undefined) return free;
    const [oldest = ["", 0] as const] = this.#places;
    this.#places.delete(oldest[0]);
    return oldest[1];
  }

  #use(character: string, place: number): void {
    this.#places.delete(character);
    this.#places.set(character, place);
  }
}

/** How many characters can have a key at the same time. */
export const textKeyCount = places.length;

function isTypable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code > 0x20 && !(code >= 0x7f && code < 0xa0) && !isSurrogate;
}

/** A small letter with its capital behind shift, for keys that are held with it. */
function levelsOf(character: string): string {
  const capital = character.toUpperCase();
  const hasCapital = capital !== character && [...capital].length === 1;
  return hasCapital ? `${symbolOf(character)}, ${symbolOf(capital)}` : symbolOf(character);
}

function symbolOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
