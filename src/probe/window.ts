/** The probe window on either kind of desktop: it counts presses, and shows the count. */
import type { Clock } from "../base/clock.ts";

/** A window of the probe, until the desktop or its caller ends it. */
export type ProbeWindow = {
  /** Resolves when the desktop has closed the window. */
  readonly closed: Promise<void>;
  close(): void;
};

/** What a window shows now. */
export class ProbeCount {
  readonly #clock: Clock;
  number = 1;
  timeUs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.timeUs = clock.nowUs();
  }

  /** A key or a button of the mouse went down in the window. */
  press(): void {
    this.number += 1;
    this.timeUs = this.#clock.nowUs();
  }
}
