/** All running streams, side by side: for operators of hosts. */

import type { WatchStream } from "../src/model/watch.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { sourceName } from "./source-name.ts";
import { modeOf } from "./watch.ts";
import { soundControls } from "./watch-sound.ts";

export function allPage(reader: Reader, streams: readonly WatchStream[]): Html {
  const { watch: words } = reader.messages;
  const none = html`<p class="empty">${words.notThere}</p>`;
  return html`<h1>${words.all}</h1>
${streams.length === 0 ? none : html`<div class="watch-all">${streams.map((stream) => box(reader, stream))}</div>`}
<p><a href="/watch">${words.back}</a></p>`;
}

function box(reader: Reader, stream: WatchStream): Html {
  const { watch: words } = reader.messages;
  const figure = (name: string, label: string) =>
    html`<div><dt>${label}</dt><dd data-figure="${name}">–</dd></div>`;
  return html`<section class="card"><h2>${sourceName(reader, stream.source)}</h2>
<watch-player data-broadcast="${stream.broadcast}" data-language="${reader.language}">
<p class="notice bad" data-part="insecure" hidden>${words.insecure}</p>
<div class="watch-picture" data-part="picture"><canvas width="${stream.width}" height="${stream.height}" role="img" aria-label="${sourceName(reader, stream.source)}"></canvas></div>
<div class="watch-over">
<dl class="watch-figures">${figure("latency", words.latency)}${figure("fps", words.shown)}${figure("stalls", words.stalls)}</dl>
<div class="watch-actions">
<button type="button" data-part="full" data-enter="${words.fullScreen}" data-leave="${words.leaveFullScreen}">${words.fullScreen}</button>
${soundControls(reader)}
<a href="/watch/${stream.session_id}">${words.open}</a>
</div></div>
<p class="muted small">${modeOf(stream)} · ${stream.source}</p>
</watch-player></section>`;
}
