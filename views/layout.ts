/**
 * The frame around every page: head, navigation, language switch. Scripts and styles come from this
 * host only and carry the answer's nonce; nothing is inline.
 */
import { catalogues, languages } from "../src/i18n/language.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { keepKey, keysLink } from "./keys.ts";
import { stops } from "./navigation.ts";

/** The parameters of a page's frame. */
export type Frame = {
  readonly reader: Reader;
  /** Of this answer; the content security policy names the same. */
  readonly nonce: string;
  /** Path and query of this page, to return to. */
  readonly address: string;
  readonly isSignedIn: boolean;
  /** Whether there are other hosts to show. */
  readonly hasFleet: boolean;
  /** The address of an asset by its name. */
  asset(name: string): string;
  /** Of a worker's script: it may connect where the page may. */
  worker(name: string): string;
};

/** The content of a page, and its title. */
export type PageContent = {
  readonly title: string;
  readonly main: Html;
  /** Later: none is shown yet, their script waits until the page is idle. */
  readonly hasCharts?: boolean | "later";
  readonly hasPlayer?: boolean;
  /** Another origin that its scripts may connect to. */
  readonly connectsTo?: string | undefined;
  /** For the API page: script and style of the document's reader. */
  readonly hasDocs?: boolean;
  /** Later requests of the charts: fetched while their script is still loading. */
  readonly series?: readonly string[];
};

/** htmx needs no `eval` and adds no style of its own; going back reloads the page. */
const htmxConfig = '{"includeIndicatorCSS":false,"history":"reload"}';

/** A whole page around its content. */
export function layout(
  frame: Frame,
  { title, main, hasCharts = false, hasPlayer = false, hasDocs = false, series = [] }: PageContent,
): Html {
  const { reader, nonce, asset, worker } = frame;
  const { nav } = reader.messages;
  return html`<!doctype html>
<html lang="${reader.language}" data-tag="${reader.format.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content="${htmxConfig}">
<meta name="stream-worker" content="${asset("stream-worker.js")}">
<title>${title} · onglass</title>
${series.map((address) => html`<link rel="preload" as="fetch" href="${address}" media="(min-width: 761px)" crossorigin>`)}
<link rel="icon" href="${asset("icon.svg")}" type="image/svg+xml">
${hasDocs ? html`<link rel="stylesheet" href="${asset("swagger-ui.css")}" nonce="${nonce}">` : ""}
<link rel="stylesheet" href="${asset("app.css")}" nonce="${nonce}">
<script type="module" src="${asset("app.js")}" nonce="${nonce}"></script>
${hasPlayer ? html`<meta name="sound-worklet" content="${asset("sound-worklet.js")}"><meta name="sound-worker" content="${worker("sound-worker.js")}"><script type="module" src="${asset("watch.js")}" nonce="${nonce}"></script>` : ""}
${hasCharts === true ? html`<script type="module" src="${asset("charts.js")}" nonce="${nonce}"></script>` : ""}
${hasCharts === "later" ? html`<link rel="prefetch" id="charts-script" href="${asset("charts.js")}">` : ""}
${hasCharts === false ? "" : html`<link rel="prefetch" id="drag-script" href="${asset("drag-layer.js")}">`}
${hasDocs ? docsScripts(asset).map((address) => html`<script defer src="${address}" nonce="${nonce}"></script>`) : ""}
</head>
<body>
<a class="skip" href="#main">${nav.skip}</a>
<header class="top">
<a class="brand" href="/"><img src="${asset("icon.svg")}" alt="" width="26" height="26">onglass</a>
${frame.isSignedIn ? navigation(frame) : ""}
<div class="top-end">${frame.isSignedIn ? keysLink(reader) : ""}${languageSwitch(frame)}${frame.isSignedIn ? signOut(reader) : ""}</div>
</header>
${frame.isSignedIn ? connection(frame) : ""}
<div id="problem" role="alert"></div>
<main id="main" tabindex="-1">${main}</main>
<div id="dialog"></div>
${frame.isSignedIn ? keepKey() : ""}
</body>
</html>`;
}

/** In the order of execution. */
function docsScripts(asset: Frame["asset"]): readonly string[] {
  return [asset("swagger-ui-bundle.js"), "/api/docs/start.js"];
}

function navigation({ reader, address, hasFleet }: Frame): Html {
  const { nav } = reader.messages;
  const path = address.split("?", 1)[0];
  return html`<nav aria-label="${nav.label}">${stops
    .filter(({ name }) => hasFleet || name !== "fleet")
    .map(
      ({ href, name, ...stop }) =>
        html`<a href="${href}"${isHere(stop.paths, path) ? html` aria-current="page"` : ""}>${nav[name]}</a>`,
    )}</nav>`;
}

function isHere(paths: readonly string[], path = ""): boolean {
  return paths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

/** A form with only buttons: at sign-in the token is the first input of the page. */
function languageSwitch({ reader, address }: Frame): Html {
  const { choose } = reader.messages.language;
  const other = languages.filter((language) => language !== reader.language);
  return html`<form method="post" action="/language?to=${encodeURIComponent(address)}" class="language" aria-label="${choose}">
${other.map(
  (language) =>
    html`<button class="quiet" name="language" value="${language}" lang="${language}">${catalogues[language].language.name}</button>`,
)}</form>`;
}

function signOut({ messages }: Reader): Html {
  return html`<form method="post" action="/sign-out"><button class="quiet">${messages.nav.signOut}</button></form>`;
}

/** The script's messages when the host is gone or the sign-in has ended. */
function connection({ reader }: Frame): Html {
  const { link } = reader.messages;
  return html`<host-link hidden role="status" data-lost="${link.lost}" data-back="${link.back}"></host-link>`;
}
