/**
 * Sessions of the last days: who played, the quality minute by minute, and keeping all or a part of
 * it. Works as plain links and forms; selecting a range on the spark line needs script.
 */
import type { HistorySession } from "../src/model/frames-page.ts";
import { clientText } from "./client.ts";
import { diskText, type Fault, failureText } from "./failure.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { isoOf, kindBadge, modeOf } from "./recordings.ts";
import { sparkColumns, sparkPaths } from "./spark.ts";

/** What the section shows. */
export type HistoryList = {
  readonly isOn: boolean;
  readonly sessions: readonly HistorySession[];
  readonly totalCount: number;
  /** Starts of the host whose sessions are missing, because their list cannot be read. */
  readonly unreadCount: number;
  /** Why the disk currently refuses recordings, as a code. */
  readonly stopCode: string | undefined;
  /** A requested time of day at which nothing was streamed. */
  readonly emptyTime: string | undefined;
  /** Why the list cannot be read: it is empty then. */
  readonly fault: Fault | undefined;
};

const minuteChoices = [1, 2, 5, 10, 30, 60] as const;
const minutesChosen = 5;

/** Also served alone, at `/parts/history`. */
export function historySection(reader: Reader, list: HistoryList): Html {
  const { history: words } = reader.messages;
  const { sessions, totalCount, unreadCount, stopCode } = list;
  return html`<section id="history" class="card" hx-get="/parts/history" hx-trigger="sessions-changed from:body" hx-swap="outerMorph">
<div class="section-head"><h2>${words.title}</h2>${sessions.length === 0 ? "" : html`<span class="muted small">${words.intro}</span>`}</div>
${stopCode === undefined ? "" : html`<p class="fault">${words.stopped(diskText(reader, stopCode))}</p>`}
${sessions.length === 0 ? "" : timeForm(reader, list)}
${sessions.length === 0 ? emptyText(reader, list) : html`<ul class="held">${sessions.map((session) => heldRow(reader, session))}</ul>`}
${unreadCount > 0 ? html`<p class="fault">${words.unreadLists(unreadCount)}</p>` : ""}
${moreLink(reader, { shown: sessions.length, all: totalCount })}
</section>`;
}

/** What happened at 21:14? */
function timeForm({ messages }: Reader, { emptyTime }: HistoryList): Html {
  const { history: words } = messages;
  const said = emptyTime === undefined ? "" : words.nothingAt(emptyTime);
  return html`<form class="filter" method="get" action="/history/at"><label>${words.atTime} <input type="time" name="time" value="${emptyTime ?? ""}" required></label><button>${words.show}</button> <span role="status" class="fault small">${said}</span></form>`;
}

function emptyText(reader: Reader, { fault, isOn }: HistoryList): Html {
  if (fault !== undefined) return html`<p class="fault">${failureText(reader, fault)}</p>`;
  const { none, off } = reader.messages.history;
  return html`<p class="empty">${isOn ? none : off}</p>`;
}

function moreLink(
  { messages, format }: Reader,
  { shown, all }: { readonly shown: number; readonly all: number },
): Html {
  if (shown >= all) return html``;
  const text = messages.history.more(format.integer(shown), format.integer(all));
  return html`<p><a href="/?sessions=all#history" hx-get="/parts/history?sessions=all" hx-target="#history" hx-swap="outerMorph">${text}</a></p>`;
}

function heldRow(reader: Reader, held: HistorySession): Html {
  const { messages, format } = reader;
  const { history: words } = messages;
  const { session, started_unix_ms, duration_ms, running } = held;
  const client = clientText(reader, session);
  return html`<li id="held-${held.id}">
<div class="held-who"><a href="/history/${held.id}"><time datetime="${isoOf(started_unix_ms)}">${format.date(started_unix_ms)}</time></a>
<span class="clip" title="${client}">${client}</span>${running ? html` <span class="badge on small"><i class="dot"></i>${words.running}</span>` : ""}
<span class="muted small">${kindBadge(session.kind, messages.recordings.nobody)} ${modeOf(session)} · ${format.duration(duration_ms)}</span></div>
${spark(reader, held)}
<p class="held-line small">${lineOf(reader, held)}</p>
${keepForms(reader, held)}
</li>`;
}

/** The totals of its minutes, in one line. */
function lineOf(
  { messages, format }: Reader,
  { missed, dropped, lost, minutes }: HistorySession,
): string {
  const { history: words } = messages;
  if (minutes.worst_ms.length === 0) return words.firstMinute;
  const worst = words.slowest(format.micros(Math.max(...minutes.worst_ms) * 1000));
  const losses = [
    ...(missed > 0 ? [words.missed(format.integer(missed), missed === 1)] : []),
    ...(dropped > 0 ? [words.dropped(format.integer(dropped))] : []),
    ...(lost > 0 ? [words.lost(format.integer(lost), lost === 1)] : []),
  ];
  return [worst, ...(losses.length === 0 ? [words.clean] : losses)].join(" · ");
}

/** The slowest frame of each minute, on a log scale; minutes that lost frames are red. */
function spark(reader: Reader, held: HistorySession): Html {
  const columns = sparkColumns(held);
  const { good, bad } = sparkPaths(columns);
  const { history: words } = reader.messages;
  const texts = JSON.stringify({ range: words.keepRange("{from}", "{to}"), all: words.keepAll });
  return html`<session-spark data-form="keep-${held.id}" data-started="${held.started_unix_ms}" data-duration="${held.duration_ms}" data-columns="${columns.length}" data-tag="${reader.format.tag}" data-words="${texts}">
<svg class="spark" viewBox="0 0 ${columns.length} 100" preserveAspectRatio="none" tabindex="0" role="application" aria-label="${words.spark(clientText(reader, held.session))}"><path class="spark-good" d="${good}"></path><path class="spark-bad" d="${bad}"></path><rect class="spark-range" y="0" width="0" height="100"></rect></svg>
</session-spark>`;
}

/** All of it, a selected range, or the last minutes. */
export function keepForms(reader: Reader, { id }: Pick<HistorySession, "id">): Html {
  const { history: words } = reader.messages;
  const action = `/history/${id}/keep`;
  const form = (name: string, content: Html) =>
    html`<form id="${name}" method="post" action="${action}" hx-post="${action}" hx-target="#notice" hx-swap="outerHTML" hx-disable="find button">${content}</form>`;
  return html`<div class="held-act"><a class="button" href="/history/${id}">${words.open}</a>
${form(`keep-${id}`, html`<input type="hidden" name="from" value=""><input type="hidden" name="to" value=""><button>${words.keepAll}</button>`)}
${form(
  `keep-last-${id}`,
  html`<button>${words.keepLast}</button><select name="minutes" aria-label="${words.minutesLabel}">${minuteChoices.map((minutes) => html`<option value="${minutes}"${minutes === minutesChosen ? html` selected` : ""}>${minutes}</option>`)}</select><span class="muted small">${words.minutes}</span>`,
)}</div>`;
}
