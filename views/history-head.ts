/** The head of the page of a session of the history: its facts, keeping it, and its other parts. */
import type { HistorySession } from "../src/model/frames-page.ts";
import type { Unread } from "../src/model/unread.ts";
import { clientText } from "./client.ts";
import { nameOf, type Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { isoOf, kindBadge, modeOf } from "./recordings.ts";
import { stretchesText } from "./stretches.ts";

/** The part of a session that the page covers, since the session began. */
export type HeldStretch = {
  readonly session: HistorySession;
  readonly fromMs: number;
  readonly toMs: number;
  /** Its unreadable parts. */
  readonly unread?: Unread;
};

type Shown = { readonly fromMs: number | undefined; readonly toMs: number | undefined };

/** @param shown the range of the page's address; absent: all of the stretch. */
export function historyHead(reader: Reader, held: HeldStretch, shown: Shown): Html {
  const { messages, format } = reader;
  const { history: words, detail, recordings } = messages;
  const { session, started_unix_ms, duration_ms, running } = held.session;
  return html`<div id="notice" role="status"></div>
<div class="page-head">
<p><a href="/#history">← ${words.title}</a></p>
<h1>${words.session(clientText(reader, session))}${running ? html` <span class="badge on small"><i class="dot"></i>${words.running}</span>` : ""}</h1>
<dl class="facts">
<div><dt>${detail.started}</dt><dd><time datetime="${isoOf(started_unix_ms)}">${format.date(started_unix_ms)}</time></dd></div>
<div><dt>${recordings.kind}</dt><dd>${kindBadge(session.kind, recordings.nobody)}</dd></div>
<div><dt>${recordings.mode}</dt><dd>${modeOf(session)}</dd></div>
<div><dt>${recordings.codec}</dt><dd>${session.codec === "" ? "–" : nameOf(session.codec)}</dd></div>
<div><dt>${recordings.duration}</dt><dd>${format.duration(duration_ms)}</dd></div>
</dl>
<p class="muted small">${words.notKept}</p>
${unreadNotice(reader, held)}<div class="buttons">${keepForm(reader, held, shown)}<a class="button" href="/history/${held.session.id}/timeline">${messages.nav.timeline}</a></div>
${partLinks(reader, held)}
</div>`;
}

/** Missing is not the same as not recorded. */
function unreadNotice({ messages, format }: Reader, { unread = [] }: HeldStretch): Html {
  if (unread.length === 0) return html``;
  return html`<p class="fault" role="alert">${messages.history.unread(stretchesText(format, unread))}</p>
`;
}

/** Keeps the shown range: the script follows the zoom. */
function keepForm({ messages }: Reader, held: HeldStretch, shown: Shown): Html {
  const { history: words } = messages;
  const { id } = held.session;
  const isRange = shown.fromMs !== undefined && shown.toMs !== undefined;
  const label = isRange ? words.keepShownRange : words.keepShown;
  return html`<form method="post" action="/history/${id}/keep" hx-post="/history/${id}/keep" hx-target="#notice" hx-swap="outerHTML" hx-disable="find button" data-keeps-shown data-all="${words.keepShown}" data-range="${words.keepShownRange}"><input type="hidden" name="from" value="${isRange ? shown.fromMs : ""}"><input type="hidden" name="to" value="${isRange ? shown.toMs : ""}"><button class="primary">${label}</button></form>`;
}

/** A session longer than one page covers, in parts. */
function partLinks({ messages, format }: Reader, { session, fromMs, toMs }: HeldStretch): Html {
  const parts = partsOf(session.duration_ms);
  if (parts.length < 2) return html``;
  const links = parts.map(({ begin, end }) => {
    const isHere = begin < toMs && end > fromMs;
    const text = `${format.duration(begin)} – ${format.duration(end)}`;
    return html`<a class="button" href="/history/${session.id}?part=${begin}"${isHere ? html` aria-current="true"` : ""}>${text}</a>`;
  });
  return html`<nav class="choices" aria-label="${messages.history.parts}">${links}</nav>`;
}

const partMs = 3 * 60 * 60 * 1000;

/** Parts of three hours, from the start. */
export function partsOf(durationMs: number): { readonly begin: number; readonly end: number }[] {
  const count = Math.max(1, Math.ceil(durationMs / partMs));
  return Array.from({ length: count }, (_, index) => ({
    begin: index * partMs,
    end: Math.min(durationMs, (index + 1) * partMs),
  }));
}
