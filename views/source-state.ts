/** The state of the host's source: a question at the desktop, and the choice of `auto`. */
import type { PassedSource, SourceState } from "../src/model/source-state.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** The note that somebody is being asked for the screen; empty while nobody is. */
export function askingNotice({ messages }: Reader, { askingCount }: SourceState): Html {
  if (askingCount === 0) return html``;
  return html`<p class="notice" role="status">${messages.source.asking}</p>`;
}

/** Also served alone: the Watch page refreshes it. */
export function sourceStateSection(reader: Reader, state: SourceState): Html {
  const { chosen, askingCount } = state;
  const isQuiet = askingCount === 0 && chosen === undefined;
  return html`<div id="source-state" hx-get="/parts/source-state" hx-trigger="every 2s" hx-swap="outerMorph">
${isQuiet ? "" : html`<section class="card">${askingNotice(reader, state)}${chosen === undefined ? "" : chosenText(reader, chosen)}</section>`}
</div>`;
}

function chosenText(reader: Reader, chosen: NonNullable<SourceState["chosen"]>): Html {
  const { source: words } = reader.messages;
  const { passed_over: passed } = chosen;
  if (passed.length === 0) return html`<p>${words.chosen(chosen.source)}</p>`;
  return html`<p>${words.chosen(chosen.source)}. ${words.passedOver}</p>
<ul>${passed.map((one) => html`<li><code>${one.source}</code> – ${reasonOf(reader, one)}</li>`)}</ul>`;
}

/** Details beyond the code are the host's own English, after the sentence. */
function reasonOf({ messages }: Reader, { reason, reason_code }: PassedSource): Html {
  const text = messages.source.obstacles[reason_code];
  return reason_code === "not_opened"
    ? html`${text} <span class="muted" lang="en">(${reason})</span>`
    : html`${text}`;
}
