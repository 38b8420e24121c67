/**
 * The effect of a change: both sides of a checkpoint, metric by metric, each with a verdict in
 * words.
 */
import type { ComparedMetric, Comparison, SideDifference } from "../src/model/comparison.ts";
import type { MetricUnit } from "../src/model/metric-fold.ts";
import { shownUnits } from "../src/model/metric-units.ts";
import { isMetricName, metricRows } from "../src/model/metrics.ts";
import { exactly, figureText, stageClass } from "./figures.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";

export function comparisonSection(reader: Reader, comparison: Comparison): Html {
  const { messages, format } = reader;
  const { timeline: words } = messages;
  const { side_difference: reason } = comparison;
  const sides = words.sides(
    format.integer(comparison.seconds),
    format.decimal(comparison.settle_ms / 1000),
  );
  return html`<section id="before-after" class="card">
<div class="section-head"><h2>${words.beforeAfter}</h2><span class="muted">${sides}</span></div>
${reason === undefined ? metricsTable(reader, comparison.metrics) : html`<p class="fault">${words.notComparable(reasonText(reader, reason))}</p>`}
</section>`;
}

function reasonText(
  { messages }: Reader,
  { kind, before = "", after = "" }: SideDifference,
): string {
  const reason = messages.timeline.reasons[kind];
  return typeof reason === "string" ? reason : reason(before, after);
}

function metricsTable(reader: Reader, metrics: readonly ComparedMetric[]): Html {
  const { timeline: words } = reader.messages;
  return scrollTable({
    label: words.beforeAfter,
    heads: [words.what, numberHead(words.before), numberHead(words.after), words.verdict],
    rows: metrics.map((metric) => metricRow(reader, metric)),
  });
}

function metricRow(reader: Reader, metric: ComparedMetric): Html {
  const { timeline: words } = reader.messages;
  const unit = unitOf(metric.metric);
  const isLowerBound = metric.is_lower_bound === true;
  const value = (amount: number) =>
    html`${figureText(reader, { unit, isLowerBound }, amount)}${suffixOf(unit)}`;
  return html`<tr><th scope="row">${metricName(reader, metric.metric)}</th>
<td data-label="${words.before}" class="number"${exactly(reader, { unit }, metric.before)}>${value(metric.before)}</td><td data-label="${words.after}" class="number"${exactly(reader, { unit }, metric.after)}>${value(metric.after)}</td>
<td data-label="${words.verdict}" class="wrap">${verdictText(reader, metric)}</td></tr>`;
}

/** A metric of the table by its name; `encode_p99_us`, of a stage, as encode p99. */
function metricName({ messages }: Reader, metric: string): Html {
  if (isMetricName(metric)) return html`${messages.metrics[metric]}`;
  const { what = metric, which = "" } =
    /^(?<what>\w+?)_(?<which>p50|p99)_us$/.exec(metric)?.groups ?? {};
  return html`<i class="swatch ${stageClass(what)}"></i>${what} ${which}`;
}

/** A count has none. */
function suffixOf(unit: MetricUnit): string {
  const { text } = shownUnits[unit];
  return text === "" ? "" : ` ${text}`;
}

/** What is not a metric of the table is the time of a stage. */
function unitOf(metric: string): MetricUnit {
  return isMetricName(metric) ? metricRows[metric].unit : "us";
}

function verdictText(reader: Reader, metric: ComparedMetric): string {
  const { timeline: words } = reader.messages;
  const { verdict, difference, low, high } = metric;
  if (verdict === "no_difference") return words.noDifference;
  if (verdict === "too_little" || low === undefined || high === undefined) return words.tooLittle;
  const unit = unitOf(metric.metric);
  const { format } = reader;
  const [from = 0, to = 0] = [Math.abs(low), Math.abs(high)].sort((a, b) => a - b);
  const say = verdict === "higher" ? words.higher : words.lower;
  return say(
    format.metric(unit, Math.abs(difference)) + suffixOf(unit),
    format.metric(unit, from),
    format.metric(unit, to),
  );
}
