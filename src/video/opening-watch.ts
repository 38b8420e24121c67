/** Which part of a stream is being opened, and its deadline. */
import { type Cancel, timers } from "../base/scheduler.ts";
import { hurriedDeadlineMs, openDeadlineMs, type unresponsive } from "./deadlines.ts";

type Part = keyof typeof unresponsive;

/** Of one stream, until it has ended. */
export class OpeningWatch {
  readonly #onLate: (part: Part, seconds: number) => void;
  #part: Part | undefined;
  #cancel: Cancel | undefined;
  #isHurried = false;
  #isOver = false;

  /** @param onLate the part has not answered in time */
  constructor(onLate: (part: Part, seconds: number) => void) {
    this.#onLate = onLate;
  }

  /** The host stops. */
  get isHurried(): boolean {
    return this.#isHurried;
  }

  /** News are due before the deadline, which is that of the part unless given. */
  expect(part: Part, deadlineMs = this.#deadlineMsOf(part)): void {
    this.#cancel?.();
    this.#part = part;
    if (this.#isOver) return;
    this.#cancel = timers.after(deadlineMs, () => this.#onLate(part, deadlineMs / 1000));
  }

  /** Everything is open. */
  opened(): void {
    this.#part = undefined;
    this.#cancel?.();
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#isOver = true;
    this.#cancel?.();
  }

  /**
   * The host stops. Only a source may be left early: encoders open and close by themselves.
   * @returns whether a source is being opened
   */
  hurry(): boolean {
    this.#isHurried = true;
    if (this.#part !== "source") return false;
    this.expect("source", hurriedDeadlineMs);
    return true;
  }

  #deadlineMsOf(part: Part): number {
    return this.#isHurried && part === "source" ? hurriedDeadlineMs : openDeadlineMs;
  }
}
