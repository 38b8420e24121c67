/**
 * A column of buckets. NaN marks a bucket without a value while the column is being filled; in the
 * answer it is null.
 */

/** One value per bucket of time; NaN where nothing was measured. */
export type Column = Float64Array<ArrayBuffer>;
/** As it is sent: null where nothing was measured. */
export type OptionalNumber = number | null;

/** A column with nothing measured in any bucket. */
export function emptyColumn(count: number): Column {
  return new Float64Array(count).fill(Number.NaN);
}

/** Adds to the bucket; an unmeasured value changes nothing. */
export function addTo(column: Column, bucket: number, value: number | undefined): void {
  if (value === undefined) return;
  const before = column[bucket] ?? 0;
  column[bucket] = Number.isNaN(before) ? value : before + value;
}

/** Keeps the highest value of the bucket; an unmeasured value changes nothing. */
export function raiseTo(column: Column, bucket: number, value: number | undefined): void {
  // Not `value <= before`: before the first value that is NaN, which no comparison holds for.
  if (value !== undefined && !((column[bucket] ?? 0) >= value)) column[bucket] = value;
}

/** Keeps the lowest value of the bucket. */
export function lowerTo(column: Column, bucket: number, value: number): void {
  if (!((column[bucket] ?? 0) <= value)) column[bucket] = value;
}

/** A weighted mean per bucket. */
export class MeanColumn {
  readonly #sums: Column;
  readonly #weights: Float64Array;

  constructor(count: number) {
    this.#sums = emptyColumn(count);
    this.#weights = new Float64Array(count);
  }

  /** @param weight above 0. */
  add(bucket: number, value: number | undefined, weight: number): void {
    if (value === undefined) return;
    addTo(this.#sums, bucket, value * weight);
    this.#weights[bucket] = (this.#weights[bucket] ?? 0) + weight;
  }

  values(): OptionalNumber[] {
    return valuesOf(this.#sums.map((sum, bucket) => sum / (this.#weights[bucket] ?? 1)));
  }
}

/** Rounded to three decimals, which is finer than anything measured. */
export function valuesOf(column: Column): OptionalNumber[] {
  const values: OptionalNumber[] = new Array(column.length);
  for (let bucket = 0; bucket < column.length; bucket++) {
    const value = column[bucket] ?? Number.NaN;
    values[bucket] = Number.isNaN(value) ? null : Math.round(value * 1000) / 1000;
  }
  return values;
}
