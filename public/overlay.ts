/**
 * What is drawn over a chart: axis labels, lines of events, peaks off the scale, and the moment
 * under the pointer. A handful of nodes, however many events there are.
 */
import type { EventMark } from "../src/model/marks.ts";
import { digitsOf } from "../src/model/metric-units.ts";
import type { Field } from "./field.ts";
import { axisNumber, formatDuration } from "./format.ts";
import type { Range } from "./range.ts";
import type { Scale } from "./scale.ts";
import { timeTicks } from "./ticks.ts";

export type View = {
  readonly field: Field;
  readonly range: Range;
  readonly scale: Scale;
  readonly marks: readonly EventMark[];
  /** The extent of each mark is drawn with the marks themselves. */
  readonly hasBars: boolean;
  /** Its values are microseconds, labelled in milliseconds. */
  readonly isTime: boolean;
};

const labelPx = 84;
const peakPx = 7;
const space = "http://www.w3.org/2000/svg";

export class Overlay {
  readonly #svg = document.createElementNS(space, "svg");
  readonly #crosshair = pathOf("crosshair", "");
  #view: View | undefined;

  constructor() {
    this.#svg.setAttribute("class", "overlay");
    this.#svg.setAttribute("aria-hidden", "true");
  }

  draw(view: View, into: HTMLElement): void {
    this.#view = view;
    this.#svg.replaceChildren(
      ...markPaths(view),
      ...valueLabels(view),
      ...timeLabels(view),
      pathOf("peaks", peaksOf(view)),
      this.#crosshair,
    );
    if (this.#svg.parentElement !== into) into.append(this.#svg);
  }

  /** @returns the place in pixels from the left; `undefined` when the moment is not in view. */
  point(timeMs: number | undefined): number | undefined {
    const view = this.#view;
    const x = view === undefined || timeMs === undefined ? undefined : placeOf(view, timeMs);
    const { top, height } = view?.field ?? { top: 0, height: 0 };
    this.#crosshair.setAttribute("d", x === undefined ? "" : `M${x} ${top}v${height}`);
    return x;
  }

  clear(): void {
    this.#view = undefined;
    this.#svg.remove();
  }
}

/** In pixels from the left; `undefined` outside of the range. */
export function placeOf({ field, range }: View, timeMs: number): number | undefined {
  if (timeMs < range.fromMs || timeMs > range.toMs) return undefined;
  const share = (timeMs - range.fromMs) / (range.toMs - range.fromMs);
  return tenths(field.left + share * field.width);
}

/** A line for each event or for the first of several, and a bar above covering their extent. */
function markPaths(view: View): SVGElement[] {
  const { top, height } = view.field;
  let lines = "";
  let bars = "";
  for (const { from_ms, to_ms } of view.marks) {
    const from = placeOf(view, from_ms);
    const to = placeOf(view, Math.min(to_ms, view.range.toMs));
    if (from === undefined || to === undefined) continue;
    lines += `M${from} ${top}v${height}`;
    if (view.hasBars && to > from) bars += `M${from} ${top - 4}H${to}`;
  }
  return [pathOf("mark-bars", bars), pathOf("mark-lines", lines)];
}

function valueLabels({ field, scale, isTime }: View): SVGElement[] {
  const labels: SVGElement[] = [];
  for (let tick = 0; tick <= scale.tickAmount; tick += 1) {
    const value = (scale.max / scale.tickAmount) * tick;
    const y = field.top + field.height * (1 - tick / scale.tickAmount);
    const text = labelOf(value, isTime);
    labels.push(textAt(text, { x: field.left - 8, y: y + 4, name: "value-label" }));
  }
  return labels;
}

function labelOf(value: number, isTime: boolean): string {
  if (!isTime) return axisNumber(value, value >= 20 ? 0 : 1);
  const ms = value / 1000;
  return axisNumber(ms, digitsOf("us", ms));
}

function timeLabels(view: View): SVGElement[] {
  const { field, range } = view;
  const { stepMs, times } = timeTicks(range, Math.max(2, Math.floor(field.width / labelPx)));
  const y = field.top + field.height + 17;
  return times.flatMap((timeMs) => {
    const x = placeOf(view, timeMs);
    if (x === undefined) return [];
    const tenth = stepMs < 1000 ? `.${Math.floor((timeMs % 1000) / 100)}` : "";
    return [textAt(formatDuration(timeMs) + tenth, { x, y, name: "time-label" })];
  });
}

/** A triangle at the top for each; overlapping ones are merged. */
function peaksOf(view: View): string {
  let path = "";
  let last = Number.NEGATIVE_INFINITY;
  for (const timeMs of view.scale.off?.times ?? []) {
    const x = placeOf(view, timeMs);
    if (x === undefined || x - last < peakPx) continue;
    last = x;
    path += `M${tenths(x - 4.5)} ${view.field.top + 8}h9l-4.5 -8Z`;
  }
  return path;
}

function pathOf(name: string, path: string): SVGElement {
  const element = document.createElementNS(space, "path");
  element.setAttribute("class", name);
  element.setAttribute("d", path);
  return element;
}

type Place = { readonly x: number; readonly y: number; readonly name: string };

function textAt(text: string, { x, y, name }: Place): SVGElement {
  const element = document.createElementNS(space, "text");
  element.setAttribute("class", name);
  element.setAttribute("x", String(tenths(x)));
  element.setAttribute("y", String(tenths(y)));
  element.textContent = text;
  return element;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
