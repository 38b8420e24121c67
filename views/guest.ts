/** What people see who come by a link: a door, and one stream. No names of sources or of the host. */
import type { WatchStream } from "../src/model/watch.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { pictureInput } from "./picture-input.ts";

/** Why a link lets nobody in. */
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
  const { watch: words, links } = reader.messages;
  const { session_id: id, width, height } = stream;
  const figure = (name: string, label: string) =>
    html`<div><dt>${label}</dt><dd data-figure="${name}">–</dd></div>`;
  return html`<h1>${links.watchTitle}</h1>
<watch-player data-broadcast="${stream.broadcast}" data-clock="/guest/clock" data-language="${reader.language}">
<p class="notice bad" data-part="insecure" hidden>${words.insecure}</p>
<div class="watch-picture" data-part="picture"><canvas width="${width}" height="${height}" role="img" aria-label="${words.picture}"></canvas>${mayPlay ? pictureInput(reader, `/input?stream=${id}`) : ""}</div>
<dl class="watch-figures">${figure("latency", words.latency)}${figure("fps", words.shown)}${figure("mbps", words.rate)}${figure("stalls", words.stalls)}${figure("jumps", words.jumps)}</dl>
<div class="watch-actions">
<button type="button" data-part="full">${words.fullScreen}</button>
<button type="button" data-part="live">${words.jump}</button>
</div>
</watch-player>
${guestState(reader, { sessionId: id })}`;
}

/** Also served alone, at `/guest/now`: it renews itself until the stream or the link is over. */
export function guestState(
  reader: Reader,
  state: { readonly sessionId: number } | { readonly over: "ended" | "streamEnded" | "notStarted" },
): Html {
  const { links: words } = reader.messages;
  if ("sessionId" in state) {
    return html`<div id="watch-state" hx-get="/guest/now?of=${state.sessionId}" hx-trigger="stream-changed from:body, every 5s" hx-swap="outerMorph"></div>`;
  }
  const again = html`<div class="watch-actions"><a class="button primary" href="/guest">${words.again}</a></div>`;
  return html`<section id="watch-state" class="card over" role="status"><p class="notice bad">${words[state.over]}</p>
${state.over === "ended" ? "" : again}</section>`;
}
