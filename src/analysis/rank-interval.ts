/**
 * The distance of two small sets of numbers, without assumptions on their distribution: the median
 * of all pairwise differences, the interval that the rank sum test would not reject at 5 % (Hodges
 * and Lehmann), and how likely two equal sets would lie as far apart. Exact; ties count against a
 * difference.
 */
export type RankInterval = {
  readonly estimate: number;
  /** Absent where there are too few numbers for 95 %. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  /** For two equal sets, two-sided; 1 at most. */
  readonly chance: number;
};

const tail = 0.025;

/** For `after` minus `before`; both hold at least one number. `table` belongs to their counts. */
export function rankInterval(
  before: readonly number[],
  after: readonly number[],
  table: RankTable = new RankTable(before.length, after.length),
): RankInterval {
  const differences = Float64Array.from(after.flatMap((b) => before.map((a) => b - a))).sort();
  const { cut } = table;
  const low = differences[cut - 1];
  const high = differences[differences.length - cut];
  const interval = cut > 0 && low !== undefined && high !== undefined ? { low, high } : undefined;
  const notAbove = countUpTo(differences, 0);
  const notBelow = differences.length - countBelow(differences, 0);
  const chance = Math.min(1, 2 * table.chanceOf(Math.min(notAbove, notBelow)));
  return { estimate: medianOf(differences), interval, chance };
}

/** Of sorted numbers, at least one. */
export function medianOf(sorted: ArrayLike<number>): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The possible rank sums of two sets of these counts. Made once for many metrics. */
export class RankTable {
  /** How many differences are cut off at each end for a 95 % interval: 0 where one is too much. */
  readonly cut: number;
  /** By u: the probability of that or less. */
  readonly #chances: Float64Array;

  constructor(n: number, m: number) {
    const ways = waysOf(n, m);
    const all = ways.reduce((sum, count) => sum + count, 0);
    let below = 0;
    this.#chances = ways.map((count) => {
      below += count;
      return below / all;
    });
    const first = this.#chances.findIndex((chance) => chance > tail);
    this.cut = first < 0 ? this.#chances.length : first;
  }

  /** The probability that the rank sum of equal sets is `u` or less. */
  chanceOf(u: number): number {
    return this.#chances[u] ?? 1;
  }

  /** The least two-sided probability that these counts can give. */
  get least(): number {
    return Math.min(1, 2 * this.chanceOf(0));
  }
}

function countUpTo(sorted: Float64Array, value: number): number {
  let count = 0;
  while (count < sorted.length && (sorted[count] ?? 0) <= value) count += 1;
  return count;
}

function countBelow(sorted: Float64Array, value: number): number {
  let count = 0;
  while (count < sorted.length && (sorted[count] ?? 0) < value) count += 1;
  return count;
}

/** The number of orders of n and m numbers with rank sum u, for every u: a Gaussian binomial. */
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
