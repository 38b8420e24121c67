/**
 * The pages for people who came by a link: an entry page, and one stream. No names of sources or of
 * the host.
 */
import type { WatchStream } from "../src/model/watch.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { player } from "./watch.ts";

/** Why a link is not accepted. */
export type JoinFault =
  | { readonly kind: "refused" | "foreign" }
  | { readonly kind: "slow"; readonly seconds: number };

/** The script of `join-form` takes the secret from the address's fragment, and sends it. */
export function joinPage(reader: Reader, fault: JoinFault | undefined): Html {
  const { links: words } = reader.messages;
  const trouble =
    fault === undefined
      ? ""
      : html`<p class="notice bad" role="alert">${faultText(reader, fault)}</p>`;
  return html`<section class="card sign-in">
<h1>${words.watchTitle}</h1>
${trouble}
<join-form><form method="post" action="/join" hidden>
<input type="hidden" name="secret">
<p class="muted">${words.opening}</p>
<button class="primary">${words.openIt}</button>
</form></join-form>
${fault === undefined ? html`<noscript><p>${words.needsScript}</p></noscript>` : ""}
</section>`;
}

function faultText({ messages, format }: Reader, fault: JoinFault): string {
  if (fault.kind === "slow") return messages.links.slow(format.integer(fault.seconds));
  return messages.links[fault.kind];
}

type GuestView = { readonly stream: WatchStream; readonly mayPlay: boolean };

export function guestPage(reader: Reader, { stream, mayPlay }: GuestView): Html {
  return html`<h1>${reader.messages.links.watchTitle}</h1>
${player(reader, stream, { mayPlay, clock: "/guest/clock" })}
${guestState(reader, { sessionId: stream.session_id })}`;
}

/** Also served alone, at `/guest/now`: it refreshes itself until the stream or the link is over. */
export function guestState(
  reader: Reader,
  state: { readonly sessionId: number } | { readonly over: "ended" | "streamEnded" | "notStarted" },
): Html {
  const { links: words } = reader.messages;
  if ("sessionId" in state) {
    return html`<div id="watch-state" hx-get="/guest/now?of=${state.sessionId}" hx-trigger="stream-changed from:body, every 5s" hx-swap="outerMorph"></div>`;
  }
  const again = html`<div class="watch-actions"><a class="button primary" href="/guest">${words.again}</a></div>`;
  return html`<section id="watch-state" class="card over" role="status"><stream-over></stream-over><p class="notice bad">${words[state.over]}</p>
${state.over === "ended" ? "" : again}</section>`;
}
