/** Before a capture is shared: the replacements in it, and the files to save. */
import type { CaptureMeta } from "../src/model/capture.ts";
import type { Replaced } from "../src/model/share.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { fileAddress } from "./recordings.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";

/** The page that lists the replacements and asks. */
export function sharePage(
  reader: Reader,
  { meta, replaced }: { readonly meta: CaptureMeta; readonly replaced: readonly Replaced[] },
): Html {
  const { share: words, detail } = reader.messages;
  const address = `${fileAddress(meta.id)}/share?language=${reader.language}`;
  return html`<div class="page-head"><p><a href="/recordings/${encodeURIComponent(meta.id)}">← ${detail.back}</a></p>
<h1>${words.title}</h1></div>
<section class="card"><p>${words.intro}</p>
${replaced.length === 0 ? html`<p class="empty">${words.nothing}</p>` : table(reader, replaced)}
<p class="muted small">${words.leftOut} ${words.check}</p>
<div class="buttons"><a class="button primary" href="${address}&format=html" download>${words.saveHtml}</a> <a class="button" href="${address}&format=zip" download>${words.saveZip}</a></div>
<p class="muted small">${words.saveHtml}: ${words.htmlHint}. ${words.saveZip}: ${words.zipHint}.</p>
</section>`;
}

function table({ messages, format }: Reader, replaced: readonly Replaced[]): Html {
  const { share: words } = messages;
  return scrollTable({
    label: words.title,
    heads: [words.replaced, words.by, numberHead(words.times)],
    rows: replaced.map(
      ({ kind, value, placeholder, count }) =>
        html`<tr><th scope="row" class="wrap">${value ?? words.hidden} <span class="muted small">${words.kinds[kind]}</span></th><td><code>${placeholder}</code></td><td class="number">${format.integer(count)}</td></tr>`,
    ),
  });
}
