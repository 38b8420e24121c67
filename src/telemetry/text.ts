/** Metrics in Prometheus' text format 0.0.4, which every collector of metrics reads. Pure. */
import {
  fullName,
  type HistogramSample,
  type Labels,
  type ScrapedMetric,
} from "../model/scraped-metric.ts";

/** The content type of `metricsText`. */
export const textType = "text/plain; version=0.0.4; charset=utf-8";

/** The whole answer, ended by a line break. */
export function metricsText(metrics: readonly ScrapedMetric[]): string {
  return metrics.map(write).join("");
}

function write(metric: ScrapedMetric): string {
  const name = fullName(metric);
  const lines =
    metric.type === "histogram"
      ? metric.samples.flatMap((sample) => histogramLines(name, sample))
      : metric.samples.map(({ labels, value }) => line(name, labels, value));
  return `# HELP ${name} ${metric.help}\n# TYPE ${name} ${metric.type}\n${lines.join("")}`;
}

/** Each bucket counts all values up to its bound. */
function histogramLines(name: string, { labels, values }: HistogramSample): string[] {
  const { bounds, counts, sum } = values;
  let below = 0;
  const buckets = counts.map((count, place) => {
    below += count;
    const le = place < bounds.length ? `${bounds[place]}` : "+Inf";
    return line(`${name}_bucket`, { ...labels, le }, below);
  });
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, below)];
}

function line(name: string, labels: Labels, value: number): string {
  return `${name}${writeLabels(labels)} ${value}\n`;
}

function writeLabels(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
