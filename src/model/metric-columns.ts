/** How a metric is read from a sample, and its columns in a series. */
import type { Fold } from "./metric-fold.ts";
import { type MetricName, type MetricTable, metricNames, metricRows } from "./metrics.ts";

type ColumnsIn<Name extends MetricName> = MetricTable[Name]["fold"] extends Fold
  ? Name
  : keyof MetricTable[Name]["fold"];
/** The name of a column that a series has of a metric. */
export type ColumnName = { [Name in MetricName]: ColumnsIn<Name> }[MetricName];

/** A column of a series: which metric it folds, and how. */
export type MetricColumn = {
  readonly column: ColumnName;
  readonly metric: MetricName;
  readonly fold: Fold;
};

/** The columns of all metrics; of one with several the drawn one is first. */
export const metricColumns: readonly MetricColumn[] = metricNames.flatMap((metric) => {
  const { fold } = metricRows[metric];
  const folds = typeof fold === "string" ? { [metric]: fold } : fold;
  return Object.entries(folds).map(([column, how]) => ({
    // The type of `ColumnName`: the metric's own name, or the names in its row.
    column: column as ColumnName,
    metric,
    fold: how,
  }));
});

/** The column that charts draw of each metric. */
export const drawnColumns: ReadonlyMap<MetricName, ColumnName> = new Map(
  metricColumns.toReversed().map(({ metric, column }) => [metric, column]),
);

/** The part of a sample that metrics need. */
type MetricValues = {
  readonly [Name in MetricName]?: number | undefined;
} & {
  readonly unmeasured?: readonly string[];
  readonly lower_bounds?: readonly string[];
};

/** A metric of a sample; `undefined` if it was not measured, whatever the field contains. */
export function measured(sample: MetricValues, name: MetricName): number | undefined {
  const { unmeasured } = sample;
  const isKnown = unmeasured === undefined || unmeasured.length === 0 || !unmeasured.includes(name);
  return isKnown ? sample[name] : undefined;
}

/** Whether the metric was measured and may be larger than the sample shows. */
export function isLowerBound(sample: MetricValues, name: MetricName): boolean {
  return sample.lower_bounds?.includes(name) === true && measured(sample, name) !== undefined;
}
