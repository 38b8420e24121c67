/** Metrics as an ExportMetricsServiceRequest in JSON: totals since the host began. Pure. */
import {
  fullName,
  type HistogramSample,
  type MetricSample,
  type ScrapedMetric,
} from "../../model/scraped-metric.ts";
import { attributesOf, nanos, resourceOf, type Sender, scopeOf } from "./wire.ts";

/** AGGREGATION_TEMPORALITY_CUMULATIVE */
const cumulative = 2;

/** Microseconds since 1970. */
export type MetricTimes = { readonly startUs: number; readonly nowUs: number };

/** A metric without samples is left out. */
export function metricsRequest(
  metrics: readonly ScrapedMetric[],
  times: MetricTimes,
  sender: Sender,
) {
  const known = metrics.filter(({ samples }) => samples.length > 0);
  return {
    resourceMetrics: [
      {
        resource: resourceOf(sender),
        scopeMetrics: [
          { scope: scopeOf(sender), metrics: known.map((metric) => metricOf(metric, times)) },
        ],
      },
    ],
  };
}

function metricOf(metric: ScrapedMetric, times: MetricTimes) {
  const name = fullName(metric);
  const head = { name, description: metric.help, unit: unitOf(name) };
  if (metric.type === "histogram") {
    const dataPoints = metric.samples.map((sample) => histogramPoint(sample, times));
    return { ...head, histogram: { dataPoints, aggregationTemporality: cumulative } };
  }
  const dataPoints = metric.samples.map((sample) => numberPoint(sample, times));
  if (metric.type === "gauge") return { ...head, gauge: { dataPoints } };
  return {
    ...head,
    sum: { dataPoints, aggregationTemporality: cumulative, isMonotonic: true },
  };
}

function numberPoint({ labels, value }: MetricSample, times: MetricTimes) {
  return { ...pointOf(labels, times), asDouble: value };
}

function histogramPoint({ labels, values }: HistogramSample, times: MetricTimes) {
  const { bounds, counts, sum } = values;
  return {
    ...pointOf(labels, times),
    count: `${counts.reduce((all, count) => all + count, 0)}`,
    sum,
    bucketCounts: counts.map((count) => `${count}`),
    explicitBounds: bounds,
  };
}

function pointOf(labels: MetricSample["labels"], { startUs, nowUs }: MetricTimes) {
  return {
    attributes: attributesOf(labels),
    startTimeUnixNano: nanos(startUs),
    timeUnixNano: nanos(nowUs),
  };
}

const units = [
  ["_bytes_per_second", "By/s"],
  ["_bits_per_second", "bit/s"],
  ["_frames_per_second", "{frame}/s"],
  ["_seconds", "s"],
  ["_bytes", "By"],
  ["_ratio", "1"],
  ["_celsius", "Cel"],
  ["_hertz", "Hz"],
  ["_watts", "W"],
] as const;

/** As UCUM writes it; empty for counts. */
function unitOf(name: string): string {
  const bare = name.replace(/_total$/, "");
  return units.find(([ending]) => bare.endsWith(ending))?.[1] ?? "";
}
