/** The Watch page: choosing a stream, and the player around one that runs. */
import type { WatchStream } from "../src/model/watch.ts";
import { nameOf, type Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

export type WatchNotice = "gone" | "invalid";

const sizes = ["1280x720", "1920x1080", "854x480", "640x360"];
const rates = [60, 30];
const codecs = ["h264", "av1"];

export function watchPage(
  reader: Reader,
  {
    streams,
    notice,
  }: { readonly streams: readonly WatchStream[]; readonly notice?: string | Html },
): Html {
  const { watch: words } = reader.messages;
  return html`<h1>${words.title}</h1>
${notice === undefined ? "" : html`<div role="status"><p class="notice bad">${notice}</p></div>`}
<section class="card">
<p>${words.intro}</p>
<form method="post" action="/watch" class="watch-choice">
<label class="choice">${words.source} <input name="source" placeholder="${words.hostSource}" maxlength="1024"></label>
${choice(words.size, "size", sizes)}
${choice(words.fps, "fps", rates)}
${choice(words.codec, "codec", codecs)}
<label class="choice">${words.bitrate} <input name="bitrate_kbps" type="number" min="200" max="500000" value="5000" required></label>
<button class="primary">${words.start}</button>
</form>
</section>
${streams.length === 0 ? "" : runningSection(reader, streams)}`;
}

function choice(label: string, name: string, values: readonly (string | number)[]): Html {
  return html`<label class="choice">${label} <select name="${name}">${values.map(
    (value) => html`<option value="${value}">${nameOf(String(value))}</option>`,
  )}</select></label>`;
}

function runningSection(reader: Reader, streams: readonly WatchStream[]): Html {
  const { watch: words } = reader.messages;
  return html`<section class="card"><h2>${words.running}</h2>
<ul class="watch-list">${streams.map(
    (
      stream,
    ) => html`<li><a href="/watch/${stream.session_id}">${modeOf(stream)} · ${stream.source}</a>
<span class="muted">${words.viewers(reader.format.integer(stream.viewers))}</span></li>`,
  )}</ul></section>`;
}

export function playerPage(reader: Reader, stream: WatchStream): Html {
  const { watch: words } = reader.messages;
  const figure = (name: string, label: string) =>
    html`<div><dt>${label}</dt><dd data-figure="${name}">–</dd></div>`;
  return html`<h1>${words.title}</h1>
<watch-player data-broadcast="${stream.broadcast}" data-language="${reader.language}">
<p class="notice bad" data-part="insecure" hidden>${words.insecure}</p>
<div class="watch-picture" data-part="picture"><canvas width="${stream.width}" height="${stream.height}" role="img" aria-label="${words.picture}"></canvas></div>
<dl class="watch-figures">
${figure("latency", words.latency)}${figure("fps", words.shown)}${figure("mbps", words.rate)}${figure("stalls", words.stalls)}
</dl>
<div class="watch-actions">
<button type="button" data-part="full">${words.fullScreen}</button>
<form method="post" action="/capture/start" hx-post="/capture/start" hx-target="#notice" hx-swap="outerHTML"><button class="primary">${words.capture}</button></form>
<form method="post" action="/watch/${stream.session_id}/end"><button class="danger">${words.end}</button></form>
<a href="/watch">${words.back}</a>
</div>
<div id="notice" role="status"></div>
<p class="muted">${modeOf(stream)} · ${stream.source} · ${stream.encoder}</p>
</watch-player>`;
}

function modeOf({ width, height, fps, codec }: WatchStream): string {
  return `${width}×${height} · ${fps} · ${nameOf(codec)}`;
}
