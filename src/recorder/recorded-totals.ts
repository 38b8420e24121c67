/**
 * Totals of the metrics that are counts, over the windows recorded since the host began. They do
 * not change while no capture records; a window without a metric adds nothing to it.
 */
import { recordOf } from "../base/record.ts";
import type { StatsSample } from "../model/capture.ts";
import { measured } from "../model/metric-columns.ts";
import { type MetricName, metricNames, metricRows } from "../model/metrics.ts";

const countNames = metricNames.filter((name) => metricRows[name].fold === "sum");

/** Only grows. */
export class RecordedTotals {
  readonly #values = new Map<MetricName, number>(countNames.map((name) => [name, 0]));

  /** A window that was recorded. */
  add(sample: StatsSample): void {
    for (const [name, before] of this.#values) {
      this.#values.set(name, before + (measured(sample, name) ?? 0));
    }
  }

  /** By metric, in the order of the table. */
  read(): Partial<Record<MetricName, number>> {
    return recordOf(countNames, (name) => this.#values.get(name) ?? 0);
  }
}
