/**
 * How far the host's clock is from this page's, by round trips: the shortest of some says most, and
 * is wrong by half of itself at worst.
 */
import { fetchJson } from "./fetch-json.ts";

const tripCount = 8;

/** Microseconds to add to `performance.now()` to be on the host's clock; `undefined` if it is silent. */
export async function measureOffsetUs(address = "/api/v1/moq/clock"): Promise<number | undefined> {
  let best: { tripMs: number; offsetUs: number } | undefined;
  for (let trip = 0; trip < tripCount; trip += 1) {
    const startMs = performance.now();
    const answer = await fetchJson<{ now_us: number }>(address, { cache: "no-store" });
    const endMs = performance.now();
    if (answer === undefined) return best?.offsetUs;
    const { now_us } = answer;
    const tripMs = endMs - startMs;
    if (best === undefined || tripMs < best.tripMs) {
      best = { tripMs, offsetUs: now_us - ((startMs + endMs) / 2) * 1000 };
    }
  }
  return best?.offsetUs;
}
