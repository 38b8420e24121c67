/**
 * A metric of the host, as collectors of metrics take it: base units, `_total` names of counters,
 * and labels bounded in number. Its writers turn it into text or bytes.
 */

/** Names and values of labels, in the order in which they are written. */
export type Labels = Readonly<Record<string, string>>;

/** One value with its labels. */
export type MetricSample = { readonly labels: Labels; readonly value: number };

/**
 * Times or shares that were counted in buckets. `counts[i]` is of values up to and including
 * `bounds[i]` and above the bound before; the last count, one more than there are bounds, is of all
 * above.
 */
export type CountedValues = {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
  /** Buckets that grow by the eighth root of two; absent if nobody needs that resolution. */
  readonly fine?: FineCounts;
};

/** `counts[i]` is of values in (2^((first + i − 1)/8), 2^((first + i)/8)], `zeros` of those that are 0. */
export type FineCounts = {
  readonly zeros: number;
  readonly first: number;
  readonly counts: readonly number[];
};

/** One distribution with its labels. */
export type HistogramSample = { readonly labels: Labels; readonly values: CountedValues };

type Named = {
  /** Without the prefix that all names of this host have. */
  readonly name: string;
  readonly help: string;
  /** Its name is a convention of all programs and has no prefix. */
  readonly isConventional?: true;
};

/** A counter or a gauge with all its samples. */
export type NumberMetric = Named & {
  readonly type: "counter" | "gauge";
  readonly samples: readonly MetricSample[];
};

/** A distribution with all its samples. */
export type HistogramMetric = Named & {
  readonly type: "histogram";
  readonly samples: readonly HistogramSample[];
};

/** One metric with all its samples. */
export type ScrapedMetric = NumberMetric | HistogramMetric;

/** The public name. */
export function fullName({ name, isConventional }: Pick<ScrapedMetric, keyof Named>): string {
  return isConventional === true ? name : `onglass_${name}`;
}
