/**
 * How far two small sets of numbers lie apart, without a guess at how they are distributed: the
 * median of all pairwise differences, and the interval that the rank sum test would not refuse at
 * 5 % (Hodges and Lehmann). Exact; needs four numbers on each side.
 */
export type RankInterval = {
  readonly estimate: number;
  /** Absent where there are too few numbers for 95 %. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
};

const tail = 0.025;

/** Of `after` minus `before`; both hold at least one number. */
export function rankInterval(before: readonly number[], after: readonly number[]): RankInterval {
  const differences = after.flatMap((b) => before.map((a) => b - a)).sort((a, b) => a - b);
  const cut = cutOf(before.length, after.length);
  const low = differences[cut - 1];
  const high = differences[differences.length - cut];
  const interval = cut > 0 && low !== undefined && high !== undefined ? { low, high } : undefined;
  return { estimate: medianOf(differences), interval };
}

/** Of sorted numbers, at least one. */
export function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** How many differences are left out at each end: 0 where even one would be too much. */
function cutOf(n: number, m: number): number {
  const ways = waysOf(n, m);
  const all = ways.reduce((sum, count) => sum + count, 0);
  let below = 0;
  let cut = 0;
  for (const count of ways) {
    below += count;
    if (below / all > tail) return cut;
    cut += 1;
  }
  return cut;
}

/** In how many orders of n and m numbers the rank sum is u, for every u: a Gaussian binomial. */
function waysOf(n: number, m: number): Float64Array {
  const ways = new Float64Array(n * m + 1);
  ways[0] = 1;
  for (let i = 1; i <= n; i++) {
    for (let u = ways.length - 1; u >= m + i; u--)
      ways[u] = (ways[u] ?? 0) - (ways[u - m - i] ?? 0);
    for (let u = i; u < ways.length; u++) ways[u] = (ways[u] ?? 0) + (ways[u - i] ?? 0);
  }
  return ways;
}
