/** The recordings of events, starting a manual one, importing an export, keeping one. */
import type { TimelineState } from "../src/model/timeline.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

export type RecordedView = {
  readonly state: TimelineState;
  /** The shown one, as in the page's address; "" is the current or latest. */
  readonly of: string;
  readonly hasShown: boolean;
  /** Why a requested action failed. */
  readonly fault: string | undefined;
};

export function recordedSection(reader: Reader, view: RecordedView): Html {
  const { timeline: words } = reader.messages;
  const { state, of, fault } = view;
  const isManual = state.manual?.recording === true;
  const [action, label] = isManual ? ["stop", words.stop] : ["start", words.start];
  return html`<section id="recorded" class="card">
<div class="section-head"><h2>${words.recordings}</h2></div>
${fault === undefined ? "" : html`<p class="notice bad" role="alert">${fault}</p>`}
<div class="choices">${namesOf(reader, state).map(([name, text]) => html`<a class="button" href="/timeline${name === "" ? "" : `?${new URLSearchParams({ of: name })}`}"${name === of ? html` aria-current="true"` : ""}>${text}</a>`)}</div>
<div class="buttons"><form method="post" action="/timeline/${action}"><button>${label}</button></form>
${view.hasShown ? html`<a class="button" href="/api/v1/timeline/export${of === "" ? "" : `?${new URLSearchParams({ of })}`}" download>${words.exportThis}</a>` : ""}
<form class="filter" method="post" action="/timeline/import" enctype="multipart/form-data"><label>${words.importFile} <input type="file" name="file" accept="application/json,.json"></label><button>${words.open}</button></form></div>
<p class="muted small">${words.kept}</p>
</section>`;
}

function namesOf({ messages }: Reader, state: TimelineState): [name: string, text: string][] {
  const { timeline: words } = messages;
  const { capture, manual, readable } = state;
  return [
    ["", words.newest],
    ...(capture === undefined ? [] : [["capture", words.source.capture] as [string, string]]),
    ...(manual?.recording ? [["manual", words.source.manual] as [string, string]] : []),
    ...readable.map((id): [string, string] => [id, id]),
  ];
}
