/** The Watch page: choosing a stream, and the player around a running one. */

import type { StatsStatus } from "../src/model/capture.ts";
import { modeLimits } from "../src/model/limits.ts";
import { hasAnySize, isRequestable, requestedFormList, takesInput } from "../src/model/source.ts";
import type { SourceState } from "../src/model/source-state.ts";
import type {
  EndedStream,
  StreamRequest,
  ViewerReport,
  WatchStream,
  WatchViewer,
} from "../src/model/watch.ts";
import { captureBadge, captureButton } from "./capture.ts";
import { type ClickAnswer, clickMeter } from "./click-meter.ts";
import { clientText } from "./client.ts";
import { reasonTextFor } from "./event-text.ts";
import { nameOf, type Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { keepForm } from "./keys.ts";
import { pictureInput } from "./picture-input.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";
import { sourceName } from "./source-name.ts";
import { sourceStateSection } from "./source-state.ts";
import { markForm } from "./timeline.ts";
import { soundControls, soundFigures } from "./watch-sound.ts";

/** The part of a stream's page below the picture: its viewers, or why it is over. */
export type StreamState =
  | { readonly viewers: readonly WatchViewer[]; readonly sessionId: number }
  | { readonly ended: EndedStream | undefined };

const sizes = ["1280x720", "1920x1080", "854x480", "640x360"];
const rates = ["60", "30"];
const codecs = ["h264", "av1"];

/** The fields of the form, as filled in. */
export const watchFields = ["source", "size", "fps", "codec", "bitrate_kbps"] as const;
export type WatchForm = Readonly<Record<(typeof watchFields)[number], string>>;

/** The invalid field of the form. */
export type WatchFault = "source" | "size" | "fps" | "codec" | "bitrate";

const untouched: WatchForm = {
  ...{ source: "", size: "1280x720", fps: "60", codec: "h264", bitrate_kbps: "5000" },
};

export type WatchChoice = {
  readonly streams: readonly WatchStream[];
  /** The default source of a stream. */
  readonly hostSource: string;
  /** Its state. */
  readonly source: SourceState;
  /** The error, and the unsaved input. */
  readonly refused?: { readonly notice: string | Html; readonly form: WatchForm };
};

export function watchPage(
  reader: Reader,
  { streams, hostSource, source: state, refused }: WatchChoice,
): Html {
  const { watch: words } = reader.messages;
  const { source, size, fps, codec, bitrate_kbps } = refused?.form ?? untouched;
  const { bitrateKbpsMin, bitrateKbpsMax } = modeLimits;
  return html`<h1>${words.title}</h1>
${refused === undefined ? "" : html`<div role="alert"><p class="notice bad">${refused.notice}</p></div>`}
<section class="card">
<p>${words.intro}</p>
<form method="post" action="/watch" class="watch-choice" id="watch-form">
<label class="choice">${words.source} <input name="source" list="sources" value="${source}" placeholder="${words.hostSource(hostSource)}" maxlength="1024"></label>
<datalist id="sources" hx-get="/parts/watch-choices" hx-trigger="load"></datalist>
<window-size data-text="${words.windowSize}">${choice(words.size, { name: "size", values: choicesWith(sizes, size), chosen: size })}</window-size>
${choice(words.fps, { name: "fps", values: choicesWith(rates, fps), chosen: fps })}
${choice(words.codec, { name: "codec", values: codecs, chosen: codec })}
<label class="choice">${words.bitrate} <input name="bitrate_kbps" type="number" min="${bitrateKbpsMin}" max="${bitrateKbpsMax}" value="${bitrate_kbps}" required></label>
<button class="primary">${words.start}</button>
</form>
</section>
<section id="watch-sources" class="card" hx-get="/parts/watch-sources" hx-trigger="load" hx-swap="outerHTML" hidden></section>
${sourceStateSection(reader, state)}
${streams.length === 0 ? "" : runningSection(reader, streams)}`;
}

/** This machine's sources, as suggestions for the field. */
export function sourceChoices(sources: readonly Choosable[]): Html {
  const usable = sources.filter(
    ({ source, problem }) => problem === undefined && isRequestable(source),
  );
  return html`${usable.map(
    ({ source, width, height }) =>
      html`<option value="${source}">${width === undefined ? "" : `${width}×${height}`}</option>`,
  )}`;
}

/** The same by name, each with a button that starts it with the form's settings. */
export function sourceList(reader: Reader, sources: readonly Choosable[]): Html {
  const { watch: words } = reader.messages;
  const usable = sources.filter(({ source }) => isRequestable(source));
  if (usable.length === 0) return html`<section id="watch-sources" hidden></section>`;
  return html`<section id="watch-sources" class="card"><h2>${words.sources}</h2>
<ul class="watch-list">${usable.map((source) => sourceItem(reader, source))}</ul></section>`;
}

function sourceItem(reader: Reader, { source, width, height, problem }: Choosable): Html {
  const { watch: words } = reader.messages;
  const size = width === undefined ? "" : ` · ${width}×${height}`;
  return html`<li><span class="name">${sourceName(reader, source)}</span>
<span class="muted small">${source}${size}</span>
${problem === undefined ? html`<button form="watch-form" name="source" value="${source}">${words.start}</button>` : html`<span class="muted small" lang="en">${problem}</span>`}</li>`;
}

type Choosable = {
  readonly source: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly problem?: string | undefined;
};

/** The error of a field, and what it accepts. */
export function watchFaultText({ messages, format }: Reader, fault: WatchFault): string {
  const { faults } = messages.watch;
  const { sizeMin, sizeMax, fpsMin, fpsMax, bitrateKbpsMin, bitrateKbpsMax } = modeLimits;
  switch (fault) {
    case "source":
      return faults.source(format.choice(requestedFormList));
    case "size":
      return faults.size(String(sizeMin), String(sizeMax));
    case "fps":
      return faults.fps(format.integer(fpsMin), format.integer(fpsMax));
    case "bitrate":
      return faults.bitrate(format.integer(bitrateKbpsMin), format.integer(bitrateKbpsMax));
    case "codec":
      return faults.codec;
    default:
      return fault satisfies never;
  }
}

/** A value sent by a program stays unchanged, although no list offers it. */
function choicesWith(values: readonly string[], value: string): readonly string[] {
  return values.includes(value) || value === "" ? values : [...values, value];
}

type Choice = {
  readonly name: string;
  readonly values: readonly string[];
  readonly chosen: string;
};

function choice(label: string, { name, values, chosen }: Choice): Html {
  return html`<label class="choice">${label} <select name="${name}">${values.map(
    (value) =>
      html`<option value="${value}"${value === chosen ? html` selected` : ""}>${choiceText(value)}</option>`,
  )}</select></label>`;
}

/** A size as everywhere else in the console, a codec by its name. */
function choiceText(value: string): string {
  return /^\d+x\d+$/.test(value) ? value.replace("x", "×") : nameOf(value);
}

function runningSection(reader: Reader, streams: readonly WatchStream[]): Html {
  const { watch: words } = reader.messages;
  return html`<section class="card"><h2>${words.running}</h2>
<ul class="watch-list">${streams.map(
    (
      stream,
    ) => html`<li><a class="name" href="/watch/${stream.session_id}">${sourceName(reader, stream.source)}</a>
<span class="muted small">${modeOf(stream)} · ${stream.source}</span>
<span class="muted small">${clientText(reader, { client: "", viewers: stream.viewers })}</span></li>`,
  )}</ul>
${streams.length > 1 ? html`<p><a class="button" href="/watch/all">${words.all}</a></p>` : ""}</section>`;
}

export type PlayerView = {
  readonly stream: WatchStream;
  readonly viewers: readonly WatchViewer[];
  readonly status: StatsStatus;
  /** Browsers may watch through it. */
  readonly hasRelay: boolean;
};

export function playerPage(
  reader: Reader,
  { stream, viewers, status, hasRelay }: PlayerView,
): Html {
  const { watch: words } = reader.messages;
  const actions = html`${hasRelay ? wayChoice(reader) : ""}
${streamSize(reader, stream)}
${watchCapture(reader, status)}
${markForm(reader)}
${keepForm(reader)}
<form method="post" action="/watch/${stream.session_id}/end"><button class="danger">${words.end}</button></form>
<a href="/watch">${words.back}</a>`;
  const mayPlay = takesInput(stream.source);
  const answer = clickAnswerOf(stream.source);
  const below = html`<div id="notice" role="status"></div>
${answer === undefined ? "" : clickMeter(reader, `/input?stream=${stream.session_id}`, answer)}
${watchMode(stream)}`;
  return html`<h1>${sourceName(reader, stream.source)}</h1>
${player(reader, stream, { mayPlay, actions, below })}
${watchState(reader, { viewers, sessionId: stream.session_id })}`;
}

/** Pictures from the host, or through the relay that it publishes to. */
function wayChoice({ messages }: Reader): Html {
  const { label, host, relay } = messages.watch.way;
  return html`<label class="choice">${label} <select data-part="way"><option value="host">${host}</option><option value="relay">${relay}</option></select></label>`;
}

/** Also served alone, at `/watch/<id>/mode`: its size may be changed while one watches. */
export function watchMode(stream: WatchStream): Html {
  return html`<p id="watch-mode" class="muted" hx-get="/watch/${stream.session_id}/mode" hx-trigger="stream-changed from:body" hx-swap="outerMorph">${modeOf(stream)} · ${stream.source} · ${stream.encoder}</p>`;
}

/**
 * Of the pictures that are sent. If the source can make any size it changes for everyone who
 * watches, and may follow this window; for other sources another stream is started, and the page
 * goes there.
 */
function streamSize(reader: Reader, stream: WatchStream): Html {
  const { watch: words } = reader.messages;
  const now = `${stream.width}x${stream.height}`;
  const list = choice(words.size, { name: "size", values: choicesWith(sizes, now), chosen: now });
  if (!hasAnySize(stream.source)) return otherSizeForm(reader, stream, list);
  return html`<stream-size data-address="/api/v1/streams/${stream.session_id}" data-window="${words.windowSize}" data-failed="${words.sizeFailed}">${list}<span class="notice bad" role="status" hidden></span></stream-size>`;
}

function otherSizeForm(
  { messages }: Reader,
  { source, fps, codec, bitrate_kbps }: WatchStream,
  list: Html,
): Html {
  const fields = Object.entries({ source, fps: String(fps), codec, bitrate_kbps });
  return html`<form method="post" action="/watch" class="watch-size">${fields.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}${list} <button>${messages.watch.changeSize}</button></form>`;
}

/** A film does not react to input. */
function clickAnswerOf(source: string): ClickAnswer | undefined {
  if (source === "testsrc") return "mark";
  return takesInput(source) ? "window" : undefined;
}

/** Elements around the picture that not everyone who sees it gets. */
export type PlayerParts = {
  /** Whether keyboard and mouse of this page may go to the host. */
  readonly mayPlay: boolean;
  readonly actions?: Html;
  readonly below?: Html;
  /** Where the page requests the host’s clock, if not at the API. */
  readonly clock?: string;
};

/** Picture, sound, figures and controls: the common part for operators and guests. */
export function player(reader: Reader, stream: WatchStream, parts: PlayerParts): Html {
  const { watch: words } = reader.messages;
  const { mayPlay, actions, below, clock } = parts;
  const figure = (name: string, label: string) =>
    html`<div><dt>${label}</dt><dd data-figure="${name}">–</dd></div>`;
  return html`<watch-player data-broadcast="${stream.broadcast}"${clock === undefined ? "" : html` data-clock="${clock}"`} data-language="${reader.language}">
<p class="notice bad" data-part="insecure" hidden>${words.insecure}</p>
<div class="watch-picture" data-part="picture"><canvas width="${stream.width}" height="${stream.height}" role="img" aria-label="${words.picture}"></canvas><p class="watch-joining" role="status" data-text="${words.joining}" data-relay="${words.way.searching}" data-refused="${words.way.refused}"></p>${mayPlay ? pictureInput(reader, `/input?stream=${stream.session_id}`) : ""}</div>
<div class="watch-over">
<dl class="watch-figures">
${figure("latency", words.latency)}${figure("fps", words.shown)}${figure("mbps", words.rate)}${figure("stalls", words.stalls)}${figure("jumps", words.jumps)}
${soundFigures(reader)}
</dl>
<div class="watch-actions">
<button type="button" data-part="full" data-enter="${words.fullScreen}" data-leave="${words.leaveFullScreen}">${words.fullScreen}</button>
<label class="choice">${words.shownSize.label} <select data-part="size"><option value="fit">${words.shownSize.fit}</option><option value="original">${words.shownSize.original}</option></select></label>
<button type="button" data-part="live">${words.jump}</button>
${soundControls(reader)}
${actions}
</div>
</div>
${below}
</watch-player>`;
}

/**
 * The capture that runs while one watches: its state and time, Start or Stop, and the link to its
 * charts. Also served alone, at `/parts/watch-capture`: it refreshes itself.
 */
export function watchCapture(reader: Reader, status: StatsStatus): Html {
  const { watch: words, capture } = reader.messages;
  const { armed, held, elapsed_ms: elapsedMs = 0 } = status;
  const labels = { start: words.capture, stop: words.stopCapture, retry: capture.retry };
  const time = html`<elapsed-time data-ms="${elapsedMs}">${reader.format.duration(elapsedMs)}</elapsed-time>`;
  return html`<div id="watch-capture" class="watch-actions" hx-get="/parts/watch-capture" hx-trigger="capture-changed from:body, every 5s" hx-swap="outerMorph">
${armed || held ? captureBadge(reader, status) : ""}${armed ? time : ""}
${captureButton(status, labels)}
${armed ? html`<a class="button" href="/capture">${words.captureLive}</a>` : ""}
</div>`;
}

/** Also served alone, at `/watch/<id>/now`: it refreshes itself until the stream is over. */
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
  const heads = [
    ...[words.shown, words.notShown, words.stalls, words.ageP50, words.ageP99],
    words.decoding.title,
  ];
  return scrollTable({
    label: words.watching,
    heads: [html`<td></td>`, ...heads.map(numberHead)],
    rows: viewers.map((viewer) => viewerRow(reader, viewer)),
  });
}

function viewerRow(reader: Reader, { id, isRelay, isRelayed, report }: WatchViewer): Html {
  const { watch: words } = reader.messages;
  const { format } = reader;
  const viewer = isRelayed ? words.viewerByRelay : words.viewer;
  const name = isRelay ? words.relay : viewer(String(id));
  const head = html`<th scope="row">${name}</th>`;
  if (report === undefined) {
    return html`<tr id="viewer-${id}">${head}<td colspan="6" class="muted">${words.reportless}</td></tr>`;
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
  )}${cell(words.decoding.title, decodingText(reader, report))}</tr>`;
}

/** The decoder, and the refresh rate of the display; unknown parts are left out. */
function decodingText(reader: Reader, { decoder, display_fps }: ViewerReport): string {
  const { decoding: words } = reader.messages.watch;
  const kind = decoder === undefined ? [] : [words[decoder]];
  const rate = display_fps === undefined ? [] : [`${reader.format.integer(display_fps)} Hz`];
  const known = [...kind, ...rate];
  return known.length === 0 ? "–" : known.join(" · ");
}

/** Size, rate and codec, as everywhere in the console. */
export function modeOf({ width, height, fps, codec }: WatchStream): string {
  return `${width}×${height} · ${fps} fps · ${nameOf(codec)}`;
}
