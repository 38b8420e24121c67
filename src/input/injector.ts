/**
 * Turns what a player does into fake input of an X display: keys, text, mouse and wheel. Pads, pens
 * and fingers have no place on a display and are dropped. What is held down when the player goes is
 * released.
 */
import type { InputEvent, PointerEvent, ScrollEvent } from "./event.ts";
import { Keyboard } from "./keyboard.ts";
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
const buttons: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 8, 5: 9 };
const wheels = { vertical: { up: 4, down: 5 }, horizontal: { up: 7, down: 6 } } as const;

/** Where a screen of some size lies in the stream, as shares of the stream's sides. */
export type Placement = (screen: { readonly width: number; readonly height: number }) => {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Without `placement` the screen fills the stream. Rejects with `no_display`. */
export async function openInjector(
  displayName: string,
  placement: Placement = () => ({ x: 0, y: 0, width: 1, height: 1 }),
): Promise<Injector> {
  const display = await X11Display.open(displayName);
  return new DisplayInjector(display, new Keyboard(display), placement);
}

class DisplayInjector implements Injector {
  readonly #display: X11Display;
  readonly #keyboard: Keyboard;
  readonly #placement: Placement;
  readonly #heldButtons = new Set<number>();
  readonly #turned = { vertical: 0, horizontal: 0 };

  constructor(display: X11Display, keyboard: Keyboard, placement: Placement) {
    this.#display = display;
    this.#keyboard = keyboard;
    this.#placement = placement;
  }

  inject(event: InputEvent): void {
    switch (event.kind) {
      case "key":
        this.#keyboard.key(event);
        break;
      case "text":
        this.#keyboard.type(event.text);
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
      x: pixelAt(x / width, { from: place.x, length: place.width }, size.width),
      y: pixelAt(y / height, { from: place.y, length: place.height }, size.height),
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

/** `share` of the stream's side, brought to a pixel of the screen: those in a bar are at its edge. */
function pixelAt(
  share: number,
  shown: { readonly from: number; readonly length: number },
  pixelCount: number,
): number {
  const within = Math.min(Math.max(0, (share - shown.from) / shown.length), 1);
  return Math.round(within * Math.max(0, pixelCount - 1));
}
