/** Common to all injectors of a player's input. */
import { unreachable } from "../base/assert.ts";
import type {
  ButtonEvent,
  InputEvent,
  KeyEvent,
  PointerEvent,
  PointerMoveEvent,
  ScrollEvent,
} from "./event.ts";

/** The destination of a player's input, for one session. */
export type Injector = {
  inject(event: InputEvent): void;
  /** The picture of the screen has this size now. Absent if the display reports it itself. */
  resize?(size: { readonly width: number; readonly height: number }): void;
  /**
   * Releases everything that is held. Resolves when that has taken effect, or after two seconds.
   */
  close(): Promise<void>;
};

/** The keyboard and the mouse of a desktop: a method for each kind of input. */
export type KeyboardAndMouse = {
  key(event: KeyEvent): void;
  type(text: string): void;
  point(event: PointerEvent): void;
  move(event: PointerMoveEvent): void;
  button(event: ButtonEvent): void;
  scroll(event: ScrollEvent): void;
};

/** Dispatches the event. Pads, touch and pens are separate devices: here they are ignored. */
export function giveInput(event: InputEvent, to: KeyboardAndMouse): void {
  switch (event.kind) {
    case "key":
      to.key(event);
      break;
    case "text":
      to.type(event.text);
      break;
    case "pointer":
      to.point(event);
      break;
    case "pointer_move":
      to.move(event);
      break;
    case "button":
      to.button(event);
      break;
    case "scroll":
      to.scroll(event);
      break;
    case "pad":
    case "pad_arrival":
    case "pad_touch":
    case "pad_motion":
    case "pad_battery":
    case "touch":
    case "pen":
    case "haptics":
      break;
    default:
      unreachable(event);
  }
}

/** The position of a screen in the stream, as shares of the stream's sides. */
export type Placement = (screen: { readonly width: number; readonly height: number }) => {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** The screen fills the stream. */
export const wholeStream: Placement = () => ({ x: 0, y: 0, width: 1, height: 1 });

/**
 * A share of the stream's side, as a share of the screen's: positions in a black bar are moved to
 * its edge.
 */
export function shareOf(share: number, from: number, length: number): number {
  return Math.min(Math.max(0, (share - from) / length), 1);
}

const notch = 120;
/** Wheel notches in one event; a player that sends more is broken. */
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
