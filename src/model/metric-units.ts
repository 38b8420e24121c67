/** How people read the unit of a metric: times in milliseconds, and no more digits than matter. */
import type { MetricUnit } from "./metric-fold.ts";

/** A unit as shown, the same in all languages, and how many of the metric's own make one. */
export type ShownUnit = { readonly text: string; readonly divisor: number };

export const shownUnits: Readonly<Record<MetricUnit, ShownUnit>> = {
  us: { text: "ms", divisor: 1000 },
  fps: { text: "fps", divisor: 1 },
  mbps: { text: "Mbit/s", divisor: 1 },
  kbps: { text: "Mbit/s", divisor: 1000 },
  count: { text: "", divisor: 1 },
  percent: { text: "%", divisor: 1 },
};

/** Decimal places, at most: 71.3 ms, 9.87 ms, 123 ms. @param shown in the shown unit. */
export function digitsOf(unit: MetricUnit, shown: number): number {
  if (unit === "fps" || unit === "count") return 1;
  if (unit === "percent") return 0;
  const size = Math.abs(shown);
  if (size < 10) return 2;
  return size < 100 ? 1 : 0;
}
