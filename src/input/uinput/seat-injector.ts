/**
 * Keyboard and mouse as devices of this machine, for pictures without a desktop. Text is left out:
 * what a key types depends on the layout of the program that reads it, which is not known here.
 */
import type { TargetSize } from "../../desktop/input-target.ts";
import type {
  ButtonEvent,
  InputEvent,
  KeyEvent,
  PointerEvent,
  PointerMoveEvent,
  ScrollEvent,
} from "../event.ts";
import {
  buttonCodes,
  giveInput,
  type Injector,
  type KeyboardAndMouse,
  type Placement,
  shareOf,
} from "../injector.ts";
import { positionOfKey } from "../key-positions.ts";
import { type DeviceShape, type Uinput, UinputDevice } from "./device.ts";
import { eventTypes } from "./wire.ts";

const extent = 65_535;
/** One notch of the player, and of the kernel's fine wheel. */
const notch = 120;
/** `REL_…`. */
const relative = { x: 0, y: 1, across: 6, wheel: 8, fineWheel: 11, fineAcross: 12 } as const;
const absolute = { x: 0, y: 1 } as const;
const keyCodeMax = 248;
const buttons = [...buttonCodes.values()];
const vendor = { bus: 6, vendor: 0x1209, version: 1 };

const shapes = {
  keyboard: {
    identity: { name: "onglass keyboard", product: 0x0614, ...vendor },
    keys: Array.from({ length: keyCodeMax }, (_, index) => index + 1),
  },
  mouse: {
    identity: { name: "onglass mouse", product: 0x0615, ...vendor },
    keys: buttons,
    relative: Object.values(relative),
  },
  pointer: {
    identity: { name: "onglass pointer", product: 0x0616, ...vendor },
    keys: buttons,
    absolute: Object.values(absolute).map((code) => ({ code, min: 0, max: extent })),
  },
} satisfies Record<string, DeviceShape>;

/** Belongs to one session. */
export class SeatInjector implements Injector {
  readonly #placement: Placement;
  #size: TargetSize;
  readonly #keyboard: UinputDevice;
  readonly #mouse: UinputDevice;
  readonly #pointer: UinputDevice;
  /** By the player's code: the kernel's. */
  readonly #heldKeys = new Map<number, number>();
  readonly #heldButtons = new Set<number>();
  /** Remainder of turns that were less than a notch. */
  readonly #turned = { vertical: 0, horizontal: 0 };

  readonly #desktop: KeyboardAndMouse = {
    key: (event) => this.#key(event),
    type: () => undefined,
    point: (event) => this.#point(event),
    move: (event) => this.#move(event),
    button: (event) => this.#button(event),
    scroll: (event) => this.#scroll(event),
  };

  /** @throws the system's error when a device cannot be made */
  constructor(uinput: Uinput, where: { readonly size: TargetSize; readonly placement: Placement }) {
    this.#size = where.size;
    this.#placement = where.placement;
    using made = new DisposableStack();
    const make = (shape: DeviceShape) =>
      made.adopt(new UinputDevice(uinput, shape), (device) => device.close());
    this.#keyboard = make(shapes.keyboard);
    this.#mouse = make(shapes.mouse);
    this.#pointer = make(shapes.pointer);
    made.move();
  }

  inject(event: InputEvent): void {
    giveInput(event, this.#desktop);
  }

  resize(size: TargetSize): void {
    this.#size = size;
  }

  close(): Promise<void> {
    for (const code of this.#heldKeys.values()) this.#put(this.#keyboard, code, false);
    for (const code of this.#heldButtons) this.#put(this.#mouse, code, false);
    for (const device of [this.#keyboard, this.#mouse, this.#pointer]) device.close();
    return Promise.resolve();
  }

  #key({ virtualKey, isDown }: KeyEvent): void {
    const code = isDown ? positionOfKey(virtualKey) : this.#heldKeys.get(virtualKey);
    if (code === undefined || code > keyCodeMax) return;
    if (isDown) this.#heldKeys.set(virtualKey, code);
    else this.#heldKeys.delete(virtualKey);
    this.#put(this.#keyboard, code, isDown);
  }

  #button({ button, isDown }: ButtonEvent): void {
    const code = buttonCodes.get(button);
    if (code === undefined) return;
    if (isDown) this.#heldButtons.add(code);
    else if (!this.#heldButtons.delete(code)) return;
    this.#put(this.#mouse, code, isDown);
  }

  #put(device: UinputDevice, code: number, isDown: boolean): void {
    device.putKey(code, isDown);
    device.sync();
  }

  #point({ x, y, width, height }: PointerEvent): void {
    const place = this.#placement(this.#size);
    const put = (axis: number, share: number) =>
      this.#pointer.putAxis(axis, Math.round(share * extent));
    put(absolute.x, shareOf(x / width, place.x, place.width));
    put(absolute.y, shareOf(y / height, place.y, place.height));
    this.#pointer.sync();
  }

  #move({ dx, dy }: PointerMoveEvent): void {
    this.#mouse.put(eventTypes.relative, relative.x, dx);
    this.#mouse.put(eventTypes.relative, relative.y, dy);
    this.#mouse.sync();
  }

  /** Old programs read whole notches, newer ones also the fine wheel. */
  #scroll({ axis, amount }: ScrollEvent): void {
    const isVertical = axis === "vertical";
    this.#turned[axis] += amount;
    const notches = Math.trunc(this.#turned[axis] / notch);
    this.#turned[axis] -= notches * notch;
    const fine = isVertical ? relative.fineWheel : relative.fineAcross;
    this.#mouse.put(eventTypes.relative, fine, amount);
    const whole = isVertical ? relative.wheel : relative.across;
    if (notches !== 0) this.#mouse.put(eventTypes.relative, whole, notches);
    this.#mouse.sync();
  }
}
