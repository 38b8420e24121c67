/**
 * Metrics of the first version that used other units, in Prometheus' base units. Pure. The earlier
 * names stay unless base units are requested: dashboards and alerts depend on them.
 */
import type { NumberMetric, ScrapedMetric } from "../model/scraped-metric.ts";

const units = [
  { ending: "_us_total", base: "_seconds_total", perBase: 1e6 },
  { ending: "_bits_per_second", base: "_bytes_per_second", perBase: 8 },
];

/** The same metric in seconds and bytes, under the corresponding name. */
export function inBaseUnits(metric: ScrapedMetric): ScrapedMetric {
  const unit = units.find(({ ending }) => metric.name.endsWith(ending));
  return unit === undefined || metric.type === "histogram" ? metric : converted(metric, unit);
}

function converted(metric: NumberMetric, { ending, base, perBase }: (typeof units)[number]) {
  const samples = metric.samples.map(({ labels, value }) => ({ labels, value: value / perBase }));
  return { ...metric, name: metric.name.slice(0, -ending.length) + base, samples };
}
