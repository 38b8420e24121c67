/** Which ranges of rows are too long to be worked out while streams and pages wait. */

/**
 * Below it a range is read and judged right away: at 240 frames a second that holds the main thread for
 * less than 50 ms, and a worker would take longer to start.
 */
const longMs = 2 * 60_000;

/** Whether a range is worth a worker, and a page is better shown without waiting for it. */
export function isLong(rangeMs: number): boolean {
  return rangeMs > longMs;
}
