/**
 * One page's input: it is forwarded to the desktop, and everything held is tracked, so that it is
 * released when the page is hidden, closed, or silent for a second with something held.
 */
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import type { InputEvent } from "../input/event.ts";
import { silenceMs } from "./wire/layout.ts";

/** Keys and buttons that one page can hold at the same time; a further press is dropped. */
export const heldCountMax = 32;

type Held = Extract<InputEvent, { kind: "key" | "button" }>;

/** Everything that one page holds. Release it when the page is gone. */
export class PlaySeat {
  readonly #pass: (event: InputEvent) => void;
  readonly #scheduler: Scheduler;
  /** By what it is: the event that presses it. */
  readonly #held = new Map<string, Held>();
  #cancel: Cancel | undefined;

  /** @param pass receives the page's input; every press gets its release */
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

  /** Releases everything that the page holds. */
  release(): void {
    for (const event of this.#held.values()) this.#pass({ ...event, isDown: false });
    this.#held.clear();
    this.heard();
  }

  /** A release of something not held is another page's: two may hold the same key. */
  #isPassed(event: InputEvent): boolean {
    if (event.kind !== "key" && event.kind !== "button") return true;
    const name = event.kind === "key" ? `key ${event.virtualKey}` : `button ${event.button}`;
    if (!event.isDown) return this.#held.delete(name);
    if (!this.#held.has(name) && this.#held.size >= heldCountMax) return false;
    this.#held.set(name, event);
    return true;
  }
}
