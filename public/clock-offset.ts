/**
 * How far the host's clock is from this page's, by round trips: the shortest of some says most, and
 * is wrong by half of itself at worst.
 */
import { fetchJson } from "./fetch-json.ts";

const tripCount = 8;
const againMs = 30_000;
/** A page that begins is busy: what may be wrong by more is measured again soon, so many times. */
const closeMs = 2;
const soonMs = 2000;
const soonCountMax = 5;
/** Two clocks part by so much in a second at most. */
const driftShare = 50e-6;

type Measured = { readonly tripMs: number; readonly offsetUs: number; readonly atMs: number };

/** The surest of what was measured so far; what is known is less sure as time passes. */
export class ClockFit {
  #known: Measured | undefined;

  /** Microseconds to add to `performance.now()` to be on the host's clock; `undefined` until it is known. */
  get offsetUs(): number | undefined {
    return this.#known?.offsetUs;
  }

  /** By how much it may be wrong. */
  errorMs(nowMs: number): number {
    if (this.#known === undefined) return Number.POSITIVE_INFINITY;
    return this.#known.tripMs / 2 + (nowMs - this.#known.atMs) * driftShare;
  }

  take(measured: Measured): void {
    if (measured.tripMs / 2 <= this.errorMs(measured.atMs)) this.#known = measured;
  }

  /** Changes nothing where the host is silent. */
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

/** Measures now and every half minute, until the signal. @param onMeasured the offset so far, in microseconds */
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
