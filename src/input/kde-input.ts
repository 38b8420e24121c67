/**
 * Keyboard and mouse of KDE: KWin's org_kde_kwin_fake_input, which is available only to programs
 * that a .desktop file allows. Keys are sent by position; text needs version 6, which types any
 * character.
 */
import type { BoundObject, WaylandConnection } from "../wayland/connection.ts";
import type { LogicalArea } from "../wayland/logical-area.ts";
import type {
  ButtonEvent,
  KeyEvent,
  PointerEvent,
  PointerMoveEvent,
  ScrollEvent,
} from "./event.ts";
import { buttonCodes, type KeyboardAndMouse, type Placement, shareOf, Wheel } from "./injector.ts";
import { positionOfKey } from "./key-positions.ts";
import { symbolOfCharacter } from "./key-symbols.ts";

/** Its global in KWin, and the last version that is known here. */
export const fakeInputName = "org_kde_kwin_fake_input";
export const fakeInputVersionMax = 6;

const requests = {
  authenticate: 0,
  motion: 1,
  button: 2,
  axis: 3,
  motionAbsolute: 9,
  key: 10,
  keySymbol: 12,
};
/** Versions that introduced a request. */
const since = { motionAbsolute: 3, key: 4, keySymbol: 6 };
const axes = { vertical: 0, horizontal: 1 };
/** KWin's value for one notch of a wheel. */
const notchLength = 15;
const application = "onglass";
const reason = "keyboard and mouse of a player";

/** Options. */
export type KdeInputOptions = {
  readonly manager: BoundObject;
  /** Of the streamed output, among all outputs of the desktop. */
  readonly area: () => LogicalArea;
  /** The current position of the output in the stream. */
  readonly place: () => ReturnType<Placement>;
};

/** Lives as long as its connection; `release` ends it. */
export class KdeInput implements KeyboardAndMouse {
  readonly #connection: WaylandConnection;
  readonly #options: KdeInputOptions;
  /** By virtual key: the kernel's number. */
  readonly #heldKeys = new Map<number, number>();
  readonly #heldButtons = new Set<number>();
  readonly #wheel = new Wheel();

  /** @throws Error for a KWin that is too old */
  constructor(connection: WaylandConnection, options: KdeInputOptions) {
    const { manager } = options;
    if (manager.version < since.key)
      throw new Error(`${fakeInputName} of this KWin takes no keys (version ${manager.version})`);
    this.#connection = connection;
    this.#options = options;
    connection.send(manager.id, requests.authenticate, [application, reason]);
  }

  /** Programs repeat a held key themselves. */
  key({ virtualKey, isDown }: KeyEvent): void {
    if (!isDown) {
      this.#releaseKey(virtualKey);
      return;
    }
    const code = this.#heldKeys.has(virtualKey) ? undefined : positionOfKey(virtualKey);
    if (code === undefined) return;
    if (this.#send(requests.key, [code, 1])) this.#heldKeys.set(virtualKey, code);
  }

  /** Complete or not at all; not before version 6, since the desktop's layout is unknown here. */
  type(text: string): void {
    const { manager } = this.#options;
    if (manager.version < since.keySymbol || this.#connection.isLagging) return;
    const symbols = [...text.replaceAll("\r\n", "\n")].map(symbolOfCharacter);
    const request = requests.keySymbol;
    this.#connection.sendAll(
      symbols.flatMap((symbol) => [
        [manager.id, request, [symbol, 1]] as const,
        [manager.id, request, [symbol, 0]] as const,
      ]),
    );
  }

  point({ x, y, width, height }: PointerEvent): void {
    const { place, area } = this.#options;
    const [within, at] = [place(), area()];
    const across = at.x + shareOf(x / width, within.x, within.width) * (at.width - 1);
    const down = at.y + shareOf(y / height, within.y, within.height) * (at.height - 1);
    this.#send(requests.motionAbsolute, [fixed(across), fixed(down)]);
  }

  move({ dx, dy }: PointerMoveEvent): void {
    this.#send(requests.motion, [fixed(dx), fixed(dy)]);
  }

  button({ button, isDown }: ButtonEvent): void {
    const code = buttonCodes.get(button);
    if (code === undefined) return;
    if (!isDown) this.#releaseButton(code);
    else if (this.#send(requests.button, [code, 1])) this.#heldButtons.add(code);
  }

  scroll({ axis, amount }: ScrollEvent): void {
    const turns = this.#wheel.turn(axis, amount);
    // Down and right are positive there.
    const steps = axis === "vertical" ? -turns : turns;
    if (turns !== 0) this.#send(requests.axis, [axes[axis], fixed(steps * notchLength)]);
  }

  /** Releases all keys and buttons. */
  release(): void {
    for (const virtualKey of [...this.#heldKeys.keys()]) this.#releaseKey(virtualKey);
    for (const code of [...this.#heldButtons]) this.#releaseButton(code);
  }

  /** Never dropped: there is one release for each delivered press. */
  #releaseKey(virtualKey: number): void {
    const code = this.#heldKeys.get(virtualKey);
    this.#heldKeys.delete(virtualKey);
    if (code !== undefined) this.#write(requests.key, [code, 0]);
  }

  #releaseButton(code: number): void {
    if (this.#heldButtons.delete(code)) this.#write(requests.button, [code, 0]);
  }

  /** False when it was dropped because the compositor lags too far. */
  #send(request: number, args: readonly number[]): boolean {
    if (this.#connection.isLagging) return false;
    this.#write(request, args);
    return true;
  }

  #write(request: number, args: readonly number[]): void {
    this.#connection.sendAll([[this.#options.manager.id, request, args]]);
  }
}

/** A fixed-point number with 8 fractional bits. */
function fixed(value: number): number {
  return Math.round(value * 256);
}
