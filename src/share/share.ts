/**
 * A capture as a file for somebody who has no onglass: one page that opens anywhere, or a bundle
 * for a bug report. Names and secrets are replaced before anything is written, and the list of them
 * comes first. Nothing here reads a clock or depends on the caller.
 */
import { createHash, randomBytes } from "node:crypto";
import { eventText } from "../../views/event-text.ts";
import { Format, type Reader } from "../../views/format.ts";
import { sharedPage } from "../../views/shared.ts";
import type { VerdictCard } from "../../views/verdict.ts";
import { makeFigures } from "../analysis/figures.ts";
import { cutText } from "../base/cut-text.ts";
import { parquetOf } from "../export/parquet-writer.ts";
import { marksIn } from "../frames/marks.ts";
import { emptyTable } from "../frames/table.ts";
import { catalogues, type Language } from "../i18n/language.ts";
import { changesOf, judgeSession, presetIn, samplesOf } from "../keep/judge-session.ts";
import type { Capture } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import type { MarkLine } from "../model/marks.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Verdict } from "../model/verdict.ts";
import type { SharedCapture } from "../ports/shares.ts";
import type { SharedAssets } from "./assets.ts";
import { conditionsOf } from "./conditions.ts";
import { packData, sharedRowsMax } from "./payload.ts";
import { redactCapture, redactTimeline } from "./redact-recording.ts";
import { type KnownValue, Redactor } from "./redactor.ts";
import { zipOf } from "./zip.ts";

/** The content to share, and the known names and secrets. */
export type ShareInput = {
  readonly capture: Capture;
  readonly timeline: Timeline | undefined;
  /** `undefined` if single frames were not kept. */
  readonly rows: FrameTable | undefined;
  readonly known: readonly KnownValue[];
  readonly assets: SharedAssets;
  readonly language: Language;
  readonly version: string;
  readonly sharedUnixMs: number;
};

const textLengthMax = 300;

/** Names and secrets are replaced at once; files are made on request. */
export function shareOf(input: ShareInput): SharedCapture {
  const redactor = new Redactor(input.known);
  const capture = redactCapture(input.capture, redactor);
  const timeline = input.timeline && redactTimeline(input.timeline, redactor);
  const given: Given = { ...input, capture, timeline };
  let page: string | undefined;
  const html = () => {
    page ??= pageOf(given);
    return page;
  };
  return { replaced: redactor.replaced(), html, zip: () => bundleOf(given, html()) };
}

type Given = ShareInput;

function readerOf({ language }: Pick<ShareInput, "language">): Reader {
  return { language, messages: catalogues[language], format: new Format(language) };
}

function pageOf(given: Given): string {
  const { capture, timeline, assets } = given;
  const reader = readerOf(given);
  const rows =
    given.rows !== undefined && given.rows.count <= sharedRowsMax ? given.rows : undefined;
  const preset = presetIn(timeline?.checkpoints.at(-1)?.state);
  const marks = marksOf(reader, timeline);
  const main = sharedPage(reader, {
    capture,
    verdict: cardOf(given),
    figures: makeFigures(capture, { session: undefined, fromMs: undefined, toMs: undefined }),
    marks,
    conditions: conditionsOf(timeline),
    version: given.version,
    sharedUnixMs: given.sharedUnixMs,
  });
  const changes = changesOf(timeline);
  const data = packData({ capture, marks, preset, changes, hasRows: rows !== undefined }, rows);
  const title = capture.meta.name ?? capture.meta.id;
  return documentOf({ reader, title, main: main.text, data, assets });
}

function cardOf(given: Given): VerdictCard | undefined {
  const verdict = verdictOf(given);
  if (verdict === undefined) return undefined;
  const { meta } = given.capture;
  const known = meta.sessions?.find(({ session_id }) => session_id === verdict.session_id);
  const { width, height, fps } = known ?? meta;
  return { verdict, mode: { width, height, fps }, moments: "", charts: "" };
}

function verdictOf({ capture, rows, timeline }: Given): Verdict | undefined {
  if (rows === undefined || rows.count === 0) return undefined;
  const preset = presetIn(timeline?.checkpoints.at(-1)?.state);
  const changes = changesOf(timeline);
  const marks = marksIn(capture.meta, {});
  return judgeSession({ rows, preset, changes, marks, ...samplesOf(capture) }, undefined);
}

/** In the order of time. */
function marksOf(reader: Reader, timeline: Timeline | undefined): MarkLine[] {
  const lines = (timeline?.events ?? []).flatMap(({ t_ms, event }) => {
    if (t_ms === undefined) return [];
    return [{ t_ms, kind: event.type, text: cutText(eventText(reader, event), textLengthMax) }];
  });
  return lines.sort((a, b) => a.t_ms - b.t_ms);
}

type Parts = {
  readonly reader: Reader;
  readonly title: string;
  readonly main: string;
  readonly data: string;
  readonly assets: SharedAssets;
};

/** The policy allows only this script and style; the nonce is for the style that charts add. */
function documentOf({ reader, title, main, data, assets }: Parts): string {
  const { language, format } = reader;
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(assets.script)}'`,
    `style-src '${hashOf(assets.style)}' 'nonce-${nonce}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="${language}" data-tag="${format.tag}" data-language="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${escapeText(title)} · onglass</title>
<link rel="icon" href="data:image/svg+xml;base64,${Buffer.from(assets.icon).toString("base64")}">
<style>${assets.style}</style>
</head>
<body>
${main}
<script type="text/plain" id="shared-data">${data}</script>
<script type="module" nonce="${nonce}">${assets.script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** For a bug report: the content of the page, as files for other programs. */
function bundleOf(given: Given, html: string): Uint8Array<ArrayBuffer> {
  const { capture, timeline, rows } = given;
  const state = timeline?.checkpoints.at(-1)?.state;
  const verdict = verdictOf(given);
  const text = (name: string, value: string) => ({ name, bytes: Buffer.from(value, "utf8") });
  const json = (name: string, value: unknown) => text(name, `${JSON.stringify(value, null, 1)}\n`);
  const files = [
    text("capture.html", html),
    text("README.txt", readme),
    json("capture.json", capture),
    json("machine.json", machineOf(capture)),
    json("versions.json", {
      onglass: given.version,
      conditions: Object.fromEntries(
        conditionsOf(timeline).map(([place, value]) => [place, String(value ?? "–")]),
      ),
    }),
    ...(timeline === undefined
      ? []
      : [
          json("timeline.json", timeline),
          json("settings.json", settingsIn(state)),
          text("log.txt", logOf(timeline)),
        ]),
    ...(verdict === undefined ? [] : [json("verdict.json", verdict)]),
    ...(rows === undefined
      ? []
      : [
          {
            name: "frames.parquet",
            bytes: parquetOf(capture.meta, rows.count === 0 ? emptyTable : rows),
          },
        ]),
  ];
  return zipOf(files, given.sharedUnixMs);
}

const readme = `A capture of onglass, for a bug report.

capture.html    opens in a browser: verdict, charts, figures, events
verdict.json    what was at fault, as facts and codes
capture.json    samples, one for each window
frames.parquet  one row for each slot of the stream
machine.json    what the machine did, by window
timeline.json   events and checkpoints
settings.json   settings at the end
versions.json   version, encoders, processor count
log.txt         warnings of the log in that time

Names, addresses, paths and secrets are replaced: player-1 is the same player in
all files. Bodies and answers of API calls are left out.
`;

function machineOf({ samples }: Capture): unknown {
  return samples.flatMap(({ t_ms, session_id, machine }) =>
    machine === undefined ? [] : [{ t_ms, session_id, machine }],
  );
}

function settingsIn(state: unknown): unknown {
  return typeof state === "object" && state !== null && "settings" in state ? state.settings : {};
}

/** Warnings and errors: a timeline keeps only these of the log. */
function logOf({ events }: Timeline): string {
  const lines = events.flatMap(({ timestamp, event }) =>
    event.type === "log" ? [`${timestamp} ${event.level} ${event.message}\n`] : [],
  );
  return lines.join("");
}
