/** Named tokens: who has access, until when, and the secret of a new one, shown once. */
import type { AccessToken, NewAccessToken } from "../src/model/access-token.ts";
import { copyable } from "./capture.ts";
import { type Fault, failureText } from "./failure.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { isoOf } from "./recordings.ts";
import { scrollTable } from "./scroll-table.ts";

/** The result of the last change. A created token is shown only in this answer. */
export type AccessNotice =
  | { readonly kind: "created"; readonly made: NewAccessToken }
  | { readonly kind: "revoked" | "gone" | "nameless" }
  | { readonly kind: "failed"; readonly failure: Fault };

/** The content of the section. */
export type AccessCard = {
  readonly tokens: readonly AccessToken[];
  readonly nowMs: number;
  readonly notice?: AccessNotice | undefined;
};

/** Lifetimes to choose from, in days; 0 is forever. */
const lifetimes = [7, 30, 90, 365, 0] as const;
const lifetimeChosen = 90;

/** Also served alone, as the answer to its own form. */
export function accessSection(reader: Reader, { tokens, nowMs, notice }: AccessCard): Html {
  const { access: words } = reader.messages;
  return html`<section id="access" class="card">
<div class="section-head"><h2>${words.title}</h2></div>
<div role="status">${noticeOf(reader, notice)}</div>
<p class="muted">${words.intro}</p>
${tokens.length === 0 ? html`<p class="empty">${words.none}</p>` : table(reader, tokens, nowMs)}
${creation(reader)}
</section>`;
}

function noticeOf(reader: Reader, notice: AccessNotice | undefined): Html | string {
  const { access: words } = reader.messages;
  if (notice === undefined) return "";
  if (notice.kind === "failed") {
    return html`<p class="notice bad">${failureText(reader, notice.failure)}</p>`;
  }
  if (notice.kind !== "created") {
    const look = notice.kind === "revoked" ? "good" : "bad";
    return html`<p class="notice ${look}">${words[notice.kind]}</p>`;
  }
  const { name, token } = notice.made;
  return html`<p class="notice good">${words.createdNow(name)}</p>
${copyable({ copy: words.copy, copied: words.copied, text: token })}`;
}

function table(reader: Reader, tokens: readonly AccessToken[], nowMs: number): Html {
  const { access: words } = reader.messages;
  const heads = [words.name, words.rights, words.created, words.expires, words.lastUsed];
  return scrollTable({
    label: words.title,
    heads: [...heads, words.actions],
    rows: tokens.map((token) => row(reader, token, nowMs)),
  });
}

function row(reader: Reader, token: AccessToken, nowMs: number): Html {
  const { messages, format } = reader;
  const { access: words } = messages;
  const address = `/tokens/${encodeURIComponent(token.id)}/revoke`;
  const used = token.last_used_on;
  return html`<tr><th scope="row" class="clip" data-label="${words.name}" title="${token.name}"><span>${token.name}</span></th>
<td data-label="${words.rights}"><span>${words[token.rights]}</span></td>
<td data-label="${words.created}"><time datetime="${isoOf(token.created_unix_ms)}">${format.date(token.created_unix_ms)}</time></td>
<td data-label="${words.expires}">${expiry(reader, token.expires_unix_ms, nowMs)}</td>
<td data-label="${words.lastUsed}">${used === undefined ? html`<span class="muted">${words.unused}</span>` : html`<time datetime="${used}">${used}</time>`}</td>
<td class="row-actions"><a class="danger" href="${address}" hx-get="${address}" hx-target="#dialog">${words.revoke}</a></td></tr>`;
}

function expiry({ messages, format }: Reader, atMs: number | undefined, nowMs: number): Html {
  const { access: words } = messages;
  if (atMs === undefined) return html`<span>${words.never}</span>`;
  if (atMs <= nowMs) return html`<span class="fault">${words.expired}</span>`;
  return html`<time datetime="${isoOf(atMs)}">${format.date(atMs)}</time>`;
}

function creation(reader: Reader): Html {
  const { access: words } = reader.messages;
  return html`<form method="post" action="/tokens" hx-post="/tokens" hx-target="#access" hx-swap="outerHTML">
<div class="settings-fields">
<div><label for="token-name">${words.name}</label><input id="token-name" name="name" maxlength="64" autocomplete="off" required aria-describedby="token-name-hint"><span id="token-name-hint" class="small muted">${words.nameHint}</span></div>
<div><label for="token-rights">${words.rights}</label><select id="token-rights" name="rights"><option value="read">${words.read}</option><option value="operator">${words.operator}</option></select></div>
<div><label for="token-days">${words.lifetime}</label><select id="token-days" name="days">${lifetimes.map((days) => lifetime(reader, days))}</select></div>
</div>
<div class="buttons"><button>${words.create}</button></div>
</form>`;
}

function lifetime({ messages, format }: Reader, days: number): Html {
  const { access: words } = messages;
  const named = new Map([
    [0, words.never],
    [365, words.oneYear],
  ]);
  const text = named.get(days) ?? words.days(format.integer(days));
  return html`<option value="${days}"${days === lifetimeChosen ? html` selected` : ""}>${text}</option>`;
}
