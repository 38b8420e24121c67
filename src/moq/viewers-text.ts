/** Text in place of the player for a stream that any number of pages watch. */

/** The client name of a broadcast's session. */
export function viewersText(count: number): string {
  return count === 1 ? "1 viewer" : `${count} viewers`;
}
