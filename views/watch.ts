/** The Watch page: choosing a stream, and the player around one that runs. */
import type { EndedStream, StreamRequest, WatchStream, WatchViewer } from "../src/model/watch.ts";
import { reasonTextFor } from "./event-text.ts";
import { nameOf, type Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** What the page of a stream tells of it: who watches, or why it is over. */
export type StreamState =
  | { readonly viewers: readonly WatchViewer[]; readonly sessionId: number }
  | { readonly ended: EndedStream | undefined };

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

export function playerPage(
  reader: Reader,
  { stream, viewers }: { stream: WatchStream; viewers: readonly WatchViewer[] },
): Html {
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
</watch-player>
${watchState(reader, { viewers, sessionId: stream.session_id })}`;
}

/** Also served alone, at `/watch/<id>/now`: it renews itself until the stream is over. */
export function watchState(reader: Reader, state: StreamState): Html {
  if ("ended" in state) {
    return html`<section id="watch-state" class="card over" role="status">${ending(reader, state.ended)}</section>`;
  }
  const { watch: words } = reader.messages;
  return html`<section id="watch-state" class="card" hx-get="/watch/${state.sessionId}/now" hx-trigger="stream-changed from:body, every 2s" hx-swap="outerMorph">
<h2>${words.watching}</h2>
${state.viewers.length === 0 ? html`<p class="empty">${words.nobody}</p>` : viewerTable(reader, state.viewers)}
</section>`;
}

/** Why it is over, and what can be done. */
function ending(reader: Reader, ended: EndedStream | undefined): Html {
  const { watch: words } = reader.messages;
  if (ended === undefined) {
    return html`<p class="notice bad">${words.notThere}</p>
<div class="watch-actions"><a href="/watch">${words.back}</a></div>`;
  }
  const { code, values } = ended.ending;
  const why = reasonTextFor(reader, { reason_code: code, reason_values: values });
  const detail = "detail" in values ? html`<p lang="en">${values.detail}</p>` : "";
  return html`<p class="notice bad">${words.over(why)}</p>
${detail}${"source" in values ? html`<p>${words.failedHint}</p>` : ""}
<div class="watch-actions">${againForm(words.again, ended.request)}
<a href="/watch">${words.back}</a></div>`;
}

function againForm(label: string, request: Required<StreamRequest>): Html {
  const { width, height, ...others } = request;
  const fields = Object.entries({ ...others, size: `${width}x${height}` });
  return html`<form method="post" action="/watch">${fields.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="primary">${label}</button></form>`;
}

function viewerTable(reader: Reader, viewers: readonly WatchViewer[]): Html {
  const { watch: words } = reader.messages;
  const heads = [words.shown, words.notShown, words.stalls, words.ageP50, words.ageP99];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.watching}"><table class="rows">
<thead><tr><td></td>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>${viewers.map((viewer) => viewerRow(reader, viewer))}</tbody>
</table></div>`;
}

function viewerRow(reader: Reader, { id, isRelay, report }: WatchViewer): Html {
  const { watch: words } = reader.messages;
  const { format } = reader;
  const name = isRelay ? words.relay : words.viewer(String(id));
  const head = html`<th scope="row">${name}</th>`;
  if (report === undefined) {
    return html`<tr id="viewer-${id}">${head}<td colspan="5" class="muted">${words.reportless}</td></tr>`;
  }
  const age = (us: number | undefined) => (us === undefined ? "–" : format.micros(us));
  const cell = (label: string, text: string) =>
    html`<td class="number" data-label="${label}">${text}</td>`;
  return html`<tr id="viewer-${id}">${head}${cell(words.shown, format.integer(report.shown))}${cell(
    words.notShown,
    format.integer(report.dropped),
  )}${cell(words.stalls, format.integer(report.stalls))}${cell(words.ageP50, age(report.age_p50_us))}${cell(
    words.ageP99,
    age(report.age_p99_us),
  )}</tr>`;
}

function modeOf({ width, height, fps, codec }: WatchStream): string {
  return `${width}×${height} · ${fps} · ${nameOf(codec)}`;
}
