/** Waiting, for a time or for an end. */
import type { Clock, Micros } from "./clock.ts";

/** Resolves after this many milliseconds; with 0 after everything already scheduled has run. */
export function sleepMs(ms: number): Promise<void> {
  return Bun.sleep(ms);
}

/** Aborts its signal after this time. */
export function abortAfter(ms: number): AbortSignal {
  return AbortSignal.timeout(ms);
}

/** Exits after this time, if something still keeps the process running. */
export function exitAfter(ms: number, code: number): void {
  setTimeout(() => process.exit(code), ms).unref();
}

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
