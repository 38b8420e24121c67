/**
 * Fingers and pens where nothing accepts them natively: the first finger and the tip of the pen are
 * the left button of a mouse that is moved to their position.
 */
import {
  type ContactPhase,
  type InputEvent,
  type PenEvent,
  penButtons,
  type TouchEvent,
} from "./event.ts";

const extent = 65_535;
const left = 1;
const right = 3;

/** Per session: which of the player's contacts acts as the mouse. */
export class ContactPointer {
  readonly #inject: (event: InputEvent) => void;
  #finger: number | undefined;
  readonly #held = new Set<number>();

  constructor(inject: (event: InputEvent) => void) {
    this.#inject = inject;
  }

  /** Takes only fingers and pens. */
  accept(event: InputEvent): void {
    if (event.kind === "touch") this.#onTouch(event);
    else if (event.kind === "pen") this.#onPen(event);
  }

  /** Releases what they hold. */
  release(): void {
    this.#finger = undefined;
    for (const button of [left, right]) this.#press(button, false);
  }

  #onTouch(event: TouchEvent): void {
    const { phase, pointer } = event;
    if (phase === "down") this.#finger ??= pointer;
    if (phase === "cancel_all") this.release();
    if (this.#finger !== pointer) return;
    if (phase === "down" || phase === "move") this.#moveTo(event);
    if (phase === "down") this.#press(left, true);
    if (isOver(phase)) this.release();
  }

  #onPen(event: PenEvent): void {
    const { phase, buttons } = event;
    if (phase === "leave" || phase === "cancel" || phase === "cancel_all") {
      this.release();
      return;
    }
    if (phase !== "buttons") this.#moveTo(event);
    if (phase === "down" || phase === "up") this.#press(left, phase === "down");
    this.#press(right, (buttons & penButtons.primary) !== 0);
  }

  #moveTo({ x, y }: { readonly x: number; readonly y: number }): void {
    const at = (share: number) => Math.round(Math.min(Math.max(0, share), 1) * extent);
    this.#inject({ kind: "pointer", x: at(x), y: at(y), width: extent, height: extent });
  }

  #press(button: number, isDown: boolean): void {
    if (this.#held.has(button) === isDown) return;
    if (isDown) this.#held.add(button);
    else this.#held.delete(button);
    this.#inject({ kind: "button", isDown, button });
  }
}

function isOver(phase: ContactPhase): boolean {
  return phase === "up" || phase === "leave" || phase === "cancel";
}
