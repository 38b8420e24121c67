/** Captures of this host and others in one place; each can be opened here. */
import type { ArchivedCapture, ArchiveStatus } from "../src/model/archive.ts";
import { type CauseCode, causeCodes, verdictQualities } from "../src/model/verdict.ts";
import { archiveProblemText, type Fault, failureText } from "./failure.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { captureKind, isoOf, modeOf } from "./recordings.ts";
import { scrollTable } from "./scroll-table.ts";

/** The content of the page. */
export type ArchiveView = {
  readonly status: ArchiveStatus;
  /** Newest first, of the chosen host; an error instead; `undefined` while it is loading. */
  readonly list: readonly ArchivedCapture[] | { readonly problem: Fault } | undefined;
  readonly hosts: readonly string[];
  readonly chosen: string;
  /** Why a capture could not be opened. */
  readonly fault?: Fault | undefined;
};

/** Rows of the page; the API has them all. */
const shownMax = 200;

export function archivePage(reader: Reader, view: ArchiveView): Html {
  const { archive: words, detail } = reader.messages;
  return html`<div class="page-head"><p><a href="/">← ${detail.back}</a></p><h1>${words.title}</h1><p>${words.intro}</p></div>
${view.fault === undefined ? "" : html`<p class="fault" role="alert">${failureText(reader, view.fault)}</p>`}
${stateOf(reader, view.status)}
${view.status.target === undefined ? "" : archiveList(reader, view)}`;
}

function stateOf(
  reader: Reader,
  { target, waiting, problem = "", problem_code: code, problem_answer: answer }: ArchiveStatus,
): Html {
  const { archive: words } = reader.messages;
  const why = code === undefined ? problem : archiveProblemText(reader.messages, code, answer);
  if (target === undefined) return html`<section class="card"><p>${words.off}</p></section>`;
  return html`<section class="card"><p class="wrap">${words.sentTo(target)} ${words.waiting(reader.format.integer(waiting))}</p>
${why === "" ? "" : html`<p class="fault">${words.problem(why)}</p>`}</section>`;
}

/** Also served alone, at `/archive/list`, for a page that did not wait for it. */
export function archiveList(
  reader: Reader,
  { status, list, hosts, chosen }: Omit<ArchiveView, "fault">,
): Html {
  const { archive: words } = reader.messages;
  if (list === undefined) {
    const address = `/archive/list?host=${encodeURIComponent(chosen)}`;
    return html`<section class="card" aria-busy="true" hx-get="${address}" hx-trigger="load" hx-swap="outerHTML"><p class="empty wrap" role="status">${words.asking(status.target ?? "")}</p></section>`;
  }
  if ("problem" in list) {
    return html`<section class="card"><p class="fault" role="alert">${failureText(reader, list.problem)}</p></section>`;
  }
  if (list.length === 0)
    return html`<section class="card"><p class="empty">${words.none}</p></section>`;
  const shown = list.slice(0, shownMax);
  const heads = [words.when, words.host, words.mode, words.client, words.verdict, words.actions];
  const count = words.shown(
    reader.format.integer(shown.length),
    reader.format.integer(list.length),
  );
  const table = scrollTable({
    label: words.title,
    heads,
    rows: shown.map((one) => row(reader, one)),
  });
  return html`<section class="card">${choice(reader, hosts, chosen)}
${table}
<p class="muted small">${count}</p></section>`;
}

function choice({ messages }: Reader, hosts: readonly string[], chosen: string): Html {
  const { archive: words } = messages;
  const option = (value: string, text: string) =>
    html`<option value="${value}"${value === chosen ? html` selected` : ""}>${text}</option>`;
  return html`<form method="get" action="/archive" class="buttons"><label>${words.host} <select name="host">${option("", words.allHosts)}${hosts.map((host) => option(host, host))}</select></label> <button>${words.filter}</button></form>`;
}

function row(reader: Reader, { key, meta, quality, cause }: ArchivedCapture): Html {
  const { messages, format } = reader;
  const { archive: words } = messages;
  return html`<tr><th scope="row" data-label="${words.when}"><time datetime="${isoOf(meta.started_unix_ms)}">${format.date(meta.started_unix_ms)}</time></th>
<td data-label="${words.host}" class="clip" title="${meta.host ?? ""}"><span>${meta.host ?? "–"}</span></td>
<td data-label="${words.mode}"><span>${captureKind(reader, meta)} ${modeOf(meta)}</span></td>
<td data-label="${words.client}" class="clip" title="${meta.client}"><span>${meta.client || "–"}</span></td>
<td data-label="${words.verdict}" class="plain">${verdictText(reader, quality, cause)}</td>
<td class="row-actions"><form method="post" action="/archive/open"><input type="hidden" name="key" value="${key}"><button>${words.copy}</button></form></td></tr>`;
}

/** Codes of a later version are shown as they are. */
function verdictText({ messages }: Reader, quality = "", cause = ""): string {
  const { verdict: words } = messages;
  const known = verdictQualities.find((one) => one === quality);
  const code: CauseCode | undefined = causeCodes.find((one) => one === cause);
  const text = known === undefined ? quality : words.quality[known];
  const why = code === undefined ? cause : words.causes[code].name;
  if (text === "") return "–";
  return quality === "smooth" || why === "" ? text : `${text}: ${why}`;
}
