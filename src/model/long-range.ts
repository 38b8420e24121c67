/** Which ranges of rows are too long to be processed while streams and pages wait. */

/**
 * Below it a range is processed right away: at 240 frames per second that blocks the main thread
 * for less than 50 ms, and a worker would take longer to start.
 */
const longMs = 2 * 60_000;

/** Whether a range is worth a worker, and its page is better shown without waiting. */
export function isLong(rangeMs: number): boolean {
  return rangeMs > longMs;
}
