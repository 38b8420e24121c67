/** One recording, or the live capture: charts and figures of a range that the address names. */
import type { CaptureMeta, CaptureSession } from "../src/model/capture.ts";
import type { Figures } from "../src/model/figures.ts";
import { type EventType, eventTypes } from "../src/model/timeline.ts";
import type { Trial } from "../src/model/trial.ts";
import { noteForm, noteText } from "./capture-note.ts";
import { chartElement } from "./charts.ts";
import { clientText } from "./client.ts";
import { figuresTable } from "./figures.ts";
import { nameOf, type Reader } from "./format.ts";
import { framesSection } from "./frames.ts";
import { type HeldStretch, historyHead } from "./history-head.ts";
import { type Html, html } from "./html.ts";
import { captureKind, deleteLink, fileAddress, isoOf, marks, modeOf } from "./recordings.ts";
import { markForm } from "./timeline.ts";
import { trialPart } from "./trial.ts";
import { type VerdictCard, verdictLater, verdictPart } from "./verdict.ts";

/** The parameters in the address of the detail page. */
export type DetailQuery = {
  /** Id of the session that is shown. */
  readonly session: number | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly stack: "mean" | "p50";
  readonly hasP99: boolean;
  /** Kinds of events that are marked. */
  readonly kinds: ReadonlySet<EventType>;
};

export type Detail = {
  readonly meta: CaptureMeta;
  readonly isLive: boolean;
  /** Of a session of the history, in place of a saved capture. */
  readonly held?: HeldStretch;
  readonly query: DetailQuery;
  readonly sessions: readonly CaptureSession[];
  readonly figures: Figures;
  /** Absent if single frames were not kept; that of a long range is loaded after the page. */
  readonly verdict: VerdictCard | "later" | undefined;
  /** The last tried step. */
  readonly trial: Trial | undefined;
  /** Of its stages; a capture of the first version has medians alone. */
  readonly hasMeans: boolean;
};

export function recordingPage(reader: Reader, detail: Detail): Html {
  const { meta, isLive, held } = detail;
  const { path, api } = placeOf(detail);
  return html`${held === undefined ? head(reader, detail) : historyHead(reader, held, detail.query)}
${verdictOf(reader, detail, path)}
${trialPart(reader, detail.trial)}
${controls(reader, detail, path)}
${chartElement(reader, {
  id: "charts",
  source: `${api}/series`,
  capture: isLive ? String(meta.started_unix_ms) : path,
  isLive,
  whole: held,
  figures: `${path}/figures`,
  verdict: `${path}/verdict`,
  judged: `${api}/verdict`,
  frames: api,
  frame: `${path}/frame`,
  marks: `${path}/marks`,
  moments: momentsPath(detail, path),
  waiting: emptyText(reader, detail),
})}
${framesSection(reader, { frame: `${path}/frame` })}
${figuresTable(reader, detail.figures, momentsPath(detail, path))}`;
}

function verdictOf(reader: Reader, { verdict, query, held }: Detail, path: string): Html {
  if (verdict !== "later") return verdictPart(reader, verdict);
  const asked = {
    from: query.fromMs ?? held?.fromMs,
    to: query.toMs ?? held?.toMs,
    session: query.session,
  };
  const words = Object.entries(asked).flatMap(([name, value]) => {
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return verdictLater(reader, `${path}/verdict?${words.join("&")}`);
}

/** Base addresses of the subject: its pages, and its part of the API. */
function placeOf({ meta, isLive, held }: Pick<Detail, "meta" | "isLive" | "held">) {
  if (isLive) return { path: "/capture", api: "/api/v1/stats/capture" };
  if (held === undefined) {
    return { path: `/recordings/${encodeURIComponent(meta.id)}`, api: fileAddress(meta.id) };
  }
  const { id } = held.session;
  return { path: `/history/${id}`, api: `/api/v1/history/${id}` };
}

/** The text in place of the charts while there is nothing to draw. */
function emptyText({ messages }: Reader, { meta, isLive, held }: Detail): string {
  const { capture, charts, detail, history } = messages;
  if (held !== undefined) return history.empty;
  if (isLive) return meta.kind === "" ? capture.waitingPlayer : capture.waiting;
  return meta.kind === "" ? detail.empty : charts.nothing;
}

/** Address of the page about the events at a moment. */
function momentsPath({ isLive }: Pick<Detail, "isLive">, path: string): string {
  return isLive ? "/timeline" : `${path}/timeline`;
}

/** Also served alone, at `/capture/state`: a live capture may end while somebody looks at it. */
export function captureState({ messages }: Reader, isRecording: boolean): Html {
  const { capture, detail } = messages;
  const badge = isRecording
    ? html`<span class="badge on"><i class="dot"></i>${capture.recording}</span>`
    : html`<span class="badge">${detail.ended}</span> <a href="/">${detail.back}</a>`;
  return html`<section id="capture-state" hx-get="/capture/state" hx-trigger="capture-changed from:body" hx-swap="outerMorph">${badge}</section>`;
}

function head(reader: Reader, { meta, isLive }: Detail): Html {
  const { messages, format } = reader;
  const { detail: words, recordings } = messages;
  return html`<div class="page-head">
<p><a href="/">← ${words.back}</a></p>
<h1>${isLive ? words.live : (meta.name ?? format.date(meta.started_unix_ms))}${marks(reader, meta)}</h1>
${isLive ? html`${captureState(reader, true)}${markForm(reader)}` : noteText(meta)}
<dl class="facts">
<div><dt>${recordings.kind}</dt><dd>${captureKind(reader, meta)}</dd></div>
<div><dt>${recordings.mode}</dt><dd>${modeOf(meta)}</dd></div>
<div><dt>${recordings.codec}</dt><dd>${meta.codec === "" ? "–" : nameOf(meta.codec)}</dd></div>
<div><dt>${recordings.client}</dt><dd class="clip" title="${clientText(reader, meta)}">${clientText(reader, meta)}</dd></div>
<div><dt>${recordings.duration}</dt><dd>${format.duration(meta.duration_ms)}</dd></div>
<div><dt>${recordings.samples}</dt><dd>${isLive ? html`<sample-count data-count="${meta.sample_count}">${format.integer(meta.sample_count)}</sample-count>` : format.integer(meta.sample_count)}</dd></div>
${meta.host === undefined ? "" : html`<div><dt>${words.host}</dt><dd class="clip">${meta.host}</dd></div>`}
${isLive || meta.name !== undefined ? html`<div><dt>${words.started}</dt><dd><time datetime="${isoOf(meta.started_unix_ms)}">${format.date(meta.started_unix_ms)}</time></dd></div>` : ""}
</dl>
${
  isLive
    ? ""
    : html`<div class="buttons"><a class="button" href="${fileAddress(meta.id)}" download="${meta.id}.json">${recordings.download}</a><a class="button" href="/recordings/${encodeURIComponent(meta.id)}/timeline">${messages.nav.timeline}</a><a class="button" href="/recordings/${encodeURIComponent(meta.id)}/share">${messages.share.button}</a>${baselineLink(reader, meta)}${deleteLink(reader, meta.id, "/")}</div>${noteForm(reader, meta)}`
}
</div>`;
}

/** Not on the page of the baseline itself. If there is none, the page says so. */
function baselineLink({ messages }: Reader, { id, baseline }: CaptureMeta): Html {
  if (baseline === true) return html``;
  return html`<a class="button" href="/compare?id=${encodeURIComponent(id)}">${messages.runs.withBaseline}</a>`;
}

/** A form that works without script for the figures; the script takes it over for the charts. */
function controls(reader: Reader, detail: Detail, path: string): Html {
  const { detail: words } = reader.messages;
  const { query } = detail;
  const stacks = detail.hasMeans ? (["mean", "p50"] as const) : (["p50"] as const);
  return html`<form class="controls" method="get" action="${path}" data-for="charts">
${sessionChoice(reader, detail)}
<label class="choice">${words.stack} <select name="stack">${stacks.map((stack) => html`<option value="${stack}"${stack === query.stack ? html` selected` : ""}>${words[stack]}</option>`)}</select></label>
<label class="choice"><input type="checkbox" name="p99" value="yes"${query.hasP99 ? html` checked` : ""}> ${words.p99}</label>
<noscript><button>${words.show}</button></noscript>
${kindChoice(reader, query.kinds)}
${zoomButtons(reader, reader.messages.moment.hint)}
</form>`;
}

/** Events are marked if there is script, which also inserts their number. */
function kindChoice(
  { messages: { moment, timeline } }: Reader,
  kinds: ReadonlySet<EventType>,
): Html {
  return html`<details class="kinds scripted"><summary>${moment.events}</summary>
<fieldset><legend>${moment.shown}</legend>${eventTypes.map((type) => html`<label class="choice"><input type="checkbox" name="marks" value="${type}"${kinds.has(type) ? html` checked` : ""}> ${timeline.types[type]} <span class="muted" data-count-of="${type}"></span></label>`)}</fieldset>
</details>`;
}

/** Shown if there is script. */
export function zoomButtons({ messages: { detail: words } }: Reader, hint: string): Html {
  const buttons = [
    ["left", "←", words.left],
    ["zoom-in", "+", words.zoomIn],
    ["zoom-out", "−", words.zoomOut],
    ["right", "→", words.right],
  ] as const;
  return html`<span class="zoom scripted">${buttons.map(([name, sign, label]) => html`<button type="button" data-zoom="${name}" aria-label="${label}" title="${label}">${sign}</button>`)}<button type="button" data-zoom="whole">${words.whole}</button><span class="muted small zoom-hint">${hint}</span></span>`;
}

/** One session at a time: one line for two of them would be wrong. */
function sessionChoice(reader: Reader, { sessions, query }: Detail): Html {
  const { session } = reader.messages.detail;
  return sessionSelect(reader, {
    name: "session",
    label: session,
    sessions,
    chosen: query.session,
  });
}

export type SessionSelect = {
  readonly name: string;
  readonly label: string;
  readonly sessions: readonly CaptureSession[];
  readonly chosen: number | undefined;
};

/** Nothing if there is no choice. */
export function sessionSelect(
  reader: Reader,
  { name, label, sessions, chosen }: SessionSelect,
): Html {
  const { detail: words } = reader.messages;
  if (sessions.length < 2) return html``;
  const option = (session: CaptureSession) =>
    html`<option value="${session.session_id}"${session.session_id === chosen ? html` selected` : ""}>${words.sessionName(String(session.session_id), `${session.client === "" ? nameOf(session.kind) : clientText(reader, session)}, ${modeOf(session)}`)}</option>`;
  return html`<label class="choice">${label} <select name="${name}">${sessions.map(option)}</select></label>`;
}
