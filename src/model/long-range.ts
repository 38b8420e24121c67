/** Which ranges of rows are too long to be worked out while streams and pages wait. */

/** Below it a range is read right away: half a second of video at worst waits for it. */
const longMs = 10 * 60_000;

/** Whether a range is worth a worker, and a page is better shown without waiting for it. */
export function isLong(rangeMs: number): boolean {
  return rangeMs > longMs;
}
