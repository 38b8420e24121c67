/**
 * The date that ages are counted from. A clock that is suddenly far ahead may be wrong, and would
 * expire days of history before somebody sets it back; so a jump ahead counts only after an hour. A
 * clock that is set back counts at once: it makes nothing older.
 */
import type { Clock } from "../base/clock.ts";

/**
 * How long a clock that jumped ahead must stay there: the cleanup an hour later then confirms it.
 */
const confirmUs = 59 * 60_000_000;
/** More than a clock drifts or is corrected by between two readings. */
const jumpMsMin = 60_000;

/** Follows a wall clock together with the monotonic one; asked whenever a date is needed. */
export class BelievedDate {
  readonly #clock: Clock;
  /** The believed date minus the monotonic clock. */
  #offsetMs: number;
  /** The clock is ahead of that: since when, and by at least how much. */
  #ahead: { readonly sinceUs: number; readonly offsetMs: number } | undefined;

  /**
   * @param lastUnixMs when something was last dated, before this start; the machine may have been
   * off since
   */
  constructor(clock: Clock, lastUnixMs: number | undefined) {
    this.#clock = clock;
    this.#offsetMs = (lastUnixMs ?? clock.wallMs()) - clock.nowUs() / 1000;
  }

  /** Now, in milliseconds since 1970. */
  nowMs(): number {
    const nowUs = this.#clock.nowUs();
    const offsetMs = this.#clock.wallMs() - nowUs / 1000;
    if (offsetMs < this.#offsetMs + jumpMsMin) {
      this.#offsetMs = offsetMs;
      this.#ahead = undefined;
    } else this.#followAhead(offsetMs, nowUs);
    return nowUs / 1000 + this.#offsetMs;
  }

  #followAhead(offsetMs: number, nowUs: number): void {
    const { sinceUs, offsetMs: before } = this.#ahead ?? { sinceUs: nowUs, offsetMs };
    this.#ahead = { sinceUs, offsetMs: Math.min(before, offsetMs) };
    if (nowUs - sinceUs < confirmUs) return;
    this.#offsetMs = this.#ahead.offsetMs;
    this.#ahead = undefined;
  }
}
