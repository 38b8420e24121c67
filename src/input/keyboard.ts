/**
 * The keyboard of one player on one display: keys by their positions, interpreted by the display's
 * layout, and text by the key that types it. A character that no key types borrows a spare one.
 */
import { type Cancel, timers } from "../base/scheduler.ts";
import { fake } from "../x11/wire.ts";
import type { KeyEvent } from "./event.ts";
import { positionOfKey } from "./key-positions.ts";
import { symbolOfCharacter, symbolOfKey } from "./key-symbols.ts";
import { Keymap, type SymbolKey } from "./keymap.ts";
import type { X11Display } from "./x11-display.ts";

/** X numbers keys from 8, the kernel from 0. */
const keycodeOffset = 8;
const shiftKeycode = 42 + keycodeOffset;
/** In the flags of a key: its code is of the player's own layout, and says what the key types. */
const isOfOwnLayout = 1;
/** Programs look up a key's symbol with a delay; until then it is not returned. */
const lendMs = 5000;

/** Lives as long as its display; `release` ends it. */
export class Keyboard {
  readonly #display: X11Display;
  readonly #keymap = new Keymap();
  /** By virtual key: the keycode that was pressed for it. */
  readonly #held = new Map<number, number>();
  /** Texts arrive in pieces: a two-character line break may be split between them. */
  #lastTyped = "";
  #stopLending: Cancel = () => undefined;

  constructor(display: X11Display) {
    this.#display = display;
    this.#learn();
    display.onMapping = () => this.#learn();
  }

  /** A key goes down or up. One that the display's keyboard does not have does nothing. */
  key(event: KeyEvent): void {
    if (!event.isDown) {
      this.#release(event.virtualKey);
      return;
    }
    const keycode = this.#held.get(event.virtualKey) ?? this.#keycodeOf(event);
    // A dropped press is not held: there would be nothing to release.
    if (keycode !== undefined && this.#press(keycode)) this.#held.set(event.virtualKey, keycode);
  }

  /** Types characters; those that the display cannot type are skipped. */
  type(text: string): void {
    for (const character of text) {
      const isOneBreak = this.#lastTyped === "\r" && character === "\n";
      this.#lastTyped = character;
      if (isOneBreak) continue;
      const symbol = symbolOfCharacter(character);
      const key = this.#keymap.find(symbol, this.#display.group) ?? this.#lend(symbol);
      if (key !== undefined) this.#strike(key);
    }
  }

  /** Releases all keys, and returns the borrowed ones. */
  release(): void {
    for (const virtualKey of [...this.#held.keys()]) this.#release(virtualKey);
    this.#giveBack();
  }

  #release(virtualKey: number): void {
    const keycode = this.#held.get(virtualKey);
    this.#held.delete(virtualKey);
    if (keycode !== undefined) this.#display.release("key", keycode);
  }

  #keycodeOf({ virtualKey, flags }: KeyEvent): number | undefined {
    const symbol = (flags & isOfOwnLayout) === 0 ? undefined : symbolOfKey(virtualKey);
    const key = symbol === undefined ? undefined : this.#keymap.find(symbol, this.#display.group);
    if (key?.isShifted === false) return key.keycode;
    const position = positionOfKey(virtualKey);
    return position === undefined ? undefined : position + keycodeOffset;
  }

  #strike({ keycode, isShifted }: SymbolKey): void {
    if (isShifted && !this.#press(shiftKeycode)) return;
    if (this.#press(keycode)) this.#display.release("key", keycode);
    if (isShifted) this.#display.release("key", shiftKeycode);
  }

  #press(keycode: number): boolean {
    return this.#display.fake({ type: fake.keyPress, detail: keycode });
  }

  #lend(symbol: number): SymbolKey | undefined {
    const keycode = this.#keymap.lend(symbol);
    if (keycode === undefined) return undefined;
    this.#stopLending();
    this.#stopLending = timers.after(lendMs, () => this.#giveBack());
    if (this.#display.bind(keycode, symbol)) return { keycode, isShifted: false };
    this.#keymap.forget(keycode);
    return undefined;
  }

  #giveBack(): void {
    this.#stopLending();
    for (const keycode of this.#keymap.takeBack()) this.#display.unbind(keycode);
  }

  #learn(): void {
    this.#keymap.learn(this.#display.keys);
  }
}
