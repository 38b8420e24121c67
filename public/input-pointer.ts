/**
 * Mouse, wheel and fingers over the picture while input is captured. A mouse points at its position
 * in the picture; locked, it sends relative movement. Fingers act as a mouse too
 * (`input-touch.ts`).
 */
import { FingerInput } from "./input-touch.ts";
import { wheelTurn } from "./input-wheel.ts";
import {
  type Bytes,
  buttonMessage,
  moveMessage,
  pointerMessage,
  releaseMessage,
  wheelMessage,
} from "./input-wire.ts";

type Options = {
  /** What is pointed at; the picture fills it as far as its aspect ratio allows. */
  readonly canvas: HTMLCanvasElement;
  send(message: Bytes): void;
  /** A move, which may be dropped when the link lags. */
  sendMove(message: Bytes): void;
};

/** Browsers count buttons from 0, and have more of them than the host. */
const buttonCountMax = 5;

/** Follows the pointer over the canvas until `stop`. */
export class PointerInput {
  readonly #options: Options;
  readonly #following = new AbortController();
  readonly #held = new Set<number>();
  readonly #fingers: FingerInput;

  constructor(options: Options) {
    this.#options = options;
    this.#fingers = new FingerInput({
      point: (event) => this.#point(event),
      press: (button, isDown, atMs) => this.#press(button, isDown, atMs),
      scroll: (up, right, atMs) => options.sendMove(wheelMessage(atMs, up, right)),
    });
    this.#listen();
  }

  get isHolding(): boolean {
    return this.#held.size > 0;
  }

  stop(): void {
    if (this.#held.size > 0) this.#options.send(releaseMessage(performance.now()));
    this.#held.clear();
    this.#fingers.stop();
    this.#following.abort();
  }

  #listen(): void {
    const { canvas } = this.#options;
    const options = { signal: this.#following.signal, passive: false };
    const fingers = this.#fingers;
    const follow = (
      name: "pointerdown" | "pointermove" | "pointerup" | "pointercancel",
      finger: (event: PointerEvent) => void,
      mouse: (event: PointerEvent) => void,
    ) => {
      // Moves as they arrive: those of the other event wait for the next repaint.
      const isRaw = name === "pointermove" && "onpointerrawupdate" in canvas;
      const take = (event: Event) => {
        if (!(event instanceof PointerEvent)) return;
        if (event.pointerType === "touch") finger(event);
        else mouse(event);
      };
      canvas.addEventListener(isRaw ? "pointerrawupdate" : name, take, options);
    };
    const up = (event: PointerEvent) => fingers.up(event);
    const followButtons = (event: PointerEvent) => this.#followButtons(event);
    canvas.addEventListener("pointerdown", (event) => this.#hold(event), options);
    follow("pointerdown", (event) => fingers.down(event), followButtons);
    follow("pointermove", (event) => fingers.move(event), followButtons);
    follow("pointerup", up, followButtons);
    follow("pointercancel", up, followButtons);
    canvas.addEventListener("wheel", (event) => this.#wheel(event), options);
    canvas.addEventListener("contextmenu", (event) => event.preventDefault(), options);
  }

  /** Drags continue outside of the picture, and select nothing on the page. */
  #hold(event: PointerEvent): void {
    event.preventDefault();
    const { canvas } = this.#options;
    if (document.pointerLockElement !== canvas) canvas.setPointerCapture(event.pointerId);
  }

  /**
   * While one button is held, browsers report others as moves: the current set of pressed buttons
   * counts.
   */
  #followButtons(event: PointerEvent): void {
    const { buttons, timeStamp } = event;
    const wasHeld = this.#held.size > 0;
    this.#point(event);
    if (buttons === 0 && !wasHeld) return;
    for (let button = 1; button <= buttonCountMax; button += 1) {
      this.#press(button, (buttons & bitOf(button)) !== 0, timeStamp);
    }
  }

  #press(button: number, isDown: boolean, atMs: number): void {
    if (this.#held.has(button) === isDown) return;
    if (isDown) this.#held.add(button);
    else this.#held.delete(button);
    this.#options.send(buttonMessage(atMs, button, isDown));
  }

  /** The position of a button press is never dropped. */
  #point(event: PointerEvent): void {
    const { canvas } = this.#options;
    const message = document.pointerLockElement === canvas ? moved(event) : pointed(event, canvas);
    if (message === undefined) return;
    if (event.type === "pointerdown") this.#options.send(message);
    else this.#options.sendMove(message);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const { up, right } = wheelTurn(event);
    if (up !== 0 || right !== 0) this.#options.send(wheelMessage(event.timeStamp, up, right));
  }
}

/** In `buttons`, right comes before middle. */
function bitOf(button: number): number {
  return [0, 1, 4, 2, 8, 16][button] ?? 0;
}

function moved({ movementX, movementY, timeStamp }: PointerEvent): Bytes | undefined {
  const isStill = movementX === 0 && movementY === 0;
  return isStill ? undefined : moveMessage(timeStamp, movementX, movementY);
}

function pointed(event: PointerEvent, canvas: HTMLCanvasElement): Bytes {
  const { left, top, width, height } = pictureIn(canvas);
  return pointerMessage(
    event.timeStamp,
    (event.clientX - left) / width,
    (event.clientY - top) / height,
  );
}

/** The picture's own area: in a canvas of another aspect ratio it lies between black bars. */
function pictureIn(canvas: HTMLCanvasElement) {
  const box = canvas.getBoundingClientRect();
  const scale = Math.min(box.width / canvas.width, box.height / canvas.height);
  const [width, height] = [canvas.width * scale, canvas.height * scale];
  return {
    left: box.left + (box.width - width) / 2,
    top: box.top + (box.height - height) / 2,
    ...{ width: Math.max(1, width), height: Math.max(1, height) },
  };
}
