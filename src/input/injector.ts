/**
 * Turns what a player does into fake input of an X display: keys, text, mouse and wheel. Pads, pens
 * and fingers have no place on a display and are dropped. What is held down when the player goes is
 * released.
 */
import type { InputEvent, KeyEvent, PointerEvent, ScrollEvent } from "./event.ts";
import { symbolOfCharacter, symbolOfKey } from "./key-symbols.ts";
import { X11Display } from "./x11-display.ts";
import { fake } from "./x11-wire.ts";

/** Where a player's input goes, for one session. */
export type Injector = {
  inject(event: InputEvent): void;
  /** Releases what is held down. Resolves when that has taken effect, or after two seconds. */
  close(): Promise<void>;
};

const notch = 120;
/** Turns of the wheel in one event; more is a player gone wild. */
const notchCountMax = 20;
const shiftSymbol = 0xffe1;
const buttons: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 8, 5: 9 };
const wheels = { vertical: { up: 4, down: 5 }, horizontal: { up: 7, down: 6 } } as const;

/** Rejects with `no_display`. */
export async function openInjector(displayName: string): Promise<Injector> {
  return new DisplayInjector(await X11Display.open(displayName));
}

class DisplayInjector implements Injector {
  readonly #display: X11Display;
  readonly #keycodes = new Map<number, { readonly keycode: number; readonly isShifted: boolean }>();
  readonly #heldKeys = new Set<number>();
  readonly #heldButtons = new Set<number>();
  readonly #spareKeycodes: number[] = [];
  readonly #turned = { vertical: 0, horizontal: 0 };
  #spareIndex = 0;

  constructor(display: X11Display) {
    this.#display = display;
    for (const [keycode, symbols] of display.keys) {
      if (symbols.every((symbol) => symbol === 0)) this.#spareKeycodes.push(keycode);
      for (const column of [0, 1]) this.#learn(symbols[column] ?? 0, keycode, column === 1);
    }
  }

  inject(event: InputEvent): void {
    switch (event.kind) {
      case "key":
        this.#key(event);
        break;
      case "text":
        for (const character of event.text) this.#type(character);
        break;
      case "pointer":
        this.#point(event);
        break;
      case "pointer_move":
        this.#display.fake({ type: fake.motion, detail: 1, x: event.dx, y: event.dy });
        break;
      case "button":
        this.#button(buttons[event.button] ?? 0, event.isDown);
        break;
      case "scroll":
        this.#scroll(event);
        break;
      default:
        break;
    }
  }

  close(): Promise<void> {
    for (const keycode of this.#heldKeys) this.#display.release("key", keycode);
    for (const button of this.#heldButtons) this.#display.release("button", button);
    return this.#display.close();
  }

  /** The first key of a symbol is the one that is meant. */
  #learn(symbol: number, keycode: number, isShifted: boolean): void {
    if (symbol === 0 || this.#keycodes.has(symbol)) return;
    this.#keycodes.set(symbol, { keycode, isShifted });
  }

  #key({ virtualKey, isDown }: KeyEvent): void {
    const symbol = symbolOfKey(virtualKey);
    const key = symbol === undefined ? undefined : this.#keycodes.get(symbol);
    if (key === undefined) return;
    if (isDown) this.#hold(key.keycode);
    else if (this.#heldKeys.delete(key.keycode)) this.#display.release("key", key.keycode);
  }

  /** A press that was dropped is not held: nothing would be there to release. */
  #hold(keycode: number): void {
    if (this.#press(keycode)) this.#heldKeys.add(keycode);
  }

  #type(character: string): void {
    const symbol = symbolOfCharacter(character);
    const { keycode, isShifted } = this.#keycodes.get(symbol) ?? this.#bind(symbol);
    const shift = isShifted ? this.#keycodes.get(shiftSymbol)?.keycode : undefined;
    if (keycode === 0 || (shift !== undefined && !this.#press(shift))) return;
    if (this.#press(keycode)) this.#display.release("key", keycode);
    if (shift !== undefined) this.#display.release("key", shift);
  }

  /** A character that no key has takes one that has none, in turn. */
  #bind(symbol: number): { readonly keycode: number; readonly isShifted: boolean } {
    const keycode = this.#spareKeycodes[this.#spareIndex % this.#spareKeycodes.length];
    this.#spareIndex += 1;
    if (keycode === undefined) return { keycode: 0, isShifted: false };
    for (const [other, key] of this.#keycodes) {
      if (key.keycode === keycode) this.#keycodes.delete(other);
    }
    this.#display.bind(keycode, symbol);
    const key = { keycode, isShifted: false };
    this.#keycodes.set(symbol, key);
    return key;
  }

  #press(keycode: number): boolean {
    return this.#display.fake({ type: fake.keyPress, detail: keycode });
  }

  #point({ x, y, width, height }: PointerEvent): void {
    const place = (value: number, extent: number, size: number) =>
      Math.round((Math.min(Math.max(0, value), extent) / extent) * Math.max(0, size - 1));
    this.#display.fake({
      type: fake.motion,
      detail: 0,
      x: place(x, width, this.#display.width),
      y: place(y, height, this.#display.height),
    });
  }

  #button(button: number, isDown: boolean): void {
    if (button === 0) return;
    if (!isDown) {
      if (this.#heldButtons.delete(button)) this.#display.release("button", button);
    } else if (this.#display.fake({ type: fake.buttonPress, detail: button })) {
      this.#heldButtons.add(button);
    }
  }

  /** Fine wheels send parts of a notch, which add up. */
  #scroll({ axis, amount }: ScrollEvent): void {
    this.#turned[axis] += amount;
    const turns = Math.trunc(this.#turned[axis] / notch);
    this.#turned[axis] -= turns * notch;
    const button = turns > 0 ? wheels[axis].up : wheels[axis].down;
    for (let turn = 0; turn < Math.min(Math.abs(turns), notchCountMax); turn++) {
      if (!this.#display.fake({ type: fake.buttonPress, detail: button })) return;
      this.#display.release("button", button);
    }
  }
}
