/** The keys of one player on a compositor: by position, and any characters of a text. */
import type { WaylandConnection } from "../wayland/connection.ts";
import type { KeyEvent } from "./event.ts";
import { positionOfKey } from "./key-positions.ts";
import { symbolOfKey } from "./key-symbols.ts";
import { Modifiers } from "./modifiers.ts";
import { TextKeys, textKeyCount } from "./text-keys.ts";
import type { VirtualKeyboard } from "./virtual-keyboard.ts";

/** In the flags of a key: its code is of the player's own layout, and says what the key types. */
const isOfOwnLayout = 1;
const noModifiers = { depressed: 0, locked: 0 };

type HeldKey = { readonly keyboard: VirtualKeyboard; readonly code: number };

/** Lives as long as its connection; `release` ends it. */
export class WaylandKeys {
  readonly #connection: WaylandConnection;
  readonly #byPlace: VirtualKeyboard;
  readonly #byText: VirtualKeyboard;
  readonly #modifiers: Modifiers;
  readonly #textKeys = new TextKeys();
  /** The compositor does not have all text keys yet. */
  #isKeymapOutdated = false;
  /** By virtual key. */
  readonly #held = new Map<number, HeldKey>();
  /** Texts arrive in pieces: a two-character line break may be split between them. */
  #lastTyped = "";

  /** @param keyboards one with the desktop's keymap, and one without any. */
  constructor(
    connection: WaylandConnection,
    keyboards: { byPlace: VirtualKeyboard; byText: VirtualKeyboard; hasLevel3: boolean },
  ) {
    this.#connection = connection;
    this.#byPlace = keyboards.byPlace;
    this.#byText = keyboards.byText;
    this.#modifiers = new Modifiers(keyboards.hasLevel3);
    this.#byText.setKeymap(this.#textKeys.keymap());
    connection.sendAll([this.#byPlace.modifiers(this.#modifiers)]);
  }

  /** A key is pressed or released. Programs repeat a held key themselves. */
  key(event: KeyEvent): void {
    const { virtualKey, isDown } = event;
    if (!isDown) this.#release(virtualKey);
    else if (!this.#held.has(virtualKey) && !this.#connection.isLagging) this.#press(event);
  }

  /** Types characters; those that no key can type are skipped. */
  type(text: string): void {
    const characters = [...text].filter((character) => this.#isTyped(character));
    for (let at = 0; at < characters.length; at += textKeyCount) {
      if (this.#connection.isLagging) return;
      this.#strike(characters.slice(at, at + textKeyCount));
    }
  }

  /** Releases all keys. */
  release(): void {
    for (const virtualKey of [...this.#held.keys()]) this.#release(virtualKey);
  }

  #isTyped(character: string): boolean {
    const isOneBreak = this.#lastTyped === "\r" && character === "\n";
    this.#lastTyped = character;
    return !isOneBreak;
  }

  #strike(characters: readonly string[]): void {
    if (!this.#give(characters)) return;
    const codes = characters.map((character) => this.#textKeys.find(character));
    const keys = codes.filter((code) => code !== undefined);
    this.#connection.sendAll([
      this.#byText.modifiers(noModifiers),
      ...keys.flatMap((code) => [this.#byText.key(code, true), this.#byText.key(code, false)]),
    ]);
  }

  /** False when there is no room for a keymap on the way: it cannot wait. */
  #give(characters: readonly string[]): boolean {
    if (this.#textKeys.give(characters)) this.#isKeymapOutdated = true;
    if (!this.#isKeymapOutdated) return true;
    if (this.#connection.isBehind) return false;
    this.#byText.setKeymap(this.#textKeys.keymap());
    this.#isKeymapOutdated = false;
    return true;
  }

  #press(event: KeyEvent): void {
    const held = this.#textKeyOf(event) ?? this.#placeOf(event);
    if (held === undefined) return;
    this.#held.set(event.virtualKey, held);
    this.#send(held, true);
  }

  #release(virtualKey: number): void {
    const held = this.#held.get(virtualKey);
    this.#held.delete(virtualKey);
    if (held !== undefined) this.#send(held, false);
  }

  /** Shift with a letter: the modifier is active when the letter is pressed. */
  #send({ keyboard, code }: HeldKey, isDown: boolean): void {
    const isByPlace = keyboard === this.#byPlace;
    const isChanged = isByPlace && this.#modifiers.follow(code, isDown);
    const modifiers = isChanged || !isByPlace ? [keyboard.modifiers(this.#modifiers)] : [];
    this.#connection.sendAll([...modifiers, keyboard.key(code, isDown)]);
  }

  #placeOf({ virtualKey }: KeyEvent): HeldKey | undefined {
    const code = positionOfKey(virtualKey);
    return code === undefined ? undefined : { keyboard: this.#byPlace, code };
  }

  #textKeyOf({ virtualKey, flags }: KeyEvent): HeldKey | undefined {
    const symbol = (flags & isOfOwnLayout) === 0 ? undefined : symbolOfKey(virtualKey);
    if (symbol === undefined || symbol <= 0x20 || symbol > 0x7e) return undefined;
    const character = String.fromCharCode(symbol);
    if (!this.#give([character])) return undefined;
    const code = this.#textKeys.find(character);
    return code === undefined ? undefined : { keyboard: this.#byText, code };
  }
}
