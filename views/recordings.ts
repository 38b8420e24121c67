/** The list of recordings: filter, sort, page, and choosing two to compare. Works as plain links and forms. */
import { reasonText } from "../src/i18n/history.ts";
import type { CaptureMeta } from "../src/model/capture.ts";
import { dateText, unixMsMax } from "../src/model/unix-ms.ts";
import { clientText } from "./client.ts";
import { type Fault, failureText } from "./failure.ts";
import { nameOf, type Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { scrollTable } from "./scroll-table.ts";

/** The origin of a capture: kept from the history afterwards, armed, or saved by a rule. */
export const origins = ["kept", "armed", "automatic", "imported"] as const;
export type CaptureOrigin = (typeof origins)[number];

export const sortKeys = ["time", "kind", "mode", "codec", "client", "duration", "samples"] as const;
export type SortKey = (typeof sortKeys)[number];

/** The parameters in the address of the list. */
export type ListQuery = {
  readonly text: string;
  readonly kind: string;
  readonly codec: string;
  /** All unless one is named. */
  readonly origin: CaptureOrigin | undefined;
  readonly sort: SortKey;
  readonly isDescending: boolean;
  /** From 1. */
  readonly page: number;
};

export type RecordingList = {
  readonly query: ListQuery;
  readonly rows: readonly CaptureMeta[];
  readonly pageCount: number;
  readonly foundCount: number;
  readonly totalCount: number;
  readonly damagedCount: number;
  /** Why the list cannot be read: it is empty then. */
  readonly fault?: Fault;
  readonly kinds: readonly string[];
  readonly codecs: readonly string[];
};

/** The list's state as a query, without defaults. */
export function listAddress(query: ListQuery, change: Partial<ListQuery> = {}): string {
  const { text, kind, codec, origin, sort, isDescending, page } = { ...query, ...change };
  const parameters = new URLSearchParams();
  if (text !== "") parameters.set("q", text);
  if (kind !== "") parameters.set("kind", kind);
  if (codec !== "") parameters.set("codec", codec);
  if (origin !== undefined) parameters.set("origin", origin);
  if (sort !== "time" || !isDescending) parameters.set("sort", `${isDescending ? "-" : ""}${sort}`);
  if (page > 1) parameters.set("page", String(page));
  const text_ = parameters.toString();
  return text_ === "" ? "" : `?${text_}`;
}

/**
 * Also served alone, at `/parts/recordings`: it refreshes itself when a recording is added or
 * removed.
 */
export function recordingsSection(reader: Reader, list: RecordingList): Html {
  const { recordings: words } = reader.messages;
  const query = listAddress(list.query);
  return html`<section id="recordings" class="card" hx-get="/parts/recordings${query}" hx-trigger="recordings-changed from:body" hx-swap="outerMorph">
<div class="section-head"><h2>${words.title}</h2>${list.totalCount === 0 ? "" : html`<span class="muted">${words.count(reader.format.integer(list.foundCount), reader.format.integer(list.totalCount))}</span>`}</div>
${list.totalCount === 0 ? "" : filter(reader, list)}
${list.damagedCount === 0 ? "" : html`<p class="fault small">${damagedText(reader, list.damagedCount)}</p>`}
${list.rows.length === 0 ? emptyText(reader, list) : table(reader, list)}
</section>`;
}

function emptyText(reader: Reader, { fault, totalCount }: RecordingList): Html {
  if (fault !== undefined) return html`<p class="fault">${failureText(reader, fault)}</p>`;
  const { none, noneFound } = reader.messages.recordings;
  return html`<p class="empty">${totalCount === 0 ? none : noneFound}</p>`;
}

function damagedText({ messages, format }: Reader, count: number): string {
  const { one, other } = messages.recordings.damaged;
  return (count === 1 ? one : other)(format.integer(count));
}

function filter(reader: Reader, { query, kinds, codecs }: RecordingList): Html {
  const { recordings: words } = reader.messages;
  const sort = `${query.isDescending ? "-" : ""}${query.sort}`;
  return html`<form class="filter" role="search" method="get" action="/" hx-get="/parts/recordings" hx-trigger="input delay:200ms, submit" hx-target="#recordings" hx-swap="outerMorph" hx-sync="this:replace">
<input type="search" id="recordings-search" name="q" value="${query.text}" maxlength="100" placeholder="${words.search}" aria-label="${words.search}">
${select("kind", words.allKinds, { values: kinds, chosen: query.kind })}
${select("codec", words.allCodecs, { values: codecs, chosen: query.codec })}
${originSelect(reader, query.origin)}
<input type="hidden" name="sort" value="${sort}">
<noscript><button>${words.apply}</button></noscript>
${query.text + query.kind + query.codec + (query.origin ?? "") === "" ? "" : html`<a href="/">${words.clear}</a>`}
</form>`;
}

function originSelect({ messages }: Reader, chosen: CaptureOrigin | undefined): Html {
  const { origins: words } = messages.history;
  const option = (origin: CaptureOrigin) =>
    html`<option value="${origin}"${origin === chosen ? html` selected` : ""}>${words[origin]}</option>`;
  return html`<select id="recordings-origin" name="origin" aria-label="${words.label}"><option value="">${words.all}</option>${origins.map(option)}</select>`;
}

type Choice = { readonly values: readonly string[]; readonly chosen: string };

function select(name: string, label: string, { values, chosen }: Choice): Html {
  const option = (value: string) =>
    html`<option value="${value}"${value === chosen ? html` selected` : ""}>${nameOf(value)}</option>`;
  return html`<select id="recordings-${name}" name="${name}" aria-label="${label}"><option value="">${label}</option>${values.map(option)}</select>`;
}

function table(reader: Reader, list: RecordingList): Html {
  const { recordings: words } = reader.messages;
  const rowsTable = scrollTable({
    label: words.title,
    heads: [
      html`<td></td>`,
      ...sortKeys.map((key) => header(reader, list.query, key)),
      words.actions,
    ],
    rows: list.rows.map((meta) => row(reader, list, meta)),
    look: "recordings rows",
  });
  return html`<form method="get" action="/compare"><compare-choice>
${rowsTable}
<div class="table-foot"><button class="compare">${words.compare}</button><span class="muted small">${words.compareHint}</span><a href="/experiments">${reader.messages.experiments.link}</a><a href="/archive">${reader.messages.archive.open}</a>${pager(reader, list)}</div>
</compare-choice></form>`;
}

/** Clicking the sorted column reverses its order. */
function header(reader: Reader, query: ListQuery, key: SortKey): Html {
  const { recordings: words } = reader.messages;
  const isSorted = query.sort === key;
  const isNumeric = key === "duration" || key === "samples";
  const isDescending = isSorted ? !query.isDescending : isNumeric || key === "time";
  const address = listAddress(query, { sort: key, isDescending, page: 1 });
  const order = query.isDescending ? "descending" : "ascending";
  const state = isSorted ? html` aria-sort="${order}"` : "";
  return html`<th scope="col"${state} class="${isNumeric ? "number" : ""}">${partLink(address, html`${words[key]}${isSorted ? html`<span aria-hidden="true">${query.isDescending ? " ↓" : " ↑"}</span>` : ""}`)}</th>`;
}

/** Fetches only the list; the address becomes that of the whole page. */
function partLink(query: string, text: Html): Html {
  return html`<a href="/${query}" hx-get="/parts/recordings${query}" hx-target="#recordings" hx-swap="outerMorph" hx-push-url="/${query}">${text}</a>`;
}

function row(reader: Reader, { query }: RecordingList, meta: CaptureMeta): Html {
  const { messages, format } = reader;
  const { recordings: words } = messages;
  const path = `/recordings/${encodeURIComponent(meta.id)}`;
  const cells = [
    html`<td class="time"><a href="${path}"><time datetime="${isoOf(meta.started_unix_ms)}">${format.date(meta.started_unix_ms)}</time></a>${repetition(meta.id)}${marks(reader, meta)}${saidLine(meta)}</td>`,
    html`<td class="plain" data-label="${words.kind}"><span>${captureKind(reader, meta)}</span></td>`,
    html`<td class="plain nowrap" data-label="${words.mode}">${modeOf(meta)}</td>`,
    html`<td class="plain" data-label="${words.codec}">${meta.codec === "" ? "–" : nameOf(meta.codec)}</td>`,
    html`<td class="clip" data-label="${words.client}" title="${clientText(reader, meta)}"><span>${clientText(reader, meta)}</span></td>`,
    html`<td class="number" data-label="${words.duration}">${format.duration(meta.duration_ms)}</td>`,
    html`<td class="number" data-label="${words.samples}">${format.integer(meta.sample_count)}</td>`,
  ];
  return html`<tr id="row-${meta.id}"><td><input type="checkbox" name="id" value="${meta.id}" aria-label="${words.select(meta.id)}"></td>${cells}
<td class="row-actions"><a href="${path}">${words.view}</a> <a href="${fileAddress(meta.id)}" download="${meta.id}.json">${words.download}</a> ${deleteLink(reader, meta.id, `/${listAddress(query)}`)}</td></tr>`;
}

/** Captures that began in the same second are distinguished by the number in their ids. */
function repetition(id: string): Html {
  const number = /_\d+x\d+-(\d+)$/.exec(id)?.[1];
  return number === undefined ? html`` : html` <span class="muted small">(${number})</span>`;
}

/** A person's notes on it, below its time. */
function saidLine({ name, note, labels = [] }: CaptureMeta): Html {
  if (name === undefined && labels.length === 0) return html``;
  const title = note === undefined ? "" : html` title="${note}"`;
  return html`<div class="said"${title}>${name === undefined ? "" : html`<span class="name">${name}</span> `}${labelBadges(labels)}</div>`;
}

export function labelBadges(labels: readonly string[]): Html {
  return html`${labels.map((label) => html`<span class="badge small label">${label}</span> `)}`;
}

export function marks(reader: Reader, meta: CaptureMeta): Html {
  const { recordings: words, notes } = reader.messages;
  return html`${originBadge(reader, meta)}${meta.truncated ? html` <span class="badge small" title="${words.truncatedHint}">${words.truncated}</span>` : ""}${meta.unread ? html` <span class="badge small" title="${words.unreadHint}">${words.unread}</span>` : ""}${rowsCutBadge(reader, meta)}${meta.recovered ? html` <span class="badge small" title="${words.recoveredHint}">${words.recovered}</span>` : ""}${meta.mended ? html` <span class="badge small" title="${words.mendedHint}">${words.mended}</span>` : ""}${meta.baseline ? html` <span class="badge small on" title="${notes.baselineHint}">${notes.baseline}</span>` : ""}`;
}

function rowsCutBadge({ messages, format }: Reader, { rows_until_ms: endMs }: CaptureMeta): Html {
  const { recordings: words } = messages;
  if (endMs === undefined) return html``;
  return html` <span class="badge small" title="${words.rowsCutHint(format.duration(endMs))}">${words.rowsCut}</span>`;
}

/** That it was not armed, and why an automatic one was saved. */
function originBadge({ messages, format }: Reader, { origin, trigger }: CaptureMeta): Html {
  const { history: words } = messages;
  if (origin === undefined) return html``;
  if (origin === "kept") {
    return html` <span class="badge small" title="${words.keptHint}">${words.kept}</span>`;
  }
  if (origin === "imported") {
    return html` <span class="badge small" title="${words.importedHint}">${words.imported}</span>`;
  }
  const badge = html` <span class="badge small">${words.automatic}</span>`;
  if (trigger === undefined) return badge;
  const { rule, value } = trigger;
  const reason = reasonText(words.reasons, { rule, value: format.rounded(value, 1) });
  return html`${badge} <span class="muted small reason">${reason}</span>`;
}

/** The path of a capture, or why it has none. */
export function captureKind(
  reader: Reader,
  { kind, origin }: Pick<CaptureMeta, "kind" | "origin">,
): Html {
  const { recordings, history } = reader.messages;
  return kindBadge(kind, origin === "imported" ? history.otherTool : recordings.nobody);
}

export function kindBadge(kind: string, nobody: string): Html {
  return kind === ""
    ? html`<span class="muted">${nobody}</span>`
    : html`<span class="badge kind">${nameOf(kind)}</span>`;
}

export function modeOf({
  width,
  height,
  fps,
}: Pick<CaptureMeta, "width" | "height" | "fps">): string {
  return width === 0 ? "–" : `${width}×${height} @ ${fps}`;
}

export function fileAddress(id: string): string {
  return `/api/v1/stats/recordings/${encodeURIComponent(id)}`;
}

/** Asks first: as a page of its own, or in a dialog if there is script. */
export function deleteLink({ messages }: Reader, id: string, back: string): Html {
  const address = `/recordings/${encodeURIComponent(id)}/delete?to=${encodeURIComponent(back)}`;
  return html`<a class="danger" href="${address}" hx-get="${address}" hx-target="#dialog">${messages.recordings.remove}</a>`;
}

/** The date of a broken clock can be invalid. */
export function isoOf(unixMs: number): string {
  return unixMs <= unixMsMax ? dateText(unixMs) : "";
}

function pager(reader: Reader, { query, pageCount }: RecordingList): Html {
  const { messages, format } = reader;
  const { recordings: words } = messages;
  if (pageCount < 2) return html``;
  const isByTime = query.sort === "time" && query.isDescending;
  const step = (page: number, text: string) =>
    page < 1 || page > pageCount
      ? html`<span class="muted">${text}</span>`
      : partLink(listAddress(query, { page }), html`${text}`);
  return html`<span class="pager">${step(query.page - 1, isByTime ? words.previous : words.backward)}
<span>${words.page(format.integer(query.page), format.integer(pageCount))}</span>
${step(query.page + 1, isByTime ? words.next : words.forward)}</span>`;
}
