/** The pointer of zwlr_virtual_pointer_v1, on one output of a compositor. */
import type { BoundObject, WaylandConnection, WaylandRequest } from "../wayland/connection.ts";
import type { ButtonEvent, PointerEvent, PointerMoveEvent, ScrollEvent } from "./event.ts";
import { buttonCodes, type Placement, shareOf, Wheel } from "./injector.ts";

const requests = {
  motion: 0,
  motionAbsolute: 1,
  button: 2,
  frame: 4,
  axisSource: 5,
  axisDiscrete: 7,
};
const managerRequests = { create: 0, createOnOutput: 2 };
const sourceWheel = 0;
const axes = { vertical: 0, horizontal: 1 };
/** A compositor's value for one notch of a wheel. */
const notchLength = 15;
/** Positions are shares of this, however large the output is. */
const extent = 65_535;

/** Options of a pointer. */
export type PointerOptions = {
  /** The bound zwlr_virtual_pointer_manager_v1. */
  readonly manager: BoundObject;
  readonly seat: number;
  /**
   * The bound wl_output whose picture is streamed; without it positions refer to the whole desktop.
   */
  readonly output: number | undefined;
  readonly nowMs: () => number;
  /** The current position of the output in the stream. */
  readonly place: () => ReturnType<Placement>;
};

/** Lives as long as its connection. */
export class VirtualPointer {
  readonly #connection: WaylandConnection;
  readonly #options: PointerOptions;
  readonly #id: number;
  readonly #held = new Set<number>();
  readonly #wheel = new Wheel();

  constructor(connection: WaylandConnection, options: PointerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#id = connection.makeObject();
    const { manager, seat, output } = options;
    const isOnOutput = output !== undefined && manager.version >= 2;
    const request = isOnOutput ? managerRequests.createOnOutput : managerRequests.create;
    connection.send(manager.id, request, isOnOutput ? [seat, output, this.#id] : [seat, this.#id]);
  }

  point({ x, y, width, height }: PointerEvent): void {
    const place = this.#options.place();
    const at = (share: number) => Math.round(share * extent);
    const across = at(shareOf(x / width, place.x, place.width));
    const down = at(shareOf(y / height, place.y, place.height));
    this.#send(requests.motionAbsolute, [this.#options.nowMs(), across, down, extent, extent]);
  }

  move({ dx, dy }: PointerMoveEvent): void {
    this.#send(requests.motion, [this.#options.nowMs(), fixed(dx), fixed(dy)]);
  }

  button({ button, isDown }: ButtonEvent): void {
    const code = buttonCodes.get(button);
    if (code === undefined) return;
    if (!isDown) this.#release(code);
    else if (this.#send(requests.button, [this.#options.nowMs(), code, 1])) this.#held.add(code);
  }

  scroll({ axis, amount }: ScrollEvent): void {
    const turns = this.#wheel.turn(axis, amount);
    if (turns === 0 || this.#connection.isLagging) return;
    // Down and right are positive there.
    const steps = axis === "vertical" ? -turns : turns;
    const now = this.#options.nowMs();
    this.#connection.sendAll([
      [this.#id, requests.axisSource, [sourceWheel]],
      [this.#id, requests.axisDiscrete, [now, axes[axis], fixed(steps * notchLength), steps]],
      [this.#id, requests.frame, []],
    ]);
  }

  /** Releases all buttons. */
  release(): void {
    for (const code of [...this.#held]) this.#release(code);
  }

  /** Never dropped: there is one release for each delivered press. */
  #release(code: number): void {
    if (!this.#held.delete(code)) return;
    this.#sendAll([this.#id, requests.button, [this.#options.nowMs(), code, 0]]);
  }

  /** False when it was dropped because the compositor lags too far. */
  #send(request: number, args: readonly number[]): boolean {
    if (this.#connection.isLagging) return false;
    this.#sendAll([this.#id, request, args]);
    return true;
  }

  #sendAll(request: WaylandRequest): void {
    this.#connection.sendAll([request, [this.#id, requests.frame, []]]);
  }
}

/** A fixed-point number with 8 fractional bits. */
function fixed(value: number): number {
  return Math.round(value * 256);
}
