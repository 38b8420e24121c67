/** The figures of a range of one session: what charts show, as numbers. */
import type { ClickSummary } from "./click.ts";
import type { MetricUnit } from "./metric-fold.ts";
import type { MetricName } from "./metrics.ts";

/** One row. An absent value was not measured, or makes no sense here (the sum of a rate). */
export type Figure = {
  /** What the row is about: a metric, several metrics, or a stage by its name. */
  readonly name: MetricName | "total" | "gap" | { readonly stage: string };
  readonly unit: MetricUnit;
  readonly min?: number | undefined;
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
  readonly max?: number | undefined;
  readonly sum?: number | undefined;
  readonly isLowerBound?: boolean;
};

export type Figures = {
  readonly rows: readonly Figure[];
  readonly windowCount: number;
  readonly frameCount: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** The window with the longest p99 of the total; `us` is absent if no frame arrived at all. */
  readonly worst: { readonly atMs: number; readonly us: number | undefined } | undefined;
  /** Absent where no input was measured until its picture. */
  readonly clicks: ClickSummary | undefined;
};
