/** One frame: its stages next to those of its neighbours, its losses, and the machine's figures. */
import type { CaptureSession } from "../src/model/capture.ts";
import { type FrameRow, lateUsOf } from "../src/model/frame-rows.ts";
import type { FrameColumnName } from "../src/model/frames.ts";
import type { Machine } from "../src/model/machine.ts";
import type { TimelineEvent } from "../src/model/timeline.ts";
import { eventText } from "./event-text.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** The content of the page. */
export type FrameView = {
  readonly path: string;
  readonly session: CaptureSession;
  readonly row: FrameRow;
  /** The frame and its neighbours, in order. */
  readonly rows: readonly FrameRow[];
  /** Of the frame's window. */
  readonly machine: Machine | undefined;
  readonly events: readonly TimelineEvent[];
  /** A late frame was searched for, and there was none. */
  readonly isLast: boolean;
};

/** Each is a colour too, and `…_us` its column. */
const layers = [
  "wait",
  "capture",
  "submit",
  "encode",
  "queue",
  "packetize",
  "send",
  "gap",
] as const;

const endNames = ["complete_us", "decode_us", "shown_us"] as const;

export function framePage(reader: Reader, view: FrameView): Html {
  const { messages, format } = reader;
  const { frames: words } = messages;
  const { row, path } = view;
  const atMs = row.dueUs / 1000;
  const around = `from=${Math.max(0, Math.round(atMs - 2000))}&to=${Math.round(atMs + 2000)}`;
  return html`<div class="page-head"><p><a href="${path}?session=${view.session.session_id}&${around}">← ${words.charts}</a></p>
<h1>${words.frame(format.integer(row.frame))} <span class="muted">${format.duration(atMs)}</span></h1></div>
${steps(reader, view)}
${view.isLast ? html`<p class="notice" role="status">${words.noLate}</p>` : ""}
<section class="card"><div class="section-head"><h2>${words.neighbours}</h2></div>${bars(reader, view)}</section>
<section class="card">${facts(reader, row)}</section>
${machineCard(reader, view.machine)}
<section class="card"><div class="section-head"><h2>${words.events}</h2></div>${events(reader, view)}</section>`;
}

/** Links that keys press too. */
function steps({ messages }: Reader, { path, session, row, rows }: FrameView): Html {
  const { frames: words } = messages;
  const here = rows.indexOf(row);
  const at = (other: FrameRow) =>
    `${path}/frame?session=${session.session_id}&at=${Math.round(other.dueUs / 1000)}`;
  const late = (to: string) =>
    `${path}/frame/late?session=${session.session_id}&at=${Math.round(row.dueUs / 1000)}&to=${to}`;
  const [before, after] = [rows[here - 1], rows[here + 1]];
  return html`<frame-steps class="frame-steps"><a class="button" data-key="p" href="${late("previous")}">${words.previousLate} <kbd>p</kbd></a>
${before === undefined ? "" : html`<a class="button" data-key="ArrowLeft" href="${at(before)}">${words.previous} <kbd>←</kbd></a>`}
${after === undefined ? "" : html`<a class="button" data-key="ArrowRight" href="${at(after)}">${words.next} <kbd>→</kbd></a>`}
<a class="button" data-key="n" href="${late("next")}">${words.nextLate} <kbd>n</kbd></a></frame-steps>`;
}

/** All on one time axis, each from when it was due. */
function bars(reader: Reader, { path, session, row, rows }: FrameView): Html {
  const { messages, format } = reader;
  const from = rows[0]?.dueUs ?? 0;
  const to = Math.max(from + 1, ...rows.map(endUsOf));
  const interval = 1e6 / Math.max(1, session.fps);
  const width = Math.max(to - from, interval);
  const list = rows.map((one) => {
    const lateUs = lateUsOf(one);
    const address = `${path}/frame?session=${session.session_id}&at=${Math.round(one.dueUs / 1000)}`;
    const name = format.integer(one.frame);
    const text = lateUs === undefined ? messages.frames.fates[fateOf(one)] : format.micros(lateUs);
    return html`<a href="${address}"${one === row ? html` class="here" aria-current="true"` : ""}>${name}</a>
<svg viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="${name}: ${text}">${segments(one, { from, width, interval })}</svg><span class="small">${text}</span>`;
  });
  const legend = layers.filter((stage) =>
    rows.some(({ values }) => (values[`${stage}_us`] ?? 0) > 0),
  );
  return html`<div class="frame-rows">${list}<span class="frame-axis muted small"><span>0 ms</span><span>${format.micros(width)}</span></span></div>
<ul class="frame-legend">${legend.map((stage) => html`<li><i class="swatch c-${stage}"></i>${messages.stages[stage]}</li>`)}</ul>`;
}

function endUsOf(row: FrameRow): number {
  const ends = endNames.map((name) => row.values[name] ?? 0);
  return row.dueUs + Math.max(lateUsOf(row) ?? 0, ...ends);
}

type Axis = { readonly from: number; readonly width: number; readonly interval: number };

function segments(row: FrameRow, { from, width, interval }: Axis): Html[] {
  const x = (us: number) => Math.round(((us - from) / width) * 10_000) / 10;
  const due = html`<path class="due" d="M${x(row.dueUs)} 0v20"></path>`;
  if (lateUsOf(row) === undefined) {
    const end = Math.min(1000, x(row.dueUs + interval));
    return [
      html`<rect class="absent" x="${x(row.dueUs)}" y="2" height="16" width="${Math.max(1, end - x(row.dueUs))}"></rect>`,
      due,
    ];
  }
  let at = row.dueUs;
  const parts = layers.map((stage) => {
    const us = row.values[`${stage}_us`] ?? 0;
    const begin = at;
    at += us;
    if (us <= 0) return html``;
    return html`<rect class="c-${stage}" x="${x(begin)}" y="2" height="16" width="${Math.max(0.5, x(at) - x(begin))}"></rect>`;
  });
  const marks = endNames.flatMap((name) => {
    const us = row.values[name];
    return us === undefined ? [] : [html`<path class="end" d="M${x(row.dueUs + us)} 1v18"></path>`];
  });
  return [...parts, due, ...marks];
}

type Fate = keyof Reader["messages"]["frames"]["fates"];

/** One of a later version counts as sent: it has a time. */
function fateOf({ fate }: FrameRow): Fate {
  const known: readonly Fate[] = ["sent", "missed", "dropped", "refused", "lost", "skipped"];
  return known.find((name) => name === fate) ?? "sent";
}

function facts(reader: Reader, row: FrameRow): Html {
  const { messages, format } = reader;
  const { frames: words, stages } = messages;
  const time = (name: FrameColumnName, text: string) => {
    const us = row.values[name];
    return [text, us === undefined ? words.notMeasured : format.micros(us)] as const;
  };
  const count = (name: FrameColumnName, text: string) => {
    const value = row.values[name];
    return [text, value === undefined ? words.notMeasured : format.integer(value)] as const;
  };
  const lateUs = lateUsOf(row);
  const marks = [row.isRepeat ? words.repeat : "", row.isKey ? words.key : ""].filter(Boolean);
  const list: readonly (readonly [string, string])[] = [
    [words.fate, [words.fates[fateOf(row)], ...marks].join(", ")],
    [words.late, lateUs === undefined ? "–" : format.micros(lateUs)],
    ...layers.map((stage) => time(`${stage}_us`, stages[stage])),
    time("cpu_wait_us", words.cpuWait),
    time("source_age_us", words.sourceAge),
    count("bytes", `${words.size} (B)`),
    [words.quality, qualityText(reader, row)],
    count("packets", words.packets),
    count("parity", `${words.packets}, ${words.parity}`),
    count("lost_packets", words.lostPackets),
    count("lost_head", words.lostHead),
    count("rebuilt", words.rebuilt),
    time("complete_us", words.complete),
    time("decode_us", words.decoded),
    time("shown_us", words.shown),
  ];
  return html`<dl class="facts">${list.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
}

function qualityText({ messages, format }: Reader, { values }: FrameRow): string {
  const { quality, quantiser } = values;
  if (quality === undefined || quantiser === undefined) return messages.frames.notMeasured;
  const detail = messages.frames.quantiser(format.integer(quantiser));
  return `${format.percent(quality / 100)} (${detail})`;
}

/** Those with a name in the charts. */
function machineCard({ messages, format }: Reader, machine: Machine | undefined): Html {
  if (machine === undefined) return html``;
  const figures = Object.entries(messages.machine).flatMap(([name, text]) => {
    const value = Object.entries(machine).find(([key]) => key === name)?.[1];
    return typeof value === "number" ? [[text, format.percent(Number(value.toFixed(3)))]] : [];
  });
  if (figures.length === 0) return html``;
  return html`<section class="card"><div class="section-head"><h2>${messages.frames.machine}</h2></div><dl class="facts">${figures.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl></section>`;
}

function events(reader: Reader, { events: list, row }: FrameView): Html {
  if (list.length === 0) return html`<p class="muted">${reader.messages.frames.noEvents}</p>`;
  const atMs = row.dueUs / 1000;
  const sign = (ms: number) => `${ms < 0 ? "−" : "+"}${reader.format.integer(Math.abs(ms))} ms`;
  return html`<ul>${list.map(({ t_ms = 0, event }) => html`<li class="wrap"><span class="number muted">${sign(Math.round(t_ms - atMs))}</span> ${eventText(reader, event)}</li>`)}</ul>`;
}
