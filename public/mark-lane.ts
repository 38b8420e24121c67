/**
 * The marks of events above the charts: a link for each mark, which describes itself when pointed
 * at or focused, and leads to that moment in the timeline.
 */
import type { EventMark } from "../src/model/marks.ts";
import type { Field } from "./field.ts";
import { decimalSign, formatDuration, numberFormat } from "./format.ts";
import type { Words } from "./plan.ts";
import type { Range } from "./range.ts";

/** The width of a mark, in pixels: marks do not overlap. */
export const markPx = 26;
const thousand = 1000;

export type Lane = {
  readonly field: Field;
  readonly range: Range;
  readonly marks: readonly EventMark[];
  readonly words: Words;
  /** Address of the timeline's page. */
  readonly address: string;
};

export function laneItems({ field, range, marks, words, address }: Lane): HTMLElement[] {
  return marks.flatMap((mark) => {
    // The left edge: edges are far enough apart, centres need not be.
    const share = (mark.from_ms - range.fromMs) / (range.toMs - range.fromMs);
    if (share < 0 || share > 1) return [];
    const item = document.createElement("li");
    item.style.left = `${(field.left + share * field.width).toFixed(1)}px`;
    const link = document.createElement("a");
    link.href = `${address}?at=${Math.round(mark.from_ms)}`;
    link.className = "mark";
    link.setAttribute("aria-label", labelOf(mark, words));
    link.textContent = mark.count === 1 ? "" : shortCount(mark.count);
    item.append(link, tipOf(mark, words, share > 0.5));
    return [item];
  });
}

function shortCount(count: number): string {
  return count < thousand ? String(count) : `${Math.floor(count / thousand)}k`;
}

function labelOf(mark: EventMark, words: Words): string {
  const [line] = mark.lines;
  if (mark.count === 1 && line !== undefined) {
    return `${timeText(line.t_ms)} ${words[`event_${line.kind}`] ?? line.kind}: ${line.text}`;
  }
  const kinds = mark.kinds.map((kind) => words[`event_${kind}`] ?? kind).join(", ");
  const ends = new Set([timeText(mark.from_ms), timeText(mark.to_ms)]);
  const time = [...ends].join(" – ");
  return `${time}: ${numberFormat(0).format(mark.count)} ${words.events ?? ""} (${kinds})`;
}

function tipOf(mark: EventMark, words: Words, isRight: boolean): HTMLElement {
  const tip = document.createElement("div");
  tip.className = isRight ? "tip mark-tip right" : "tip mark-tip";
  const rows = mark.lines.map(({ t_ms, kind, text }) => {
    const row = document.createElement("span");
    const time = document.createElement("b");
    time.textContent = timeText(t_ms);
    const name = document.createElement("em");
    name.textContent = words[`event_${kind}`] ?? kind;
    const what = document.createElement("span");
    what.textContent = text;
    row.append(time, name, what);
    return row;
  });
  tip.append(...rows);
  const restCount = mark.count - mark.lines.length;
  if (restCount > 0) {
    const rest = document.createElement("span");
    rest.className = "muted";
    rest.textContent = `+ ${numberFormat(0).format(restCount)}`;
    tip.append(rest);
  }
  return tip;
}

/** To a tenth of a second: events within one are distinguished by their order in the list. */
function timeText(ms: number): string {
  return `${formatDuration(ms)}${decimalSign()}${Math.floor((ms % 1000) / 100)}`;
}
