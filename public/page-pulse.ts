/**
 * What a page reports about itself, so that a busy or hidden browser is not mistaken for a slow
 * network: how late its timers ran, and for how long nothing was painted. Pure.
 */

/** How often a page checks its clock. */
export const tickMs = 50;
/** Precision of timers without any load. */
const exactMs = 12;
/** A visible page paints at least this often, even on a slow screen. */
const paintGapMsMax = 250;

/** Totals since the page was loaded; both only grow. */
export type PulseTotals = {
  readonly late_ms: number;
  readonly unpainted_ms: number;
};

/** Times are on the page's clock, in milliseconds. */
export class PagePulse {
  #lateMs = 0;
  #unpaintedMs = 0;
  #tickedMs: number | undefined;
  #paintedMs: number | undefined;

  /** A timer of `tickMs` fired. Timers of a hidden page are throttled and say nothing. */
  tick(nowMs: number, isHidden: boolean): void {
    const lateMs = nowMs - (this.#tickedMs ?? nowMs) - tickMs;
    this.#tickedMs = isHidden ? undefined : nowMs;
    if (!isHidden && lateMs > exactMs) this.#lateMs += lateMs;
  }

  /** The browser is about to paint. */
  paint(nowMs: number): void {
    this.#count(nowMs);
    this.#paintedMs = nowMs;
  }

  take(nowMs: number): PulseTotals {
    this.#count(nowMs);
    return { late_ms: Math.round(this.#lateMs), unpainted_ms: Math.round(this.#unpaintedMs) };
  }

  /** The part beyond a usual gap, counted once. */
  #count(nowMs: number): void {
    const sinceMs = this.#paintedMs;
    this.#paintedMs ??= nowMs;
    if (sinceMs === undefined || nowMs - sinceMs <= paintGapMsMax) return;
    this.#unpaintedMs += nowMs - sinceMs;
    this.#paintedMs = nowMs;
  }
}
