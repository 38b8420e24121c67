/**
 * Turns what a player does into fake input of an X display: keys, text, mouse and wheel. A display
 * has no pads, pens and fingers: they are dropped. Keys and buttons held when the player leaves are
 * released.
 */

import { fake } from "../x11/wire.ts";
import type { InputEvent, PointerEvent, ScrollEvent } from "./event.ts";
import {
  giveInput,
  type Injector,
  type KeyboardAndMouse,
  type Placement,
  shareOf,
  Wheel,
  wholeStream,
} from "./injector.ts";
import { Keyboard } from "./keyboard.ts";
import { X11Display } from "./x11-display.ts";

const buttons: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 8, 5: 9 };
const wheels = { vertical: { up: 4, down: 5 }, horizontal: { up: 7, down: 6 } } as const;

/** Without `placement` the screen fills the stream. Rejects with `no_display`. */
export async function openX11Injector(
  displayName: string,
  placement: Placement = wholeStream,
): Promise<Injector> {
  const display = await X11Display.open(displayName);
  return new DisplayInjector(display, new Keyboard(display), placement);
}

class DisplayInjector implements Injector {
  readonly #display: X11Display;
  readonly #keyboard: Keyboard;
  readonly #placement: Placement;
  readonly #heldButtons = new Set<number>();
  readonly #wheel = new Wheel();

  readonly #desktop: KeyboardAndMouse = {
    key: (event) => this.#keyboard.key(event),
    type: (text) => this.#keyboard.type(text),
    point: (event) => this.#point(event),
    move: ({ dx, dy }) => this.#display.fake({ type: fake.motion, detail: 1, x: dx, y: dy }),
    button: ({ button, isDown }) => this.#button(buttons[button] ?? 0, isDown),
    scroll: (event) => this.#scroll(event),
  };

  constructor(display: X11Display, keyboard: Keyboard, placement: Placement) {
    this.#display = display;
    this.#keyboard = keyboard;
    this.#placement = placement;
  }

  inject(event: InputEvent): void {
    giveInput(event, this.#desktop);
  }

  close(): Promise<void> {
    this.#keyboard.release();
    for (const button of this.#heldButtons) this.#display.release("button", button);
    return this.#display.close();
  }

  #point({ x, y, width, height }: PointerEvent): void {
    const { size } = this.#display;
    const place = this.#placement(size);
    this.#display.fake({
      type: fake.motion,
      detail: 0,
      x: pixelAt(shareOf(x / width, place.x, place.width), size.width),
      y: pixelAt(shareOf(y / height, place.y, place.height), size.height),
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

  #scroll({ axis, amount }: ScrollEvent): void {
    const turns = this.#wheel.turn(axis, amount);
    const button = turns > 0 ? wheels[axis].up : wheels[axis].down;
    for (let turn = 0; turn < Math.abs(turns); turn++) {
      if (!this.#display.fake({ type: fake.buttonPress, detail: button })) return;
      this.#display.release("button", button);
    }
  }
}

function pixelAt(share: number, pixelCount: number): number {
  return Math.round(share * Math.max(0, pixelCount - 1));
}
