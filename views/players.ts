/** Paired players, and admitting a new one with a one-time code. */
import { type Client, type PairingCode, playerNameLengthMax } from "../src/model/player.ts";
import { copyable } from "./capture.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { isoOf, kindBadge } from "./recordings.ts";
import { scrollTable } from "./scroll-table.ts";

/** The result of renaming a player. */
export type PlayerNotice = "renamed" | "goneFromList" | "nameless";

/** Also served alone, at `/parts/players`: it refreshes itself; unsaved input stays. */
export function playersSection(
  reader: Reader,
  clients: readonly Client[],
  notice?: PlayerNotice,
): Html {
  const { sessions: words } = reader.messages;
  return html`<section id="players" class="card" hx-get="/parts/players" hx-trigger="players-changed from:body, every 5s" hx-swap="outerMorph">
<div class="section-head"><h2>${words.players}</h2></div>
${playerNotice(reader, notice)}
${clients.length === 0 ? html`<p class="empty">${words.noPlayers}</p>` : table(reader, clients)}
</section>`;
}

/** Refreshing the section does not touch it: it stays until the next player is renamed. */
export function playerNotice({ messages }: Reader, notice: PlayerNotice | undefined): Html {
  const text =
    notice === undefined
      ? ""
      : html`<p class="notice ${notice === "renamed" ? "good" : "bad"}">${messages.sessions[notice]}</p>`;
  return html`<div id="player-notice" role="status" hx-morph-skip>${text}</div>`;
}

function table(reader: Reader, clients: readonly Client[]): Html {
  const { sessions: words } = reader.messages;
  return scrollTable({
    label: words.players,
    heads: [words.name, words.kind, words.paired, words.fingerprint, words.actions],
    rows: clients.map((client) => row(reader, client)),
  });
}

function row({ messages, format }: Reader, client: Client): Html {
  const player = `/players/${encodeURIComponent(client.id)}`;
  const address = `${player}/remove`;
  return html`<tr id="player-${client.id}"><th scope="row" class="clip" data-label="${messages.sessions.name}" title="${client.name}"><span>${client.name || "–"}</span></th>
<td data-label="${messages.sessions.kind}"><span>${kindBadge(client.kind, "–")}</span></td>
<td data-label="${messages.sessions.paired}"><time datetime="${isoOf(client.paired_unix_ms)}">${format.date(client.paired_unix_ms)}</time></td>
<td data-label="${messages.sessions.fingerprint}"><code title="${client.id}">${client.id.slice(0, 16)}…</code></td>
<td class="row-actions"><div class="session-actions" id="rename-${client.id}" hx-morph-skip>${renaming(messages, client, `${player}/rename`)}</div>
<a class="danger" href="${address}" hx-get="${address}" hx-target="#dialog">${messages.sessions.remove}</a></td></tr>`;
}

function renaming({ sessions: words }: Reader["messages"], client: Client, action: string): Html {
  const label = words.newName(client.name || client.id.slice(0, 16));
  return html`<form method="post" action="${action}" hx-post="${action}" hx-target="#player-notice" hx-swap="outerHTML"><input name="name" maxlength="${playerNameLengthMax}" autocomplete="off" required value="${client.name}" aria-label="${label}"><button>${words.rename}</button></form>`;
}

type Pairing = {
  readonly code: PairingCode | undefined;
  readonly nowMs: number;
  /** Of the native path, if no other machine can reach it. */
  readonly localPort: number | undefined;
};

/** Also served alone, at `/parts/pairing`; it asks again when the code has expired. */
export function pairingSection(reader: Reader, { code, nowMs, localPort }: Pairing): Html {
  const { sessions: words } = reader.messages;
  const open = code !== undefined && code.expires_unix_ms > nowMs ? code : undefined;
  return html`<section id="pairing" class="card" hx-get="/parts/pairing" hx-trigger="pairing-changed from:body, players-changed from:body" hx-swap="outerMorph">
<div class="section-head"><h2>${words.add}</h2></div>
${open === undefined ? offer(reader) : codeCard(reader, open, open.expires_unix_ms - nowMs)}
${localPort === undefined ? "" : html`<p class="notice">${words.localOnly(localPort)}</p>`}
</section>`;
}

function offer(reader: Reader): Html {
  const { sessions: words } = reader.messages;
  return html`<p class="muted">${words.addHint}</p>${form("/pairing", html`<button class="primary">${words.add}</button>`)}`;
}

function codeCard(reader: Reader, code: PairingCode, leftMs: number): Html {
  const { messages, format } = reader;
  const { sessions: words } = messages;
  const copy = { copy: words.copy, copied: words.copied };
  return html`<p>${words.code}</p>${copyable({ ...copy, text: code.code })}
<p>${words.command}</p>${copyable({ ...copy, text: code.command })}
<p>${words.left} <time-left data-ms="${leftMs}" data-event="pairing-changed">${format.duration(leftMs)}</time-left></p>
${form("/pairing/cancel", html`<button>${words.cancel}</button>`)}`;
}

function form(action: string, inside: Html): Html {
  return html`<form method="post" action="${action}" hx-post="${action}" hx-target="#pairing" hx-swap="outerHTML">${inside}</form>`;
}
