/**
 * What a page says of itself, so that a browser that is short of time, or that nobody sees, is not
 * taken for a network that is slow: how late its timers ran, and for how long nothing was painted.
 * Pure.
 */

/** How often a page looks at its clock. */
export const tickMs = 50;
/** Timers are this exact without any load. */
const exactMs = 12;
/** A page that is seen paints at least so often, also on a slow screen. */
const paintGapMsMax = 250;

/** Totals since the page began; both only grow. */
export type PulseTotals = {
  readonly late_ms: number;
  readonly unpainted_ms: number;
};

/** Times are those of the page's clock, in milliseconds. */
export class PagePulse {
  #lateMs = 0;
  #unpaintedMs = 0;
  #tickedMs: number | undefined;
  #paintedMs: number | undefined;

  /** A timer of `tickMs` fired. A page that is not seen has its timers slowed down: they say nothing then. */
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

  /** What goes beyond a usual gap, once. */
  #count(nowMs: number): void {
    const sinceMs = this.#paintedMs;
    this.#paintedMs ??= nowMs;
    if (sinceMs === undefined || nowMs - sinceMs <= paintGapMsMax) return;
    this.#unpaintedMs += nowMs - sinceMs;
    this.#paintedMs = nowMs;
  }
}
