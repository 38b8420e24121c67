/** The rate of a total of bytes, from two readings and the time between them on the host's clock. */

/** A total as the host reported it, with the time of the reading on the host's clock. */
export type ByteReading = { readonly bytes: number; readonly atUs: number };

/**
 * Megabits per second; `undefined` where no time has passed on the host, or it was restarted.
 * Totals that restarted have a rate of 0.
 */
export function mbpsBetween(before: ByteReading, now: ByteReading): number | undefined {
  const seconds = (now.atUs - before.atUs) / 1e6;
  if (!(seconds > 0)) return undefined;
  return (Math.max(0, now.bytes - before.bytes) * 8) / 1e6 / seconds;
}
