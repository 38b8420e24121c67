/**
 * One page at the keyboard: what it sends is passed to the desktop, and what it holds is known, so that
 * it is released when the page is hidden, goes, or is silent for a second with something held.
 */
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import type { InputEvent } from "../input/event.ts";
import { silenceMs } from "./wire/layout.ts";

/** Keys and buttons that one page can hold at a time; a further press is not passed on. */
export const heldCountMax = 32;

type Held = Extract<InputEvent, { kind: "key" | "button" }>;

/** What one page holds. Release it when the page is gone. */
export class PlaySeat {
  readonly #pass: (event: InputEvent) => void;
  readonly #scheduler: Scheduler;
  /** By what it is: the event that presses it. */
  readonly #held = new Map<string, Held>();
  #cancel: Cancel | undefined;

  /** @param pass takes what the page does; presses of this seat always get their release */
  constructor(pass: (event: InputEvent) => void, scheduler: Scheduler) {
    this.#pass = pass;
    this.#scheduler = scheduler;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /** Something came from the page. */
  heard(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#held.size === 0) return;
    this.#cancel = this.#scheduler.after(silenceMs, () => this.release());
  }

  accept(event: InputEvent): void {
    if (this.#isPassed(event)) this.#pass(event);
    this.heard();
  }

  /** Everything that the page holds goes up. */
  release(): void {
    for (const event of this.#held.values()) this.#pass({ ...event, isDown: false });
    this.#held.clear();
    this.heard();
  }

  /** A release of what is not held is another page's: two may hold the same key. */
  #isPassed(event: InputEvent): boolean {
    if (event.kind !== "key" && event.kind !== "button") return true;
    const name = event.kind === "key" ? `key ${event.virtualKey}` : `button ${event.button}`;
    if (!event.isDown) return this.#held.delete(name);
    if (!this.#held.has(name) && this.#held.size >= heldCountMax) return false;
    this.#held.set(name, event);
    return true;
  }
}
