/** What all ways of passing a player's input on have in common. */
import type { InputEvent, ScrollEvent } from "./event.ts";

/** Where a player's input goes, for one session. */
export type Injector = {
  inject(event: InputEvent): void;
  /** The picture of the screen has this size now. Absent where the display says so itself. */
  resize?(size: { readonly width: number; readonly height: number }): void;
  /** Releases what is held down. Resolves when that has taken effect, or after two seconds. */
  close(): Promise<void>;
};

/** Where a screen of some size lies in the stream, as shares of the stream's sides. */
export type Placement = (screen: { readonly width: number; readonly height: number }) => {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** The screen fills the stream. */
export const wholeStream: Placement = () => ({ x: 0, y: 0, width: 1, height: 1 });

/** A share of the stream's side, as a share of the screen's: places in a black bar are at its edge. */
export function shareOf(share: number, from: number, length: number): number {
  return Math.min(Math.max(0, (share - from) / length), 1);
}

const notch = 120;
/** Turns of the wheel in one event; a player that sends more is broken. */
const turnCountMax = 20;

/** Fine wheels send parts of a notch, which add up. */
export class Wheel {
  readonly #turned = { vertical: 0, horizontal: 0 };

  /** Whole notches to turn now; up and right are positive. */
  turn(axis: ScrollEvent["axis"], amount: number): number {
    this.#turned[axis] += amount;
    const turns = Math.trunc(this.#turned[axis] / notch);
    this.#turned[axis] -= turns * notch;
    return Math.min(Math.max(-turnCountMax, turns), turnCountMax);
  }
}

/** The kernel's `BTN_…` numbers by the player's: 1 left, 2 middle, 3 right, 4 and 5 the side buttons. */
export const buttonCodes: ReadonlyMap<number, number> = new Map([
  [1, 0x110],
  [2, 0x112],
  [3, 0x111],
  [4, 0x113],
  [5, 0x114],
]);
