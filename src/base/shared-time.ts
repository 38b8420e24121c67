/**
 * Hot path: one point in time on the shared clock, in memory that threads share. One thread writes
 * it, any other may read it.
 */
import type { Micros } from "./clock.ts";

/** Absent until it is set. An aligned store of 8 bytes is never seen half done. */
export class SharedTime {
  readonly memory: SharedArrayBuffer;
  readonly #time: Float64Array;

  constructor(memory = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#time = new Float64Array(memory);
  }

  set(timeUs: number): void {
    this.#time[0] = timeUs;
  }

  /** The clock has passed 0 long before anything could be set. */
  get(): Micros | undefined {
    const timeUs = this.#time[0] ?? 0;
    return timeUs === 0 ? undefined : (timeUs as Micros);
  }
}
