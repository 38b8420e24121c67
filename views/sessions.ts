/** Who is playing now, with what an operator can do about it. */
import { doctorTexts } from "../src/i18n/doctor.ts";
import { doctorText } from "../src/model/doctor.ts";
import type { Session } from "../src/model/session.ts";
import type { SourceState } from "../src/model/source-state.ts";
import type { Verdict } from "../src/model/verdict.ts";
import { clientText } from "./client.ts";
import { type Fault, failureText } from "./failure.ts";
import { nameOf, type Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { kindBadge, modeOf } from "./recordings.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";
import { askingNotice } from "./source-state.ts";
import { verdictSentence } from "./verdict.ts";

/** Running sessions, and their verdicts of the last ten seconds, if any. */
type SessionsNow = {
  readonly sessions: readonly Session[];
  readonly verdicts: readonly Verdict[];
  readonly nowMs: number;
  readonly source: SourceState;
};

/** The result of changing a session. */
export type SessionNotice =
  | { readonly kind: "idr" | "disconnect" }
  | { readonly kind: "bitrate"; readonly kbps: number }
  | { readonly kind: "gone" | "range" }
  | { readonly kind: "refused"; readonly failure: Fault };

/** Also served alone, at `/sessions/now`: it refreshes itself; unsaved input stays. */
export function sessionsSection(reader: Reader, now: SessionsNow): Html {
  const { sessions: words } = reader.messages;
  return html`<section id="sessions" class="card" hx-get="/sessions/now" hx-trigger="sessions-changed from:body, every 2s" hx-swap="outerMorph">
<div class="section-head"><h2>${words.now}</h2></div>
${askingNotice(reader, now.source)}
${now.sessions.length === 0 ? html`<p class="empty">${words.none}</p>` : table(reader, now)}
</section>`;
}

export function sessionNotice(reader: Reader, notice: SessionNotice | undefined): Html {
  if (notice === undefined) return html`<div id="notice" role="status"></div>`;
  const isBad = ["gone", "range", "refused"].includes(notice.kind);
  return html`<div id="notice" role="status"><p class="notice ${isBad ? "bad" : "good"}">${noticeText(reader, notice)}</p></div>`;
}

function noticeText(reader: Reader, notice: SessionNotice): string | Html {
  const { messages, format } = reader;
  const { sessions: words } = messages;
  if (notice.kind === "refused") return failureText(reader, notice.failure);
  if (notice.kind === "bitrate") return words.done.bitrate(format.bitrate(notice.kbps));
  if (notice.kind === "gone" || notice.kind === "range") return words[notice.kind];
  return words.done[notice.kind];
}

function table(reader: Reader, { sessions, verdicts, nowMs }: SessionsNow): Html {
  const { sessions: words } = reader.messages;
  const facts = [words.session, words.kind, words.client, words.mode];
  const numbers = [words.bitrate, words.rtt, words.loss, words.since].map(numberHead);
  return scrollTable({
    label: words.now,
    heads: [...facts, ...numbers, words.actions],
    rows: sessions.map((session) => [
      row(reader, session, nowMs),
      inputRow(reader, session),
      verdictRow(reader, session, verdicts),
    ]),
  });
}

/**
 * Below the session's own row: the missing kinds of the player's input, and the command that fixes
 * it.
 */
function inputRow(reader: Reader, { session_id: id, input_problem: problem }: Session): Html {
  if (problem === undefined) return html``;
  const text = doctorText(doctorTexts[reader.language], problem) ?? problem.text;
  return html`<tr id="input-${id}" class="verdict-row"><td colspan="9"><p class="notice bad">${text}</p></td></tr>`;
}

/** Below the session's own row; empty until there is enough to judge. */
function verdictRow(reader: Reader, session: Session, verdicts: readonly Verdict[]): Html {
  const verdict = verdicts.find(({ session_id }) => session_id === session.session_id);
  if (verdict === undefined) return html``;
  const sentence = verdictSentence(reader, { verdict, mode: session });
  return html`<tr id="verdict-${session.session_id}" class="verdict-row"><td colspan="9"><p class="verdict-now verdict-${verdict.quality}"><span class="muted">${reader.messages.sessions.lastSeconds}</span> ${sentence}</p></td></tr>`;
}

function row(reader: Reader, session: Session, nowMs: number): Html {
  const { messages, format } = reader;
  const { sessions: words } = messages;
  const { session_id: id } = session;
  return html`<tr id="session-${id}"><th scope="row" data-label="${words.session}">${id}</th>
<td data-label="${words.kind}"><span>${kindBadge(session.kind, "–")}</span></td>
<td data-label="${words.client}" class="clip" title="${clientText(reader, session)}"><span>${clientText(reader, session)}</span></td>
<td data-label="${words.mode}" class="nowrap"><span>${modeOf(session)}<br><span class="muted small">${nameOf(session.codec)} · ${session.encoder}</span></span></td>
<td data-label="${words.bitrate}" class="number nowrap">${format.bitrate(session.bitrate_kbps)}</td>
<td data-label="${words.rtt}" class="number nowrap">${session.rtt_us === undefined ? unknown(reader) : format.micros(session.rtt_us)}</td>
<td data-label="${words.loss}" class="number">${lossOf(reader, session)}</td>
<td data-label="${words.since}" class="number"><elapsed-time data-ms="${Math.max(0, nowMs - session.started_unix_ms)}">${format.duration(nowMs - session.started_unix_ms)}</elapsed-time></td>
<td class="row-actions">${actions(reader, session)}</td></tr>`;
}

function unknown({ messages }: Reader): Html {
  return html`<span class="muted">${messages.sessions.notReported}</span>`;
}

/** As a share of what was sent to the kernel, and only if the player reports. */
function lossOf(reader: Reader, session: Session): Html {
  const { packets_lost: lost, packets_sent: sent, lower_bounds } = session;
  if (lost === undefined) return unknown(reader);
  const share = reader.format.percent(sent === 0 ? 0 : Math.min(1, lost / sent));
  if (lower_bounds?.includes("packets_lost") !== true) return html`${share}`;
  return html`<abbr title="${reader.messages.figures.lowerBound}">≥</abbr> ${share}`;
}

function actions({ messages, format }: Reader, session: Session): Html {
  const { sessions: words } = messages;
  const { session_id: id } = session;
  const form = (action: string, inside: Html) =>
    html`<form method="post" action="/sessions/${id}/${action}" hx-post="/sessions/${id}/${action}" hx-target="#notice" hx-swap="outerHTML">${inside}</form>`;
  return html`<div class="session-actions" id="actions-${id}" hx-morph-skip>
${form("idr", html`<button aria-label="${words.idr} (${words.session} ${id})">${words.idr}</button>`)}
${form("bitrate", html`<input name="bitrate_kbps" type="number" min="200" max="500000" step="1" required value="${session.bitrate_kbps}" aria-label="${words.newBitrate(format.integer(id))}"><button aria-label="${words.setBitrate}: ${words.newBitrate(format.integer(id))}">${words.setBitrate}</button>`)}
${form("disconnect", html`<button class="danger" aria-label="${words.disconnect} (${words.session} ${id})">${words.disconnect}</button>`)}
</div>`;
}
