/** Waiting on the one clock. */
import type { Clock, Micros } from "./clock.ts";

/**
 * Resolves at `dueUs`, at once when that has passed. The runtime sleeps in whole milliseconds
 * (error p99 0.2 ms), so this may return up to a millisecond late; spinning for the rest would be
 * exact and cost a quarter of a core.
 */
export async function sleepUntil(clock: Clock, dueUs: Micros): Promise<void> {
  for (;;) {
    const leftUs = dueUs - clock.nowUs();
    if (leftUs <= 0) return;
    await Bun.sleep(Math.ceil(leftUs / 1000));
  }
}
