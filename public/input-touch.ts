/** Fingers as a mouse: tap, long tap, drag, and two fingers that scroll or right-click. */

const slackPx = 8;
const longMs = 500;
const [left, right] = [1, 3];

type Place = { readonly x: number; readonly y: number };

type Options = {
  point(event: PointerEvent): void;
  press(button: number, isDown: boolean, atMs: number): void;
  /** In wheel units: 120 is a notch. */
  scroll(up: number, right: number, atMs: number): void;
};

/** `pair`: two fingers that have not moved yet. */
type Gesture = "still" | "drag" | "pair" | "scroll" | "done";

/** Follows fingers; releases what it presses. */
export class FingerInput {
  readonly #options: Options;
  readonly #fingers = new Map<number, Place>();
  #first: PointerEvent | undefined;
  #gesture: Gesture = "done";
  #timer = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  down(event: PointerEvent): void {
    this.#fingers.set(event.pointerId, placeOf(event));
    if (this.#fingers.size === 1) this.#begin(event);
    else if (this.#gesture === "still") this.#become("pair");
  }

  move(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (before === undefined) return;
    const place = placeOf(event);
    if (this.#gesture === "still" && this.#isFar(place)) this.#beginDrag(event);
    if (this.#gesture === "pair" && distance(before, place) > slackPx) this.#become("scroll");
    // Until they scroll, two fingers are measured from where they touched down.
    if (this.#gesture !== "pair") this.#fingers.set(event.pointerId, place);
    if (this.#gesture === "drag") this.#options.point(event);
    if (this.#gesture === "scroll") this.#scroll(before, place, event.timeStamp);
  }

  up(event: PointerEvent): void {
    if (!this.#fingers.delete(event.pointerId)) return;
    const isTap = event.type === "pointerup";
    if (this.#gesture === "drag") this.#options.press(left, false, event.timeStamp);
    if (isTap && this.#gesture === "still") this.#click(left, event.timeStamp);
    if (isTap && this.#gesture === "pair") this.#click(right, event.timeStamp);
    this.#become("done");
  }

  stop(): void {
    if (this.#gesture === "drag") this.#options.press(left, false, performance.now());
    this.#become("done");
    this.#fingers.clear();
  }

  #begin(event: PointerEvent): void {
    this.#first = event;
    this.#become("still");
    this.#options.point(event);
    this.#timer = window.setTimeout(() => {
      this.#click(right, performance.now());
      this.#become("done");
    }, longMs);
  }

  #become(gesture: Gesture): void {
    clearTimeout(this.#timer);
    this.#gesture = gesture;
  }

  #isFar(place: Place): boolean {
    return this.#first !== undefined && distance(placeOf(this.#first), place) > slackPx;
  }

  /** Pressed where the finger touched down. */
  #beginDrag({ timeStamp }: PointerEvent): void {
    this.#become("drag");
    if (this.#first !== undefined) this.#options.point(this.#first);
    this.#options.press(left, true, timeStamp);
  }

  #click(button: number, atMs: number): void {
    this.#options.press(button, true, atMs);
    this.#options.press(button, false, atMs);
  }

  /** The page follows the fingers, as on a phone; each of two counts half. */
  #scroll(before: Place, place: Place, atMs: number): void {
    const scale = 120 / 100 / Math.max(1, this.#fingers.size);
    this.#options.scroll((place.y - before.y) * scale, (before.x - place.x) * scale, atMs);
  }
}

function placeOf({ clientX, clientY }: PointerEvent): Place {
  return { x: clientX, y: clientY };
}

function distance(one: Place, other: Place): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
