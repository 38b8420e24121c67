/**
 * The offset between the host's clock and this page's, from round trips: the shortest of several is
 * the most exact, and is wrong by at most half of itself.
 */
import { fetchJson } from "./fetch-json.ts";

const tripCount = 8;
const againMs = 30_000;
/**
 * A page that is loading is busy: an inexact result is measured again soon, at most this many
 * times.
 */
const closeMs = 2;
const soonMs = 2000;
const soonCountMax = 5;
/** Two clocks drift apart by at most this much per second. */
const driftShare = 50e-6;

type Measured = { readonly tripMs: number; readonly offsetUs: number; readonly atMs: number };

/** The most exact result so far; it becomes less exact with time. */
export class ClockFit {
  #known: Measured | undefined;

  /** Microseconds to add to `performance.now()` to be on the host's clock; `undefined` until it is known. */
  get offsetUs(): number | undefined {
    return this.#known?.offsetUs;
  }

  /** How much the offset may be wrong. */
  errorMs(nowMs: number): number {
    if (this.#known === undefined) return Number.POSITIVE_INFINITY;
    return this.#known.tripMs / 2 + (nowMs - this.#known.atMs) * driftShare;
  }

  take(measured: Measured): void {
    if (measured.tripMs / 2 <= this.errorMs(measured.atMs)) this.#known = measured;
  }

  /** Changes nothing where the host does not answer. */
  async measure(address = "/api/v1/moq/clock"): Promise<void> {
    for (let trip = 0; trip < tripCount; trip += 1) {
      const startMs = performance.now();
      const answer = await fetchJson<{ now_us: number }>(address, { cache: "no-store" });
      const endMs = performance.now();
      if (answer === undefined) return;
      const offsetUs = answer.now_us - ((startMs + endMs) / 2) * 1000;
      this.take({ tripMs: endMs - startMs, offsetUs, atMs: endMs });
    }
  }
}

/**
 * Measures now and every half minute, until the signal aborts. @param onMeasured the offset so far,
 * in microseconds
 */
export function followHostClock(
  address: string | undefined,
  signal: AbortSignal,
  onMeasured: (offsetUs: number | undefined) => void,
): void {
  const fit = new ClockFit();
  let soonCount = soonCountMax;
  const measure = async () => {
    await fit.measure(address);
    if (signal.aborted) return;
    onMeasured(fit.offsetUs);
    const isSure = fit.errorMs(performance.now()) < closeMs;
    const waitMs = isSure || soonCount === 0 ? againMs : soonMs;
    if (!isSure) soonCount = Math.max(0, soonCount - 1);
    timer = setTimeout(() => void measure(), waitMs);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));
  void measure();
}
