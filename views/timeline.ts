/**
 * Events, as a list to filter, and states, as differences between checkpoints. Everything shown
 * came from outside at some point: it is text, never markup.
 */
import type { Comparison } from "../src/model/comparison.ts";
import {
  type EventType,
  eventTypes,
  type TimelineCheckpoint,
  type TimelineEvent,
} from "../src/model/timeline.ts";
import { comparisonSection } from "./before-after.ts";
import { eventText, labelOf, stateText } from "./event-text.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { scrollTable } from "./scroll-table.ts";

export type StateChange = { readonly place: string; readonly old: unknown; readonly new: unknown };

export type TimelineView = {
  /** Address of this page, without query. */
  readonly path: string;
  /** The recording in the page's address; "" is the current or latest. */
  readonly of: string;
  readonly isRunning: boolean;
  /** Empty shows all. */
  readonly kinds: ReadonlySet<EventType>;
  /** Only events around this moment of the capture. */
  readonly atMs: number | undefined;
  readonly events: readonly TimelineEvent[];
  readonly foundCount: number;
  readonly lostCount: number;
  /** Newest first, with the differences from the previous one. */
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

/** A button, and the key `m` if there is script. */
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
  { path, of, kinds, atMs }: TimelineView,
): Html {
  return html`<form class="filter" method="get" action="${path}">
${eventTypes.map((type) => html`<label class="choice"><input type="checkbox" name="kinds" value="${type}"${kinds.size === 0 || kinds.has(type) ? html` checked` : ""}> ${words.types[type]}</label>`)}
${atMs === undefined ? "" : html`<input type="hidden" name="at" value="${atMs}">`}
${of === "" ? "" : html`<input type="hidden" name="of" value="${of}">`}
<button>${words.apply}</button>
${atMs === undefined ? "" : html`<a href="${path}">${words.whole}</a>`}
</form>`;
}

function eventsTable(reader: Reader, events: readonly TimelineEvent[]): Html {
  const { timeline: words } = reader.messages;
  return scrollTable({
    label: words.events,
    heads: [words.time, words.type, words.what],
    rows: events.map((event) => eventRow(reader, event)),
  });
}

function eventRow(reader: Reader, recorded: TimelineEvent): Html {
  const { timeline: words } = reader.messages;
  const { event } = recorded;
  return html`<tr id="event-${recorded.index}"><td data-label="${words.time}" class="nowrap">${timeOf(reader, recorded)}</td>
<td data-label="${words.type}"><span class="badge">${words.types[event.type]}</span></td>
<td data-label="${words.what}" class="wrap">${eventText(reader, event)}</td></tr>`;
}

/** On the capture's clock if there is one. */
function timeOf(
  { format }: Reader,
  { t_ms, timestamp }: { t_ms?: number; timestamp: string },
): Html {
  if (t_ms === undefined)
    return html`<time datetime="${timestamp}">${format.date(Date.parse(timestamp))}</time>`;
  return html`<time datetime="${timestamp}">${format.seconds(t_ms / 1000)} s</time>`;
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
  // An id may be any text: encodeURIComponent throws at a lone surrogate.
  const compare = `${view.path}?${new URLSearchParams({ checkpoint: checkpoint.id })}`;
  return html`<details><summary>${timeOf(reader, checkpoint)} <strong>${labelOf(reader, checkpoint)}</strong></summary>
${view.download === undefined ? "" : html`<p><a href="${compare}">${words.compare}</a></p>`}
${changesTables(reader, changes)}
</details>`;
}

/** Counters that change by themselves; somebody changed everything else. */
const figurePlace =
  /^(counters|load)\.|^sessions\.\d+\.(frames_sent|bytes_sent|packets_\w+|rtt_us)$/;

/** Changes first; counters are folded away. */
function changesTables(reader: Reader, changes: readonly StateChange[]): Html {
  const { timeline: words } = reader.messages;
  const figures = changes.filter(({ place }) => figurePlace.test(place));
  const others = changes.filter(({ place }) => !figurePlace.test(place));
  return html`${others.length === 0 ? html`<p class="muted">${words.unchanged}</p>` : changesTable(reader, others)}
${figures.length === 0 ? "" : html`<details class="inner"><summary>${words.figureChanges}</summary>${changesTable(reader, figures)}</details>`}`;
}

export function changesTable(
  { messages: { timeline: words } }: Reader,
  changes: readonly StateChange[],
): Html {
  return html`<div class="scroll"><table class="rows">
<thead><tr><th scope="col">${words.what}</th><th scope="col">${words.before}</th><th scope="col">${words.after}</th></tr></thead>
<tbody>${changes.map((change) => html`<tr><th scope="row" class="wrap">${change.place}</th><td data-label="${words.before}" class="wrap">${stateText(change.old)}</td><td data-label="${words.after}" class="wrap">${stateText(change.new)}</td></tr>`)}</tbody>
</table></div>`;
}
