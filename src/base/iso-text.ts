/** Dates as text. */

/** A date in milliseconds since 1970 as ISO 8601 in UTC. @throws RangeError for a number that is not a date */
export function isoText(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
