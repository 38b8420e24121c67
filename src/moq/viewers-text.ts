/** What stands for the player of a stream that any number of pages watch. */

/** Who a broadcast is for, as its session's client. */
export function viewersText(count: number): string {
  return count === 1 ? "1 viewer" : `${count} viewers`;
}
