/**
 * Where charts are drawn: an empty figure for each, with its heading. The script in `public/` draws
 * into them; a swap leaves what it drew alone.
 */
import type { Messages } from "../src/i18n/english.ts";
import { type ChartName, chartNames } from "../src/model/metric-row.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

export type ChartGroup = {
  readonly id: string;
  /** The address of the series; a second one is drawn next to it, for a comparison. */
  readonly source: string;
  readonly other?: string | undefined;
  /** The element restarts when this changes. */
  readonly capture: string;
  readonly isLive?: boolean;
  /** Shows only this much of its end. */
  readonly windowMs?: number;
  readonly elapsedMs?: number;
  /** The part of the API with its single frames, and the page of one. */
  readonly frames?: string;
  readonly frame?: string;
  /** The available range, if it is not all from the start to the end. */
  readonly whole?: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** The message while there is no sample yet. */
  readonly waiting?: string;
  /** Address of the range's verdict. */
  readonly verdict?: string;
  /** The address of the verdict as facts: its marks are drawn into the charts. */
  readonly judged?: string;
  /** Id of the element that shows the figures of the range. */
  readonly figures?: string;
  /** The address of the marks of its events. */
  readonly marks?: string;
  /** The address of the page about the events at a moment. */
  readonly moments?: string;
};

export function chartElement(reader: Reader, group: ChartGroup): Html {
  const { messages } = reader;
  return html`<capture-charts id="${group.id}" class="charts" data-source="${group.source}" data-other="${group.other}" data-capture="${group.capture}" data-live="${group.isLive ? "yes" : "no"}" data-window-ms="${group.windowMs}" data-elapsed-ms="${group.elapsedMs}" data-from-ms="${group.whole?.fromMs}" data-to-ms="${group.whole?.toMs}" data-figures="${group.figures}" data-verdict="${group.verdict}" data-judged="${group.judged}" data-frames="${group.frames}" data-frame="${group.frame}" data-marks="${group.marks}" data-moments="${group.moments}" data-words="${wordsOf(reader)}" data-waiting="${group.waiting}" hx-morph-skip-children aria-live="off">
<p class="chart-note muted" hidden></p>
${chartNames.map((name) => figure(messages, name, group))}
<noscript><p class="muted">${messages.detail.noScript}</p></noscript>
</capture-charts>`;
}

/** Two stacks cannot share a chart: a comparison shows the totals. */
function titleOf(messages: Messages, name: ChartName, { other }: ChartGroup): string {
  const isTotal = name === "stages" && other !== undefined;
  if (isTotal) return messages.compare.total;
  return name === "rtt" ? messages.charts.delay : messages.charts[name];
}

/** Reached by the keyboard: the arrow keys go from point to point. */
function figure(messages: Messages, name: ChartName, group: ChartGroup): Html {
  const { charts: words } = messages;
  const title = titleOf(messages, name, group);
  const hint = group.moments === undefined ? words.keys : words.keysOpen;
  const hasMarks = name === "stages" && group.marks !== undefined;
  return html`<figure class="chart chart-${name}">
<figcaption><strong>${title}</strong> <span class="muted unit">${words[`${name}Unit`]}</span><span class="off-scale" hidden></span></figcaption>
<div class="canvas${group.moments === undefined ? "" : " opens"}"><div class="plot" data-chart="${name}" tabindex="0" role="group" aria-label="${title}. ${hint}"></div>${hasMarks ? html`<ul class="marks" aria-label="${words.events}"></ul>` : ""}</div>
<ul class="legend" data-legend="${name}"></ul>
${name === "stages" && group.judged !== undefined ? html`<ul class="legend verdict-legend" aria-label="${messages.blame.marks}" hidden></ul>` : ""}
</figure>`;
}

function wordsOf({ messages, format }: Reader): string {
  const { charts: words, compare, stages, metrics, machine, timeline } = messages;
  const staged = Object.entries(stages).map(([name, word]) => [`stage_${name}`, word]);
  const named = Object.entries(metrics).map(([name, word]) => [`metric_${name}`, word]);
  const { causes, momentary } = messages.verdict;
  const caused = [
    ...Object.entries(causes).map(([code, { name }]) => [`cause_${code}`, name]),
    ...Object.entries(momentary).map(([code, { name }]) => [`momentary_${code}`, name]),
  ];
  const figures = Object.entries(machine).map(([name, word]) => [`machine_${name}`, word]);
  const types = Object.entries(timeline.types).map(([type, word]) => [`event_${type}`, word]);
  return JSON.stringify({
    ...words,
    tag: format.tag,
    // JSON holds no function: the page inserts the number.
    per: words.per("{}"),
    ...Object.fromEntries(staged),
    ...Object.fromEntries(named),
    ...Object.fromEntries(figures),
    ...Object.fromEntries(types),
    ...Object.fromEntries(caused),
    cause_freeze: messages.blame.freeze,
    cause_rhythm: messages.blame.rhythm,
    cause_unknown: messages.blame.unknown,
    first: compare.first,
    second: compare.second,
  });
}
