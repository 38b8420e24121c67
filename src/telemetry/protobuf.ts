/**
 * Metrics as messages `io.prometheus.client.MetricFamily`, each behind its length: the form in which a
 * collector takes native histograms. Field numbers are those of metrics.proto of Prometheus'
 * client_model. Pure.
 *
 *   MetricFamily  1 name  2 help  3 type  4 metric
 *   Metric        1 label  2 gauge  3 counter  7 histogram
 *   LabelPair     1 name  2 value
 *   Gauge, Counter  1 value
 *   Histogram     1 sample_count  2 sample_sum  3 bucket  5 schema  6 zero_threshold  7 zero_count
 *                 12 positive_span  13 positive_delta
 *   Bucket        1 cumulative_count  2 upper_bound
 *   BucketSpan    1 offset  2 length
 */
import { ProtoWriter } from "../export/protobuf.ts";
import {
  type FineCounts,
  fullName,
  type HistogramSample,
  type Labels,
  type ScrapedMetric,
} from "../model/scraped-metric.ts";

/** The content type of `metricsMessages`. */
export const messagesType =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

const typeNumbers = { counter: 0, gauge: 1, histogram: 4 } as const;
/** Eight buckets to each doubling. */
const schema = 3;
/** As Prometheus' own libraries have it: 2^-128. */
const zeroThreshold = 2 ** -128;
/** Fewer empty buckets than this between two others cost less than a span of their own. */
const gapMax = 2;

/** The whole answer. A metric without samples has no message. */
export function metricsMessages(metrics: readonly ScrapedMetric[]): Uint8Array<ArrayBuffer> {
  const parts = metrics.filter(({ samples }) => samples.length > 0).map(familyOf);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The message preceded by its length. */
function familyOf(metric: ScrapedMetric): Uint8Array {
  const family = new ProtoWriter().text(1, fullName(metric)).text(2, metric.help);
  family.uint(3, typeNumbers[metric.type]);
  if (metric.type === "histogram") {
    for (const { labels, values } of metric.samples) {
      family.message(4, labelled(labels).message(7, histogramOf(values)));
    }
  } else {
    const field = metric.type === "gauge" ? 2 : 3;
    for (const { labels, value } of metric.samples) {
      family.message(4, labelled(labels).message(field, new ProtoWriter().double(1, value)));
    }
  }
  return new ProtoWriter().delimited(family).take();
}

function labelled(labels: Labels): ProtoWriter {
  const metric = new ProtoWriter();
  for (const [name, value] of Object.entries(labels)) {
    metric.message(1, new ProtoWriter().text(1, name).text(2, value));
  }
  return metric;
}

/** Both kinds of buckets: the collector chooses. */
function histogramOf({ bounds, counts, sum, fine }: HistogramSample["values"]): ProtoWriter {
  const all = counts.reduce((before, count) => before + count, 0);
  const histogram = new ProtoWriter().uint(1, all).double(2, sum);
  let below = 0;
  for (const [place, bound] of bounds.entries()) {
    below += counts[place] ?? 0;
    histogram.message(3, new ProtoWriter().uint(1, below).double(2, bound));
  }
  if (fine !== undefined) addFine(histogram, fine);
  return histogram;
}

/**
 * Stretches of buckets, each counted as the difference to the bucket before. One without any bucket
 * still has a span, or it would be read as a histogram of classic buckets only.
 */
function addFine(histogram: ProtoWriter, { zeros, first, counts }: FineCounts): void {
  histogram.sint(5, schema).double(6, zeroThreshold).uint(7, zeros);
  const spans = spansOf(counts);
  if (spans.length === 0) histogram.message(12, new ProtoWriter().sint(1, 0).uint(2, 0));
  let end = -first;
  let before = 0;
  const deltas: number[] = [];
  for (const { from, to } of spans) {
    histogram.message(12, new ProtoWriter().sint(1, from - end).uint(2, to - from));
    end = to;
    for (let place = from; place < to; place++) {
      const count = counts[place] ?? 0;
      deltas.push(count - before);
      before = count;
    }
  }
  for (const delta of deltas) histogram.sint(13, delta);
}

type Span = { readonly from: number; readonly to: number };

/** Positions of the stretches, so that only short gaps lie within one. */
function spansOf(counts: readonly number[]): Span[] {
  const spans: Span[] = [];
  for (const [place, count] of counts.entries()) {
    if (count === 0) continue;
    const last = spans.at(-1);
    if (last !== undefined && place - last.to <= gapMax) {
      spans[spans.length - 1] = { from: last.from, to: place + 1 };
    } else spans.push({ from: place, to: place + 1 });
  }
  return spans;
}
