/** The API's page: how a program signs in, and the document in a reader that can try it out. */
import { copyable } from "./capture.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** `origin` is the address that the reader used, `keyPin` belongs to the host's key. */
export function docsPage(
  { messages }: Reader,
  { origin, keyPin }: { readonly origin: string; readonly keyPin: string },
): Html {
  const { docs: words, sessions } = messages;
  const isTls = origin.startsWith("https:");
  // No authority knows our own certificate; the pin is valid for any other as well.
  const trust = isTls ? `-k --pinnedpubkey "${keyPin}" ` : "";
  const command = `curl ${trust}-H "Authorization: Bearer $(cat token)" ${origin}/api/v1/status`;
  return html`<div class="page-head"><h1>${words.title}</h1></div>
<section class="card"><p>${words.intro}</p>
${copyable({ copy: sessions.copy, copied: sessions.copied, text: command })}
<p class="muted small">${words.token}${isTls ? ` ${words.pinned}` : ""}</p>
<p><a href="/api/v1/openapi.json">${words.document}</a></p></section>
<section class="card docs"><h2>${words.operations}</h2><div id="docs" lang="en"><p class="muted" lang="${words.language}">${words.loading}</p></div>
<noscript><p>${words.noScript}</p></noscript></section>`;
}
