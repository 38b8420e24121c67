/** The figures of a range: what charts show, as numbers, one row for each stage and counter. */
import { stageText } from "../src/i18n/stages.ts";
import type { Figure, Figures } from "../src/model/figures.ts";
import { shownUnits } from "../src/model/metric-units.ts";
import { clickSummary } from "./click-summary.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";
import { numberHead, scrollTable } from "./scroll-table.ts";

const columns = ["min", "p50", "p99", "max", "sum"] as const;

/** Below this a 99th percentile has no upper confidence bound. */
const frameCountMin = 368;

/** Also served alone, at the page's address and `/figures`. */
export function figuresTable(reader: Reader, figures: Figures, moments: string | undefined): Html {
  const { messages, format } = reader;
  const { figures: words } = messages;
  const range = messages.detail.range(
    format.duration(figures.fromMs),
    format.duration(figures.toMs),
  );
  return html`<section id="figures" class="card">
<div class="section-head"><h2>${words.title}</h2><span class="muted">${range} · ${words.windows(format.integer(figures.windowCount))}</span>${worstLink(reader, figures, moments)}</div>
${figures.windowCount === 0 ? html`<p class="empty">${words.none}</p>` : table(reader, figures)}
${clickSummary(reader, figures.clicks)}
</section>`;
}

/** From the spike to the events of that moment. */
function worstLink(
  { messages, format }: Reader,
  { worst }: Figures,
  moments: string | undefined,
): Html {
  if (worst === undefined || moments === undefined) return html``;
  const { moment } = messages;
  const at = format.duration(worst.atMs);
  const text =
    worst.us === undefined ? moment.noFrames(at) : moment.worstAt(at, format.micros(worst.us));
  return html`<span class="worst">${moment.worst}: <a href="${moments}?at=${worst.atMs}">${text}</a></span>`;
}

function table(reader: Reader, { rows, frameCount }: Figures): Html {
  const { figures: words } = reader.messages;
  const isFew = frameCount > 0 && frameCount < frameCountMin;
  const rowsTable = scrollTable({
    label: words.title,
    heads: [words.what, words.unit, ...columns.map((column) => numberHead(words[column]))],
    rows: rows.map(
      (row) =>
        html`<tr><th scope="row">${rowName(reader, row)}</th><td class="muted">${shownUnits[row.unit].text}</td>${cells(reader, row)}</tr>`,
    ),
    look: "figures",
  });
  return html`${rowsTable}
<p class="muted small">${words.note}${isFew ? html` ${words.few}.` : ""}</p>`;
}

/** The name of a row. */
export function rowName({ messages }: Reader, { name }: Figure): Html {
  if (name === "total") return html`${messages.figures.total}`;
  if (name === "gap") return html`${messages.stages.gap}`;
  if (typeof name === "string") return html`${messages.metrics[name]}`;
  return html`<i class="swatch ${stageClass(name.stage)}"></i>${stageText(messages.stages, name.stage)}`;
}

/** Names of stages come from files: only known ones have a colour. */
export function stageClass(stage: string): string {
  return knownStages.has(stage) ? `c-${stage}` : "c-other";
}

const knownStages = new Set(["capture", "submit", "encode", "packetize", "send"]);

function cells(reader: Reader, row: Figure): Html {
  const { figures: words } = reader.messages;
  if (row.p50 === undefined) {
    return html`<td class="muted" colspan="${columns.length}">${words.notMeasured}</td>`;
  }
  return html`${columns.map((column) => html`<td class="number"${exactly(reader, row, row[column])}>${figureText(reader, row, row[column])}</td>`)}`;
}

/** A value in the unit for people, with a sign if it is a lower bound. */
export function figureText(
  { messages, format }: Reader,
  { unit, isLowerBound }: Pick<Figure, "unit" | "isLowerBound">,
  value: number | undefined,
): Html {
  if (value === undefined) return html``;
  const text = format.metric(unit, value);
  if (!isLowerBound) return html`${text}`;
  return html`<abbr title="${messages.figures.lowerBound}">≥</abbr> ${text}`;
}

/** To the microsecond, as a tooltip. */
export function exactly(
  { format }: Reader,
  { unit }: Pick<Figure, "unit">,
  value: number | undefined,
): Html {
  if (unit !== "us" || value === undefined) return html``;
  return html` title="${format.integer(value)} µs"`;
}
