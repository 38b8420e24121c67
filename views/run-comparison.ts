/**
 * Two runs compared: the sentence first, the table of all figures, both distributions in one picture,
 * and the blame of both. The same sentence is printed by `onglass captures compare`.
 */
import { stageNames, stageText } from "../src/i18n/stages.ts";
import { shownUnits } from "../src/model/metric-units.ts";
import { isMetricName } from "../src/model/metrics.ts";
import type {
  RunComparison,
  RunDifference,
  RunDistribution,
  RunMetric,
} from "../src/model/run-comparison.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";

/** A part with this share of a difference is all of it, or most. */
const allShare = 0.9;
const mostShare = 0.5;
const namedCountMax = 3;

/** Also served alone; empty where there is nothing to compare. */
export function comparisonCard(reader: Reader, comparison: RunComparison, force?: string): Html {
  const { runs: words } = reader.messages;
  const differs = differsText(reader, comparison);
  return html`<section id="verdict" class="card verdict" aria-label="${words.title}">
<p class="verdict-line">${comparisonSentence(reader, comparison)}</p>
${differs === "" ? "" : html`<p>${differs}</p>`}
${comparison.result === "not_comparable" && force !== undefined ? html`<p><a class="button" href="${force}">${words.force}</a></p>` : ""}
${comparison.metrics.length === 0 ? "" : metricTable(reader, comparison)}
${comparison.distribution === undefined ? "" : distributionPicture(reader, comparison.distribution, reader.messages.runs.distribution)}
${comparison.clicks === undefined ? "" : distributionPicture(reader, comparison.clicks, reader.messages.runs.clicks)}
${blameTable(reader, comparison)}
</section>`;
}

/** One sentence: what differs, by how much, and where; or that nothing can be said, and why. */
export function comparisonSentence(reader: Reader, comparison: RunComparison): string {
  const { messages, format } = reader;
  const { runs: words } = messages;
  const { result, a, b, not_comparable: reasons = [] } = comparison;
  if (result === "not_comparable") {
    return `${words.notComparable(reasons.map((one) => reasonText(reader, one)).join(", "))}.`;
  }
  if (result === "too_little") {
    return `${words.tooLittle(format.integer(a.blocks), format.integer(b.blocks))}.`;
  }
  if (result === "no_difference") return `${words.none}.`;
  const others = otherNames(reader, comparison);
  const lead = leadText(reader, comparison);
  if (lead !== undefined) return `${lead}.`;
  return `${words.alike}; ${words.others(others.join(", "))}.`;
}

/** Differences besides the figures; "" if there are none. */
export function differsText(reader: Reader, { differs }: RunComparison): string {
  if (differs.length === 0) return "";
  const { runs: words } = reader.messages;
  return words.differs(differs.map((one) => reasonText(reader, one)).join(", "));
}

function leadText(reader: Reader, { lead, metrics }: RunComparison): string | undefined {
  const { messages, format } = reader;
  const found = metrics.find(({ metric }) => metric === lead?.metric);
  if (found === undefined || !isShown(found) || lead === undefined) return undefined;
  const { runs: words } = messages;
  const say = found.verdict === "higher" ? words.longer : words.shorter;
  const sentence = say(...sized(reader, found));
  const [part] = lead.parts;
  if (part === undefined) return sentence;
  const name = stageText(messages.stages, part.part);
  if (part.share >= allShare) return `${sentence}, ${words.all(name)}`;
  if (part.share < mostShare) return `${sentence}, ${words.spread}`;
  return `${sentence}, ${words.most(format.percent(Math.round(part.share * 100) / 100), name)}`;
}

function otherNames(reader: Reader, { metrics, lead }: RunComparison): string[] {
  const shown = metrics.filter((one) => isShown(one) && one.metric !== lead?.metric);
  return shown
    .slice(0, namedCountMax)
    .map((one) => `${metricName(reader, one.metric)} ${changeText(reader, one)}`);
}

function isShown({ verdict }: RunMetric): boolean {
  return verdict === "higher" || verdict === "lower";
}

function reasonText({ messages, format }: Reader, { code, a = "", b = "" }: RunDifference): string {
  const share = (text: string) => format.percent(Number(text));
  // An empty setting is the command line's.
  const plain = (text: string) => (text === "" ? messages.experiments.standard : text);
  const values = code === "machine_busy" ? [share(a), share(b)] : [plain(a), plain(b)];
  return messages.runs.reasons[code](values[0] ?? "", values[1] ?? "");
}

/** Size and interval without signs, the unit once. */
function sized(reader: Reader, metric: RunMetric): [string, string, string] {
  const { difference, low = difference, high = difference } = metric;
  const [from = 0, to = 0] = [Math.abs(low), Math.abs(high)].sort((x, y) => x - y);
  const bare = (value: number) => valueText(reader, metric, value);
  return [withUnit(metric, bare(Math.abs(difference))), bare(from), bare(to)];
}

function valueText({ format }: Reader, { unit }: Pick<RunMetric, "unit">, value: number): string {
  if (unit === "share") return format.percent(Math.round(value * 1e4) / 1e4);
  return format.metric(unit, value);
}

function withUnit({ unit }: Pick<RunMetric, "unit">, text: string): string {
  const suffix = unit === "share" ? "" : shownUnits[unit].text;
  return suffix === "" ? text : `${text} ${suffix}`;
}

/** In one cell: by how much, or why not. */
export function changeText(reader: Reader, metric: RunMetric): string {
  const { runs: words } = reader.messages;
  if (metric.verdict === "too_little") return words.tooFew;
  if (metric.verdict === "no_difference") {
    return metric.negligible ? words.negligible : words.noDifference;
  }
  const say = metric.verdict === "higher" ? words.higher : words.lower;
  return say(...sized(reader, metric));
}

/** `encode_p50_us` of rows, or a metric of samples. */
export function metricName({ messages }: Reader, metric: string): string {
  const { runs: words, stages, metrics } = messages;
  const named = words.metrics[metric];
  if (named !== undefined) return named;
  const { what = metric, which } =
    /^(?<what>\w+?)_(?<which>p50|p99)_us$/.exec(metric)?.groups ?? {};
  const whole: Readonly<Record<string, string>> = words.whole;
  const name = whole[what] ?? (stageNames.includes(what) ? stageText(stages, what) : undefined);
  if (name === undefined) return isMetricName(metric) ? metrics[metric] : metric;
  return which === "p99" ? words.tail(name) : words.usual(name);
}

function metricTable(reader: Reader, { metrics, a, b, based_on }: RunComparison): Html {
  const { messages, format } = reader;
  const { runs: words, compare } = messages;
  const basis = words.basis(format.integer(a.blocks), format.integer(b.blocks));
  const table = scrollTable({
    label: words.title,
    heads: [words.figure, numberHead(compare.first), numberHead(compare.second), words.change],
    rows: metrics.map((metric) => metricRow(reader, metric)),
    look: "rows comparison",
  });
  return html`${table}
<p class="muted small">${basis}${based_on === "samples" ? ` · ${words.ofSamples}` : ""}</p>`;
}

function metricRow(reader: Reader, metric: RunMetric): Html {
  const { runs: words, compare } = reader.messages;
  const value = (amount: number) => withUnit(metric, valueText(reader, metric, amount));
  const change = changeText(reader, metric);
  return html`<tr class="${isShown(metric) ? "shown" : "muted"}"><th scope="row">${metricName(reader, metric.metric)}</th>
<td data-label="${compare.first}" class="number">${value(metric.a)}</td><td data-label="${compare.second}" class="number">${value(metric.b)}</td>
<td data-label="${words.change}" class="wrap">${isShown(metric) ? html`<strong>${change}</strong>` : change}</td></tr>`;
}

const pictureWidth = 640;
const pictureHeight = 140;

/** Two outlines over one axis; without script. */
function distributionPicture(reader: Reader, distribution: RunDistribution, title: string): Html {
  const { messages, format } = reader;
  const { runs: words, compare } = messages;
  const { a, b, from_us, step_us } = distribution;
  const highest = Math.max(...a, ...b, 1e-6);
  const end = from_us + step_us * (a.length - 1);
  const hint = words.distributionHint(format.micros(from_us), format.micros(end));
  return html`<figure class="distribution"><figcaption>${title}: <span class="side-a">${compare.first}</span> <span class="side-b">${compare.second}</span></figcaption>
<svg viewBox="0 0 ${pictureWidth} ${pictureHeight}" preserveAspectRatio="none" role="img" aria-label="${title}"><path class="side-a" d="${outline(a, highest)}"/><path class="side-b" d="${outline(b, highest)}"/></svg>
<p class="ends small muted"><span>${format.micros(from_us)}</span><span>${format.micros(end)}</span></p>
<p class="muted small">${hint}</p></figure>`;
}

function outline(shares: readonly number[], highest: number): string {
  const width = pictureWidth / shares.length;
  const steps = shares.map((share, index) => {
    const y = (pictureHeight * (1 - share / highest)).toFixed(1);
    return `V${y}H${((index + 1) * width).toFixed(1)}`;
  });
  return `M0 ${pictureHeight}${steps.join("")}V${pictureHeight}Z`;
}

/** Where slow frames lost their time, for both sides. */
function blameTable(reader: Reader, { a, b }: RunComparison): Html {
  if (a.blame === undefined && b.blame === undefined) return html``;
  const { messages } = reader;
  const { runs: words, compare } = messages;
  const parts = stageNames.filter((part) =>
    [a, b].some(({ blame }) => (blame?.[part] ?? 0) >= 0.01),
  );
  const title = html`<h3>${words.blame}</h3>`;
  if (parts.length === 0) return html`${title}<p class="muted">${words.blameNone}</p>`;
  return html`${title}<table class="rows blame-both"><thead><tr><td></td><th scope="col">${compare.first}</th><th scope="col">${compare.second}</th></tr></thead>
<tbody>${parts.map((part) => html`<tr><th scope="row">${stageText(reader.messages.stages, part)}</th>${[a, b].map(({ blame }, index) => shareCell(reader, index === 0 ? compare.first : compare.second, blame?.[part]))}</tr>`)}</tbody></table>`;
}

function shareCell({ format }: Reader, label: string, share: number | undefined): Html {
  if (share === undefined) return html`<td data-label="${label}">–</td>`;
  return html`<td data-label="${label}"><meter min="0" max="1" value="${share}"></meter> ${format.percent(Math.round(share * 100) / 100)}</td>`;
}
