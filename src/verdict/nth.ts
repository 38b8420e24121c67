/** The value at a rank, found without sorting all: medians and tails of many thousand values. Pure. */

/** After this many rounds the rest is sorted: no order of values makes it slow. */
const roundCountMax = 64;

/** The value at `rank` if all were sorted; 0 without a value. `values` are reordered. */
export function nth(values: Float64Array, rank: number): number {
  let [low, high] = [0, values.length - 1];
  for (let round = 0; low < high; round++) {
    if (round === roundCountMax) {
      values.subarray(low, high + 1).sort();
      break;
    }
    const [left, right] = part(values, low, high);
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return values[rank] ?? 0;
}

/**
 * Hoare's partition: values up to `right` are not larger, from `left` on not smaller than those
 * between.
 */
function part(values: Float64Array, low: number, high: number): readonly [number, number] {
  const pivot = values[(low + high) >> 1] ?? 0;
  let left = low;
  let right = high;
  while (left <= right) {
    while ((values[left] ?? 0) < pivot) left += 1;
    while ((values[right] ?? 0) > pivot) right -= 1;
    if (left > right) break;
    const swapped = values[left] ?? 0;
    values[left] = values[right] ?? 0;
    values[right] = swapped;
    left += 1;
    right -= 1;
  }
  return [left, right];
}

/** Median, nearest rank; 0 without a value. `values` are reordered. */
export function median(values: Float64Array): number {
  return nth(values, Math.ceil(values.length / 2) - 1);
}
