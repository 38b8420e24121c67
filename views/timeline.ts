/**
 * What happened, as a list to filter, and how things stood, as what is different from one checkpoint
 * to the next. Everything shown came from outside at some point: it is text, never markup.
 */
import type { Comparison } from "../src/model/comparison.ts";
import {
  type EventType,
  eventTypes,
  type HostAction,
  type TimelineCheckpoint,
  type TimelineEvent,
} from "../src/model/timeline.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

export type StateChange = { readonly place: string; readonly old: unknown; readonly new: unknown };

export type TimelineView = {
  /** Address of this page, without query. */
  readonly path: string;
  readonly isRunning: boolean;
  /** Empty shows all. */
  readonly kinds: ReadonlySet<EventType>;
  /** Only what lies around this moment of the capture. */
  readonly atMs: number | undefined;
  readonly events: readonly TimelineEvent[];
  readonly foundCount: number;
  readonly lostCount: number;
  /** Newest first, with what is different from the one before it. */
  readonly checkpoints: readonly {
    readonly checkpoint: TimelineCheckpoint;
    readonly changes: readonly StateChange[];
  }[];
  /** A capture's checkpoints can be compared, and its timeline downloaded. */
  readonly download: string | undefined;
  readonly comparison: Comparison | undefined;
};

export function timelinePage(reader: Reader, view: TimelineView | undefined): Html {
  const { timeline: words } = reader.messages;
  if (view === undefined) return html`<p class="empty">${words.none}</p>`;
  return html`${view.comparison === undefined ? "" : comparisonSection(reader, view.comparison)}
${eventsSection(reader, view)}
${checkpointsSection(reader, view)}`;
}

/** A button, and the key `m` where there is script. */
export function markForm({ messages: { timeline: words } }: Reader): Html {
  return html`<mark-moment><form method="post" action="/timeline/mark" hx-post="/timeline/mark" hx-target="#mark-notice" hx-swap="outerHTML"><button title="${words.markHint}">${words.mark}</button></form>${markNotice("")}</mark-moment>`;
}

export function markNotice(text: string): Html {
  return html`<span id="mark-notice" role="status" class="muted small">${text}</span>`;
}

function eventsSection(reader: Reader, view: TimelineView): Html {
  const { messages, format } = reader;
  const { timeline: words } = messages;
  const shown = words.shown(format.integer(view.events.length), format.integer(view.foundCount));
  return html`<section id="events" class="card">
<div class="section-head"><h2>${words.events}</h2><span class="muted">${shown}</span>${view.download === undefined ? "" : html`<a class="button" href="${view.download}" download>${words.download}</a>`}</div>
${filter(reader, view)}
${view.lostCount === 0 ? "" : html`<p class="muted small">${words.lost(format.integer(view.lostCount))}</p>`}
${view.events.length === 0 ? html`<p class="empty">${words.noEvents}</p>` : eventsTable(reader, view.events)}
</section>`;
}

function filter(
  { messages: { timeline: words } }: Reader,
  { path, kinds, atMs }: TimelineView,
): Html {
  return html`<form class="filter" method="get" action="${path}">
${eventTypes.map((type) => html`<label class="choice"><input type="checkbox" name="kinds" value="${type}"${kinds.size === 0 || kinds.has(type) ? html` checked` : ""}> ${words.types[type]}</label>`)}
${atMs === undefined ? "" : html`<input type="hidden" name="at" value="${atMs}">`}
<button>${words.apply}</button>
${atMs === undefined ? "" : html`<a href="${path}">${words.whole}</a>`}
</form>`;
}

function eventsTable(reader: Reader, events: readonly TimelineEvent[]): Html {
  const { timeline: words } = reader.messages;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.events}"><table class="rows">
<thead><tr><th scope="col">${words.time}</th><th scope="col">${words.type}</th><th scope="col">${words.what}</th></tr></thead>
<tbody>${events.map((event) => eventRow(reader, event))}</tbody>
</table></div>`;
}

function eventRow(reader: Reader, recorded: TimelineEvent): Html {
  const { timeline: words } = reader.messages;
  const { event } = recorded;
  return html`<tr id="event-${recorded.index}"><td data-label="${words.time}" class="nowrap">${timeOf(reader, recorded)}</td>
<td data-label="${words.type}"><span class="badge">${words.types[event.type]}</span></td>
<td data-label="${words.what}" class="wrap">${textOf(event)}</td></tr>`;
}

/** On the capture's clock where there is one. */
function timeOf(
  { format }: Reader,
  { t_ms, timestamp }: { t_ms?: number; timestamp: string },
): Html {
  if (t_ms === undefined)
    return html`<time datetime="${timestamp}">${format.date(Date.parse(timestamp))}</time>`;
  return html`<time datetime="${timestamp}">${(t_ms / 1000).toFixed(3)} s</time>`;
}

/** In the words of the API, which are the same in all languages. */
export function textOf(event: HostAction): string {
  switch (event.type) {
    case "api_call": {
      const path = event.path ?? event.route;
      const mark = event.replayed === true ? " · replayed" : "";
      return `${event.method} ${path} ${valueText(event.body)} → ${event.status} · ${event.actor}${mark}`;
    }
    case "state_change":
      return `${event.key}: ${valueText(event.old)} → ${valueText(event.new)} · ${event.caused_by}`;
    case "session":
      return `${event.action} ${event.session_id}: ${event.client}, ${event.mode}, ${event.codec} ${event.reason}`;
    case "ui_action":
      return `${event.page}: ${event.control} ${event.value}`;
    case "log":
      return `${event.level}: ${event.message}`;
    case "stream":
    case "client": {
      const { type: _, action, ...facts } = event;
      const pairs = Object.entries(facts).map(([name, value]) => `${name} ${valueText(value)}`);
      return [action, ...pairs].join(", ");
    }
    default:
      return "";
  }
}

const valueLengthMax = 200;

function valueText(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)}…` : text;
}

function checkpointsSection(reader: Reader, view: TimelineView): Html {
  const { timeline: words } = reader.messages;
  const rows = view.checkpoints.map((one) => checkpointRow(reader, view, one));
  return html`<section id="checkpoints" class="card">
<div class="section-head"><h2>${words.checkpoints}</h2></div>
${rows.length === 0 ? html`<p class="empty">${words.noCheckpoints}</p>` : rows}
</section>`;
}

function checkpointRow(
  reader: Reader,
  view: TimelineView,
  { checkpoint, changes }: TimelineView["checkpoints"][number],
): Html {
  const { timeline: words } = reader.messages;
  const compare = `${view.path}?checkpoint=${encodeURIComponent(checkpoint.id)}`;
  return html`<details><summary>${timeOf(reader, checkpoint)} <strong>${checkpoint.label ?? checkpoint.id}</strong></summary>
${view.download === undefined ? "" : html`<p><a href="${compare}">${words.compare}</a></p>`}
${changes.length === 0 ? html`<p class="muted">${words.unchanged}</p>` : changesTable(reader, changes)}
</details>`;
}

export function changesTable(
  { messages: { timeline: words } }: Reader,
  changes: readonly StateChange[],
): Html {
  return html`<div class="scroll"><table class="rows">
<thead><tr><th scope="col">${words.what}</th><th scope="col">${words.before}</th><th scope="col">${words.after}</th></tr></thead>
<tbody>${changes.map((change) => html`<tr><th scope="row" class="wrap">${change.place}</th><td class="wrap">${valueText(change.old)}</td><td class="wrap">${valueText(change.new)}</td></tr>`)}</tbody>
</table></div>`;
}

function comparisonSection(reader: Reader, comparison: Comparison): Html {
  const { messages, format } = reader;
  const { timeline: words } = messages;
  const { not_comparable: reason, metrics } = comparison;
  const heads = [words.what, words.before, words.after, words.verdict];
  return html`<section id="before-after" class="card">
<div class="section-head"><h2>${words.beforeAfter}</h2><span class="muted">${words.sides(format.integer(comparison.seconds), format.decimal(comparison.settle_ms / 1000))}</span></div>
${
  reason === undefined
    ? html`<div class="scroll" tabindex="0" role="region" aria-label="${words.beforeAfter}"><table class="rows">
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${metrics.map((metric) => html`<tr><th scope="row">${metric.metric}</th><td>${format.decimal(metric.before)}</td><td>${format.decimal(metric.after)}</td><td>${verdictText(reader, metric)}</td></tr>`)}</tbody>
</table></div>`
    : html`<p class="fault">${words.notComparable(reason)}</p>`
}
</section>`;
}

function verdictText({ messages, format }: Reader, metric: Comparison["metrics"][number]): string {
  const { timeline: words } = messages;
  const { verdict, difference, low, high } = metric;
  if (verdict === "no_difference") return words.noDifference;
  if (verdict === "too_little" || low === undefined || high === undefined) return words.tooLittle;
  const ends = [Math.abs(low), Math.abs(high)]
    .sort((a, b) => a - b)
    .map((end) => format.decimal(end));
  const size = format.decimal(Math.abs(difference));
  const [from = "", to = ""] = ends;
  return verdict === "higher" ? words.higher(size, from, to) : words.lower(size, from, to);
}
