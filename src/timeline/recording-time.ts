/** The time of an event in a recording: milliseconds since its start, and the date. */
import { dateText } from "../model/unix-ms.ts";

/** A recording's start: by the date, and on the monotonic clock; now unless given. */
export type RecordingStart = {
  readonly startedUnixMs: number;
  readonly startedUs: number;
  /** Whether events get `t_ms`. */
  readonly hasClock: boolean;
};

/** Of one recording. */
export class RecordingTime {
  readonly #start: RecordingStart;
  /** A new date is made only for each millisecond. */
  #dateMs = Number.NaN;
  #date = "";

  constructor(start: RecordingStart) {
    this.#start = start;
  }

  dateAt(atUs: number): string {
    const dateMs = this.#start.startedUnixMs + this.#sinceStartMs(atUs);
    if (dateMs !== this.#dateMs) {
      this.#dateMs = dateMs;
      this.#date = dateText(dateMs);
    }
    return this.#date;
  }

  /** Since its start, as a field; none if the recording has no clock. */
  fieldAt(atUs: number): { readonly t_ms?: number } {
    return this.#start.hasClock ? { t_ms: this.#sinceStartMs(atUs) } : {};
  }

  /** An event cannot have happened before its recording began. */
  #sinceStartMs(atUs: number): number {
    return Math.max(0, Math.floor((atUs - this.#start.startedUs) / 1000));
  }
}
