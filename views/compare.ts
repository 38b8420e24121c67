/** Two recordings on one time axis, each from its own beginning, and their figures side by side. */
import type { CaptureMeta, CaptureSession } from "../src/model/capture.ts";
import type { Figure, Figures } from "../src/model/figures.ts";
import { shownUnits } from "../src/model/metric-units.ts";
import type { RunComparison } from "../src/model/run-comparison.ts";
import { chartElement } from "./charts.ts";
import { clientText } from "./client.ts";
import { exactly, figureText, rowName } from "./figures.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { sessionSelect, zoomButtons } from "./recording.ts";
import { captureKind, fileAddress, modeOf } from "./recordings.ts";
import { comparisonCard } from "./run-comparison.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";

export type Side = {
  readonly meta: CaptureMeta;
  readonly figures: Figures;
  readonly sessions: readonly CaptureSession[];
  /** Id of the session that is shown. */
  readonly session: number | undefined;
};

/** The conclusions for both, and whether it was compared in spite of an obstacle. */
export type Compared = { readonly comparison: RunComparison; readonly force: string };

export function comparePage(
  reader: Reader,
  [first, second]: readonly [Side, Side],
  compared: Compared | undefined,
): Html {
  const { compare, detail } = reader.messages;
  const source = ({ meta }: Side) => `${fileAddress(meta.id)}/series`;
  const figures = new URLSearchParams([
    ["id", first.meta.id],
    ["id", second.meta.id],
  ]);
  return html`<div class="page-head"><p><a href="/">← ${detail.back}</a></p><h1>${compare.title}</h1>
<div class="sides">${side(reader, compare.first, first)}${side(reader, compare.second, second)}</div></div>
${compared === undefined ? "" : comparisonCard(reader, compared.comparison, compared.force)}
<form class="controls" method="get" action="/compare" data-for="charts"><input type="hidden" name="id" value="${first.meta.id}"><input type="hidden" name="id" value="${second.meta.id}">${choice(reader, "a", first)}${choice(reader, "b", second)}<noscript><button>${detail.show}</button></noscript>${zoomButtons(reader, detail.zoomHint)}</form>
${chartElement(reader, {
  id: "charts",
  source: source(first),
  other: source(second),
  capture: `${first.meta.id} ${second.meta.id}`,
  figures: `/compare/figures?${figures}`,
  verdict: `/compare/verdict?${figures}`,
  waiting: reader.messages.charts.nothing,
})}
${compareFigures(reader, [first, second])}`;
}

/** Sessions of one capture are separated: one line for two of them would be wrong. */
function choice(reader: Reader, name: "a" | "b", { sessions, session }: Side): Html {
  const { compare, detail } = reader.messages;
  const letter = name === "a" ? compare.first : compare.second;
  const label = `${detail.session} ${letter}`;
  return sessionSelect(reader, { name, label, sessions, chosen: session });
}

function side(reader: Reader, letter: string, { meta }: Side): Html {
  const { format } = reader;
  return html`<div class="card side"><h2><span class="letter">${letter}</span><a href="/recordings/${encodeURIComponent(meta.id)}">${meta.name ?? format.date(meta.started_unix_ms)}</a></h2>
<p>${meta.name === undefined ? "" : html`<span>${format.date(meta.started_unix_ms)}</span> `}${captureKind(reader, meta)} <span>${modeOf(meta)}</span> <span class="clip">${meta.client === "" ? "" : clientText(reader, meta)}</span> <span>${format.duration(meta.duration_ms)}</span></p></div>`;
}

const columns = ["p50", "p99", "max"] as const;

/** Also served alone, at `/compare/figures`. */
export function compareFigures(reader: Reader, [first, second]: readonly [Side, Side]): Html {
  const { figures: words, compare } = reader.messages;
  const pairs = pairUp(first.figures.rows, second.figures.rows);
  const table = scrollTable({
    label: words.title,
    heads: [
      words.what,
      words.unit,
      ...columns.flatMap((column) => [
        numberHead(`${words[column]} ${compare.first}`),
        numberHead(`${words[column]} ${compare.second}`),
        numberHead(words.difference),
      ]),
    ],
    rows: pairs.map((pair) => pairRow(reader, pair)),
    look: "figures",
  });
  return html`<section id="figures" class="card">
<div class="section-head"><h2>${words.title}</h2></div>
${table}
<p class="muted small">${words.note} ${compare.worse}.</p>
</section>`;
}

type Pair = {
  readonly row: Figure;
  readonly a?: Figure | undefined;
  readonly b?: Figure | undefined;
};

const keyOf = ({ name }: Figure) => (typeof name === "string" ? name : `stage ${name.stage}`);

function pairUp(first: readonly Figure[], second: readonly Figure[]): Pair[] {
  const others = new Map(second.map((row) => [keyOf(row), row]));
  const pairs: Pair[] = first.map((row) => ({ row, a: row, b: others.get(keyOf(row)) }));
  const known = new Set(first.map(keyOf));
  return [
    ...pairs,
    ...second.filter((row) => !known.has(keyOf(row))).map((row) => ({ row, b: row })),
  ];
}

function pairRow(reader: Reader, { row, a, b }: Pair): Html {
  return html`<tr><th scope="row">${rowName(reader, row)}</th><td class="muted">${shownUnits[row.unit].text}</td>${columns.map(
    (column) =>
      html`${cell(reader, a, column)}${cell(reader, b, column)}<td class="number muted">${difference(reader, a?.[column], b?.[column])}</td>`,
  )}</tr>`;
}

function cell(reader: Reader, row: Figure | undefined, column: (typeof columns)[number]): Html {
  const value = row?.[column];
  if (row !== undefined && row.p50 === undefined && column === "p50") {
    return html`<td class="number muted">${reader.messages.figures.notMeasured}</td>`;
  }
  if (row === undefined || value === undefined) return html`<td class="number muted">–</td>`;
  return html`<td class="number"${exactly(reader, row, value)}>${figureText(reader, row, value)}</td>`;
}

/** A value missing on one side has no difference, and neither has a rise from zero. */
function difference({ format }: Reader, a?: number, b?: number): string {
  if (a === undefined || b === undefined || (a === 0 && b !== 0)) return "–";
  return a === b ? "=" : format.change((b - a) / a);
}
