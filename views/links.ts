/** Links to streams for others: who may come, until when, and the address of a new one, shown once. */
import { isLoopbackHost } from "../src/base/host-names.ts";
import type { NewStreamLink, StreamLink } from "../src/model/link.ts";
import type { StreamRequest, WatchStream } from "../src/model/watch.ts";
import { copyable } from "./capture.ts";
import { type Fault, failureText } from "./failure.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { isoOf } from "./recordings.ts";
import { scrollTable } from "./scroll-table.ts";

/** The result of the last change. A created link is shown only in this answer. */
export type LinkNotice =
  | { readonly kind: "created"; readonly made: NewStreamLink }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly failure: Fault };

/** The content of the section. */
export type LinkCard = {
  readonly links: readonly StreamLink[];
  /** Running ones: a link may be to one of them. */
  readonly streams: readonly WatchStream[];
  readonly hostSource: string;
  readonly notice?: LinkNotice | undefined;
};

const dayMinutes = 1440;
/** Lifetimes to choose from, in minutes. */
const lifetimes = [60, 240, dayMinutes, 7 * dayMinutes, 30 * dayMinutes] as const;
const uses = [1, 2, 5, 20, 100] as const;

/** Also served alone, as the answer to its own form. */
export function linksSection(reader: Reader, card: LinkCard): Html {
  const { links: words } = reader.messages;
  return html`<section id="links" class="card">
<div class="section-head"><h2>${words.title}</h2></div>
<div role="status">${noticeOf(reader, card.notice)}</div>
<p class="muted">${words.intro}</p>
${card.links.length === 0 ? html`<p class="empty">${words.none}</p>` : table(reader, card)}
${creation(reader, card)}
</section>`;
}

function noticeOf(reader: Reader, notice: LinkNotice | undefined): Html | string {
  const { links: words } = reader.messages;
  if (notice === undefined || notice.kind === "gone") return "";
  if (notice.kind === "failed") {
    return html`<p class="notice bad">${failureText(reader, notice.failure)}</p>`;
  }
  const { url: text } = notice.made;
  const { hostname, port } = new URL(text);
  const isOnlyHere = isLoopbackHost(hostname);
  return html`<p class="notice good">${words.createdNow}${isOnlyHere ? ` ${words.onlyHere(port)}` : ""}</p>
${copyable({ copy: words.copy, copied: words.copied, text })}`;
}

function table(reader: Reader, { links, hostSource }: LinkCard): Html {
  const { links: words } = reader.messages;
  const heads = [words.name, words.stream, words.rights, words.expires, words.uses];
  return scrollTable({
    label: words.title,
    heads: [...heads, words.connections, words.actions],
    rows: links.map((link) => row(reader, link, hostSource)),
  });
}

function row(reader: Reader, link: StreamLink, hostSource: string): Html {
  const { messages, format } = reader;
  const { links: words } = messages;
  const address = `/links/${encodeURIComponent(link.id)}/revoke`;
  const name = link.name === "" ? words.unnamed : link.name;
  const stream = streamText(link.stream, hostSource);
  const used = words.usesOf(format.integer(link.uses), format.integer(link.uses_max));
  return html`<tr><th scope="row" class="clip" data-label="${words.name}" title="${name}"><span>${name}</span></th>
<td class="clip" data-label="${words.stream}" title="${stream}"><span>${stream}</span></td>
<td data-label="${words.rights}"><span>${words[link.rights]}</span></td>
<td data-label="${words.expires}"><time datetime="${isoOf(link.expires_unix_ms)}">${format.date(link.expires_unix_ms)}</time></td>
<td data-label="${words.uses}"><span>${used}</span></td>
<td data-label="${words.connections}"><span>${format.integer(link.connections)}</span></td>
<td class="row-actions"><a class="danger" href="${address}" hx-get="${address}" hx-target="#dialog">${words.revoke}</a></td></tr>`;
}

function streamText(
  { source, width, height }: Pick<StreamRequest, "source" | "width" | "height">,
  hostSource: string,
): string {
  const size = width === undefined || height === undefined ? "" : ` · ${width}×${height}`;
  return `${source ?? hostSource}${size}`;
}

function creation(reader: Reader, { streams, hostSource }: LinkCard): Html {
  const { links: words } = reader.messages;
  const running = streams.map(
    (stream) =>
      html`<option value="${stream.session_id}">${streamText(stream, hostSource)} · ${stream.fps} fps</option>`,
  );
  return html`<form method="post" action="/links" hx-post="/links" hx-target="#links" hx-swap="outerHTML">
<div class="settings-fields">
<div><label for="link-stream">${words.stream}</label><select id="link-stream" name="stream">${running}<option value="">${words.ownSource(hostSource)}</option></select></div>
<div><label for="link-name">${words.name}</label><input id="link-name" name="name" maxlength="64" autocomplete="off" aria-describedby="link-name-hint"><span id="link-name-hint" class="small muted">${words.nameHint}</span></div>
<div><label for="link-rights">${words.rights}</label><select id="link-rights" name="rights"><option value="watch">${words.watch}</option><option value="play">${words.play}</option></select></div>
<div><label for="link-uses">${words.usesMax}</label><select id="link-uses" name="uses">${uses.map((count) => html`<option>${count}</option>`)}</select></div>
<div><label for="link-minutes">${words.lifetime}</label><select id="link-minutes" name="minutes">${lifetimes.map(
    (minutes) =>
      html`<option value="${minutes}"${minutes === dayMinutes ? html` selected` : ""}>${lifetimeText(reader, minutes)}</option>`,
  )}</select></div>
</div>
<div class="buttons"><button>${words.create}</button></div>
</form>`;
}

function lifetimeText({ messages, format }: Reader, minutes: number): string {
  const { links: words } = messages;
  const isDays = minutes >= dayMinutes;
  const count = isDays ? minutes / dayMinutes : minutes / 60;
  const { one, other } = isDays ? words.days : words.hours;
  return (count === 1 ? one : other)(format.integer(count));
}
