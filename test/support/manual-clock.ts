/** A clock that stands still until a test moves it. */
import type { Clock, Micros } from "../../src/base/clock.ts";

export class ManualClock implements Clock {
  #monotonicUs: number;
  #wallMs: number;

  constructor(start: { monotonicUs?: number; wallMs?: number } = {}) {
    this.#monotonicUs = start.monotonicUs ?? 1_000_000;
    this.#wallMs = start.wallMs ?? Date.UTC(2026, 5, 26, 20, 14, 3);
  }

  nowUs(): Micros {
    return this.#monotonicUs as Micros;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  /** Time passes: both clocks move. */
  advanceMs(ms: number): void {
    this.#monotonicUs += ms * 1000;
    this.#wallMs += ms;
  }

  /** Somebody sets the date: only the wall clock moves. */
  stepWallMs(ms: number): void {
    this.#wallMs += ms;
  }
}
