/** The console's keys: the one that keeps the recent past, from every page, and the list of all. */
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** The result of the key. */
export const keyKeptSeconds = 30;

/** On every page: `k` submits the form, and the result appears over the page. */
export function keepKey(): Html {
  return html`<keep-key><form method="post" action="/keep" hx-post="/keep" hx-target="#kept" hx-swap="innerHTML" hidden></form><div id="kept" role="status"></div></keep-key>`;
}

/** The same as the key does, as a button. */
export function keepForm({ messages, format }: Reader): Html {
  return html`<form method="post" action="/keep" hx-post="/keep" hx-target="#kept" hx-swap="innerHTML"><button>${messages.watch.keep(format.integer(keyKeptSeconds))}</button></form>`;
}

/** The result of the key, with a link to the capture. */
export function keptToast(
  { messages, format }: Reader,
  kept: { readonly id: string } | { readonly fault: Html },
): Html {
  const { history: words, capture } = messages;
  const close = html`<button type="button" class="quiet" data-close>${words.close}</button>`;
  if ("fault" in kept) return html`<p class="notice bad">${kept.fault} ${close}</p>`;
  const text = words.keptNow(format.integer(keyKeptSeconds));
  return html`<p class="notice good">${text} <a href="/recordings/${encodeURIComponent(kept.id)}">${capture.view}</a> ${close}</p>`;
}

/** In the head of every page. */
export function keysLink({ messages: { history } }: Reader): Html {
  const { title } = history.keys;
  return html`<keys-link><a class="keys-link" href="/keys" hx-get="/keys" hx-target="#dialog" aria-label="${title}" title="${title}"><kbd aria-hidden="true">?</kbd></a></keys-link>`;
}

/** A page of its own, or a dialog where there is script. */
export function keysPage(reader: Reader): Html {
  return html`<section class="card"><h1>${reader.messages.history.keys.title}</h1>${keysTable(reader)}</section>`;
}

/** The same, over the current page. */
export function keysDialog(reader: Reader): Html {
  const { keys, close } = reader.messages.history;
  return html`<modal-dialog><dialog class="card" aria-labelledby="keys-title"><h2 id="keys-title">${keys.title}</h2>${keysTable(reader)}<p class="buttons"><button type="button" data-cancel autofocus>${close}</button></p></dialog></modal-dialog>`;
}

function keysTable({ messages }: Reader): Html {
  const { keys: words } = messages.history;
  const rows: readonly (readonly [readonly string[], string])[] = [
    [["k"], words.keep],
    [["m"], words.mark],
    [["s"], words.figures],
    [["←", "→"], words.arrows],
    [["Enter"], words.enter],
    [["p", "n"], words.late],
    [["←", "→"], words.step],
    [["?"], words.help],
  ];
  return html`<table class="keys"><thead><tr><th scope="col">${words.key}</th><th scope="col">${words.does}</th></tr></thead>
<tbody>${rows.map(([keys, text]) => html`<tr><th scope="row">${keys.map((key) => html`<kbd>${key}</kbd> `)}</th><td>${text}</td></tr>`)}</tbody></table>`;
}
