/**
 * A recording as a page by itself: what its page in the console shows, without anything that needs
 * a host. All of its content is in it as text; its script draws the charts.
 */
import type { Capture } from "../src/model/capture.ts";
import type { Figures } from "../src/model/figures.ts";
import type { MarkLine } from "../src/model/marks.ts";
import { eventTypes } from "../src/model/timeline.ts";
import { chartElement } from "./charts.ts";
import { clientText } from "./client.ts";
import { type Condition, conditionLines } from "./conditions.ts";
import { figuresTable } from "./figures.ts";
import { nameOf, type Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { sessionSelect, zoomButtons } from "./recording.ts";
import { kindBadge, modeOf } from "./recordings.ts";
import { scrollTable } from "./scroll-table.ts";
import { type VerdictCard, verdictPart } from "./verdict.ts";

/** The content of a shared page; names and secrets are already replaced. */
export type SharedPage = {
  readonly capture: Capture;
  readonly verdict: VerdictCard | undefined;
  readonly figures: Figures;
  readonly marks: readonly MarkLine[];
  readonly conditions: readonly Condition[];
  readonly version: string;
  readonly sharedUnixMs: number;
};

/** A longer list would not be read; the bundle has them all. */
const eventCountMax = 500;

export function sharedPage(reader: Reader, page: SharedPage): Html {
  const { capture, verdict, figures } = page;
  const { share: words } = reader.messages;
  return html`<header class="top"><span class="brand">onglass</span><span class="muted">${words.from(page.version, reader.format.date(page.sharedUnixMs))}</span></header>
<main id="main">
${head(reader, page)}
${verdictPart(reader, verdict)}
${controls(reader, capture)}
${chartElement(reader, {
  id: "charts",
  source: "local:series",
  capture: capture.meta.id,
  figures: "local:figures",
  verdict: "local:card",
  judged: "local:verdict",
  marks: "local:marks",
  waiting: reader.messages.charts.nothing,
})}
${figuresTable(reader, figures, undefined)}
${conditions(reader, page)}
${events(reader, page)}
</main>`;
}

function head(reader: Reader, { capture: { meta } }: SharedPage): Html {
  const { messages, format } = reader;
  const { recordings, detail } = messages;
  const facts: [string, string | Html][] = [
    [recordings.kind, kindBadge(meta.kind, recordings.nobody)],
    [recordings.mode, modeOf(meta)],
    [recordings.codec, meta.codec === "" ? "–" : nameOf(meta.codec)],
    [recordings.client, clientText(reader, meta)],
    [recordings.duration, format.duration(meta.duration_ms)],
    [recordings.samples, format.integer(meta.sample_count)],
    ...(meta.host === undefined ? [] : ([[detail.host, meta.host]] as [string, string][])),
  ];
  return html`<div class="page-head"><h1>${meta.name ?? format.date(meta.started_unix_ms)}</h1>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${meta.note === undefined ? "" : html`<p>${meta.note}</p>`}</div>`;
}

function controls(reader: Reader, { meta }: Capture): Html {
  const { detail: words, moment, timeline } = reader.messages;
  const session = sessionSelect(reader, {
    name: "session",
    label: words.session,
    sessions: meta.sessions ?? [],
    chosen: undefined,
  });
  return html`<form class="controls" data-for="charts">${session}
<label class="choice">${words.stack} <select name="stack"><option value="mean">${words.mean}</option><option value="p50">${words.p50}</option></select></label>
<label class="choice"><input type="checkbox" name="p99" value="yes" checked> ${words.p99}</label>
<details class="kinds scripted"><summary>${moment.events}</summary><fieldset><legend>${moment.shown}</legend>${eventTypes.map((type) => html`<label class="choice"><input type="checkbox" name="marks" value="${type}" checked> ${timeline.types[type]} <span class="muted" data-count-of="${type}"></span></label>`)}</fieldset></details>
${zoomButtons(reader, reader.messages.share.zoom)}</form>`;
}

function conditions(reader: Reader, { conditions: all }: SharedPage): Html {
  const { share: words } = reader.messages;
  if (all.length === 0) return html``;
  const table = scrollTable({
    label: words.conditions,
    heads: [],
    rows: conditionLines(reader, all).map(
      ([name, value]) =>
        html`<tr><th scope="row" class="wrap">${name}</th><td class="wrap">${value}</td></tr>`,
    ),
  });
  return html`<section class="card"><details><summary><strong>${words.conditions}</strong></summary>
${table}</details></section>`;
}

function events(reader: Reader, { marks }: SharedPage): Html {
  const { messages, format } = reader;
  const { timeline: words, share } = messages;
  if (marks.length === 0) return html``;
  const shown = marks.slice(0, eventCountMax);
  return html`<section id="events" class="card"><details><summary><strong>${words.events}</strong> <span class="muted">${words.shown(format.integer(shown.length), format.integer(marks.length))}</span></summary>
${scrollTable({ label: words.events, heads: [words.time, words.type, words.what], rows: shown.map(({ t_ms, kind, text }) => html`<tr><td class="nowrap">${format.seconds(t_ms / 1000)} s</td><td><span class="badge">${words.types[kind]}</span></td><td class="wrap">${text}</td></tr>`) })}${marks.length > eventCountMax ? html`<p class="muted small">${share.more}</p>` : ""}</details></section>`;
}
