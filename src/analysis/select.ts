/**
 * The k-th smallest of numbers without sorting them all: a median of 300 in some two microseconds.
 */

/**
 * Reorders the first `count` values so that the one at place `k` is where sorting would put it:
 * none before it is larger, none after it smaller.
 * @returns that value; NaN when there is none
 */
export function selectNth(values: Float64Array, count: number, k: number): number {
  return selectWithin(values, { from: 0, end: count }, k);
}

/** The same for the values from `from` up to, not including, `end`; `k` lies between them. */
function selectWithin(
  values: Float64Array,
  { from, end }: { readonly from: number; readonly end: number },
  k: number,
): number {
  if (k < from || k >= end) return Number.NaN;
  let low = from;
  let high = end - 1;
  while (low < high) {
    const left = partition(values, low, high);
    // Between the two sides lie only values equal to the pivot, if any.
    if (k < left) high = left - 1;
    else low = left;
  }
  return values[k] ?? Number.NaN;
}

/** Smaller values before the returned index, larger ones from it on; both sides shrink. */
function partition(values: Float64Array, low: number, high: number): number {
  const pivot = medianOfThree(values, low, high);
  let left = low;
  let right = high;
  while (left <= right) {
    while ((values[left] ?? 0) < pivot) left += 1;
    while ((values[right] ?? 0) > pivot) right -= 1;
    if (left <= right) swap(values, left++, right--);
  }
  return left;
}

/** Nearest rank, as everywhere: the value at rank ⌈share · count⌉. Reorders the first `count`. */
export function selectQuantile(values: Float64Array, count: number, share: number): number {
  return selectNth(values, count, placeOf(count, share));
}

/**
 * Several quantiles of the same values, in ascending order: each searches only after the one
 * before.
 */
export function selectQuantiles(
  values: Float64Array,
  count: number,
  shares: readonly number[],
): number[] {
  let from = 0;
  return shares.map((share) => {
    const place = placeOf(count, share);
    const value = selectWithin(values, { from, end: count }, place);
    from = place;
    return value;
  });
}

function placeOf(count: number, share: number): number {
  return Math.max(0, Math.ceil(share * count) - 1);
}

function medianOfThree(values: Float64Array, low: number, high: number): number {
  const a = values[low] ?? 0;
  const b = values[(low + high) >> 1] ?? 0;
  const c = values[high] ?? 0;
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function swap(values: Float64Array, one: number, other: number): void {
  const kept = values[one] ?? 0;
  values[one] = values[other] ?? 0;
  values[other] = kept;
}
