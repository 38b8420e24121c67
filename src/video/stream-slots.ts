/** Per frame: the slots of a stream's grid, and those without a frame. */
import type { Micros } from "../base/clock.ts";
import type { UnsentSlots } from "./link.ts";

/** Counts from the stream's first slot. */
export class StreamSlots {
  readonly #onUnsent: (slots: UnsentSlots) => void;
  #index = 0;
  #heldCount = 0;
  droppedCount = 0;
  missedCount = 0;

  constructor(onUnsent: (slots: UnsentSlots) => void) {
    this.#onUnsent = onUnsent;
  }

  /** Of the picture to be made: +1 each. */
  get index(): number {
    return this.#index;
  }

  /** The slot that it is made for. */
  get slot(): number {
    return this.#index + this.missedCount + this.#heldCount;
  }

  /** A picture is made for the slot. */
  next(): void {
    this.#index += 1;
  }

  /** A picture was made for the slot, but cannot be sent. */
  drop(slot: number, dueUs: Micros, fps: number): void {
    this.droppedCount += 1;
    this.#report({ slot, count: 1, dueUs, fate: "dropped" }, fps);
  }

  /** Slots passed without a picture. @param dueUs of the first */
  miss(count: number, dueUs: Micros, fps: number): void {
    if (count === 0) return;
    this.#report({ slot: this.slot, count, dueUs, fate: "missed" }, fps);
    this.missedCount += count;
  }

  /** The source had nothing new for these slots. @param dueUs of the first */
  hold(count: number, dueUs: Micros, fps: number): void {
    if (count === 0) return;
    this.#report({ slot: this.slot, count, dueUs, fate: "held" }, fps);
    this.#heldCount += count;
  }

  #report(slots: Omit<UnsentSlots, "intervalUs">, fps: number): void {
    this.#onUnsent({ ...slots, intervalUs: 1e6 / fps });
  }
}
