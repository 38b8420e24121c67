/**
 * The order in which values are tried: ABBA BAAB…, so that slow changes, such as a machine heating
 * up, do not favour one of them. Pure.
 */

/** Indexes of the values, run after run: every value once in each round. */
export function balancedOrder(valueCount: number, roundCount: number): number[] {
  return Array.from({ length: roundCount }, (_round, round) => {
    const turn = Math.floor(round / 2);
    const values = Array.from(
      { length: valueCount },
      (_value, place) => (place + turn) % valueCount,
    );
    return round % 2 === 1 ? values.reverse() : values;
  }).flat();
}

/**
 * Rounds in which each value is tried for `seconds` in total; at least two, so that the order is
 * balanced.
 */
export function roundsOf(seconds: number, blockSeconds: number): number {
  return Math.max(2, Math.round(seconds / blockSeconds));
}

/** `ABBA BAAB ABBA`, in fours or rounds of two. */
export function orderText(order: readonly number[], valueCount: number): string {
  const letters = order.map((place) => String.fromCharCode(65 + place)).join("");
  return letters.match(new RegExp(`.{1,${2 * valueCount}}`, "g"))?.join(" ") ?? "";
}
