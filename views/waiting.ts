/** Moonlight players that show a PIN, with a field to enter it. */
import type { WaitingPlayer } from "../src/model/player.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { scrollTable } from "./scroll-table.ts";

/** The result of an entered PIN. */
export type PinNotice = "paired" | "wrong_pin" | "taken" | "refused" | "gone" | "invalid" | "off";
const good: readonly PinNotice[] = ["paired", "taken", "refused"];

/** Also served alone, at `/parts/waiting`: it refreshes itself; unsaved input stays. */
export function waitingSection(
  reader: Reader,
  waiting: readonly WaitingPlayer[],
  notice?: PinNotice,
): Html {
  const { waiting: words } = reader.messages;
  return html`<section id="waiting" class="card" hx-get="/parts/waiting" hx-trigger="waiting-changed from:body, every 2s" hx-swap="outerMorph">
<div class="section-head"><h2>${words.title}</h2></div>
${pinNotice(reader, notice)}
${waiting.length === 0 ? html`<p class="empty">${words.none}</p>` : table(reader, waiting)}
</section>`;
}

/** Refreshing the section does not touch it: it stays until the next PIN is entered. */
export function pinNotice({ messages }: Reader, notice: PinNotice | undefined): Html {
  const text =
    notice === undefined
      ? ""
      : html`<p class="notice ${good.includes(notice) ? "good" : "bad"}">${messages.waiting[notice]}</p>`;
  return html`<div id="pin-notice" role="status" hx-morph-skip>${text}</div>`;
}

function table(reader: Reader, waiting: readonly WaitingPlayer[]): Html {
  const { waiting: words } = reader.messages;
  return scrollTable({
    label: words.title,
    heads: [words.name, words.address, words.pin],
    rows: waiting.map((player) => row(reader, player)),
  });
}

function row({ messages }: Reader, { id, uniqueid, name, address }: WaitingPlayer): Html {
  const { waiting: words } = messages;
  return html`<tr id="waiting-${id}"><th scope="row" class="clip" data-label="${words.name}" title="${name}"><span>${name || "–"}</span></th>
<td data-label="${words.address}">${address}</td>
<td class="row-actions"><div class="session-actions" id="pin-${id}" hx-morph-skip>
<form method="post" action="/pairing/pin" hx-post="/pairing/pin" hx-target="#pin-notice" hx-swap="outerHTML"><input type="hidden" name="id" value="${id}"><input name="pin" inputmode="numeric" pattern="[0-9]{4,8}" minlength="4" maxlength="8" autocomplete="off" required aria-label="${words.pinOf(name || uniqueid)}"><input name="name" maxlength="64" autocomplete="off" placeholder="${words.newName}" aria-label="${words.newName}"><button class="primary">${words.submit}</button></form>
<form method="post" action="/pairing/refuse" hx-post="/pairing/refuse" hx-target="#pin-notice" hx-swap="outerHTML"><input type="hidden" name="id" value="${id}"><button aria-label="${words.refuse}: ${name || uniqueid}">${words.refuse}</button></form>
</div></td></tr>`;
}
