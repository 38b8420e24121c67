/** What a change did: both sides of a checkpoint, metric by metric, each with a verdict in words. */
import type { ComparedMetric, Comparison, SideDifference } from "../src/model/comparison.ts";
import { stageClass } from "./figures.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

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
  const heads = [words.what, words.before, words.after, words.verdict];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.beforeAfter}"><table class="rows">
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${metrics.map((metric) => metricRow(reader, metric))}</tbody>
</table></div>`;
}

function metricRow(reader: Reader, metric: ComparedMetric): Html {
  const { timeline: words } = reader.messages;
  const scale = scaleOf(metric.metric);
  const value = (amount: number) => withUnit(reader, amount, scale);
  return html`<tr><th scope="row">${metricName(reader, metric.metric)}</th>
<td data-label="${words.before}">${value(metric.before)}</td><td data-label="${words.after}">${value(metric.after)}</td>
<td data-label="${words.verdict}" class="wrap">${verdictText(reader, metric)}</td></tr>`;
}

/** The names of the samples' fields that are none of a stage. */
const names = {
  total: "total",
  gap: "gap",
  fps: "newFps",
  repeat_fps: "repeatFps",
  mbps: "mbps",
  bitrate_kbps: "bitrate",
  rtt_us: "rtt",
  frames_dropped: "framesDropped",
  packets_dropped: "packetsDropped",
  send_dropped: "sendDropped",
  fec_recovered: "fecRecovered",
} as const;

/** `encode_p99_us` → encode p99 */
function metricName({ messages: { figures: words } }: Reader, metric: string): Html {
  const { what = metric, which } =
    /^(?<what>\w+?)_(?<which>p50|p99|mean)_us$/.exec(metric)?.groups ?? {};
  const suffix = which === undefined || which === "mean" ? "" : ` ${which}`;
  if (isNamed(what)) return html`${words[names[what]]}${suffix}`;
  return html`<i class="swatch ${stageClass(what)}"></i>${what}${suffix}`;
}

function isNamed(what: string): what is keyof typeof names {
  return Object.hasOwn(names, what);
}

type Scale = { readonly divisor: number; readonly unit: string; readonly digits: number };

/** Times in milliseconds, as people speak of them. */
function scaleOf(metric: string): Scale {
  if (metric.endsWith("_us")) return { divisor: 1000, unit: " ms", digits: 2 };
  if (metric.endsWith("fps")) return { divisor: 1, unit: " fps", digits: 1 };
  if (metric === "mbps") return { divisor: 1, unit: " Mbit/s", digits: 2 };
  if (metric === "bitrate_kbps") return { divisor: 1, unit: " kbit/s", digits: 0 };
  return { divisor: 1, unit: "", digits: 1 };
}

function withUnit(reader: Reader, value: number, scale: Scale): string {
  return number(reader, value, scale) + scale.unit;
}

function number({ format }: Reader, value: number, { divisor, digits }: Scale): string {
  return format.rounded(value / divisor, digits);
}

function verdictText(reader: Reader, metric: ComparedMetric): string {
  const { timeline: words } = reader.messages;
  const { verdict, difference, low, high } = metric;
  if (verdict === "no_difference") return words.noDifference;
  if (verdict === "too_little" || low === undefined || high === undefined) return words.tooLittle;
  const scale = scaleOf(metric.metric);
  const [from = 0, to = 0] = [Math.abs(low), Math.abs(high)].sort((a, b) => a - b);
  const say = verdict === "higher" ? words.higher : words.lower;
  return say(
    withUnit(reader, Math.abs(difference), scale),
    number(reader, from, scale),
    number(reader, to, scale),
  );
}
