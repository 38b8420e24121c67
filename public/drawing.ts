/**
 * One drawn chart: ApexCharts with everything off that costs time or is done better around it.
 * Legend and tooltip are text made here; what came from a file is never read as markup.
 */
import ApexCharts from "apexcharts";
import { formatDuration, numberFormat } from "./format.ts";
import { type ChartName, type Line, type Plan, readingOrder, type Words } from "./plan.ts";
import type { Range } from "./range.ts";
import { scaleOf } from "./scale.ts";

export type Drawing = {
  readonly name: ChartName;
  readonly plot: HTMLElement;
  readonly legend: HTMLElement;
  readonly words: Words;
  /** Somebody dragged across the chart. */
  zoomed(range: Range): void;
};

const heights: Readonly<Record<ChartName, number>> = {
  stages: 340,
  fps: 210,
  bitrate: 210,
  health: 210,
  rtt: 210,
};

const tickCount = 6;

export class DrawnChart {
  readonly #drawing: Drawing;
  #chart: ApexCharts | undefined;
  #plan: Plan = { lines: [], missing: [] };
  #shape = "";

  constructor(drawing: Drawing) {
    this.#drawing = drawing;
  }

  /** Draws anew when the lines are others than before, else moves them. */
  async draw(plan: Plan, range: Range): Promise<void> {
    this.#plan = plan;
    const shape = shapeOf(plan);
    const series = plan.lines.map(seriesOf);
    const xaxis = { min: range.fromMs, max: range.toMs };
    if (this.#chart !== undefined && shape === this.#shape) {
      const yaxis = valueAxis(plan, this.#drawing.name);
      await this.#chart.updateOptions({ series, xaxis, yaxis }, false, false, false);
      return;
    }
    this.#shape = shape;
    this.destroy();
    showLegend(this.#drawing, plan);
    if (plan.lines.length === 0) {
      this.#drawing.plot.append(emptyNote(this.#drawing.words));
      return;
    }
    this.#chart = new ApexCharts(this.#drawing.plot, this.#options(series, range));
    await this.#chart.render();
  }

  destroy(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#drawing.plot.replaceChildren();
  }

  #options(series: unknown[], range: Range) {
    const { lines } = this.#plan;
    const { name } = this.#drawing;
    const isSinglePoint = lines.every(({ times }) => times.length < 2);
    return {
      series,
      chart: this.#canvas(),
      colors: lines.map(({ color }) => colorOf(color)),
      stroke: {
        curve: "straight",
        width: lines.map(({ width }) => width ?? 1.6),
        dashArray: lines.map(({ isDashed }) => (isDashed ? 5 : 0)),
      },
      fill: { type: "solid", opacity: 1 },
      markers: { size: isSinglePoint ? 4 : 0, strokeWidth: 0, hover: { size: 4 } },
      dataLabels: { enabled: false },
      legend: { show: false },
      grid: { borderColor: colorOf("grid"), padding: { left: 8, right: 12, top: -14, bottom: 0 } },
      xaxis: timeAxis(range),
      yaxis: valueAxis(this.#plan, name),
      tooltip: {
        shared: true,
        intersect: false,
        custom: (at: TooltipPlace) => tooltipText(this.#plan, at, this.#drawing),
      },
    };
  }

  #canvas() {
    const { name, zoomed } = this.#drawing;
    return {
      type: "line",
      height: heights[name],
      width: "100%",
      parentHeightOffset: 0,
      animations: { enabled: false },
      toolbar: { show: false },
      zoom: { enabled: true, type: "x", allowMouseWheelZoom: false },
      fontFamily: "inherit",
      foreColor: colorOf("muted"),
      background: "transparent",
      nonce: nonceOf(),
      events: {
        beforeZoom: (_chart: unknown, { xaxis }: { xaxis: { min: number; max: number } }) => {
          zoomed({ fromMs: xaxis.min, toMs: xaxis.max });
          return undefined;
        },
      },
    };
  }
}

function timeAxis({ fromMs, toMs }: Range) {
  const quiet = colorOf("muted");
  return {
    type: "numeric",
    min: fromMs,
    max: toMs,
    tickAmount: tickCount,
    labels: {
      formatter: (value: unknown) => formatTime(Number(value), toMs - fromMs),
      // Seven short labels never meet: looking for it measures each of them at every update.
      hideOverlappingLabels: false,
      rotate: 0,
      trim: false,
    },
    axisTicks: { show: false },
    axisBorder: { color: colorOf("grid") },
    tooltip: { enabled: false },
    crosshairs: { stroke: { color: quiet, width: 1, dashArray: 3 } },
  };
}

function valueAxis(plan: Plan, name: ChartName) {
  const scale = scaleOf(plan, name === "stages" ? 6 : 4);
  return { min: 0, ...scale, labels: { minWidth: 46, formatter: formatValue } };
}

/** Tenths where whole seconds would repeat themselves. */
function formatTime(ms: number, lengthMs: number): string {
  if (lengthMs >= tickCount * 2000) return formatDuration(ms);
  return `${formatDuration(ms)}.${Math.floor((ms % 1000) / 100)}`;
}

function formatValue(value: number): string {
  return numberFormat(digitsOf(value)).format(value);
}

function digitsOf(value: number): number {
  if (value >= 20 || Number.isInteger(value)) return 0;
  return value >= 1 ? 1 : 2;
}

/** What can only be changed by drawing anew. */
function shapeOf({ lines, missing }: Plan): string {
  const isSinglePoint = lines.every(({ times }) => times.length < 2);
  return JSON.stringify([lines.map(({ name, color }) => [name, color]), missing, isSinglePoint]);
}

function seriesOf({ name, kind, times, drawn }: Line) {
  return { name, type: kind, data: times.map((time, index) => [time, drawn[index] ?? null]) };
}

/** From the style sheet, which knows light and dark. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--chart-${name}`).trim();
}

function emptyNote(words: Words): HTMLElement {
  const note = document.createElement("p");
  note.className = "unmeasured";
  note.textContent = words.notMeasured ?? "";
  return note;
}

function nonceOf(): string | undefined {
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
}

function showLegend({ legend, words }: Drawing, { lines, missing }: Plan): void {
  const items = readingOrder(lines).map((line) => legendItem(line.name, line));
  const isAll = lines.length === 0;
  if (!isAll) {
    for (const name of missing) items.push(legendItem(`${name}: ${words.notMeasured ?? ""}`));
  }
  legend.replaceChildren(...items);
}

function legendItem(text: string, line?: Line): HTMLLIElement {
  const item = document.createElement("li");
  if (line !== undefined) {
    const mark = document.createElement("i");
    mark.className = `swatch c-${line.color} ${line.kind}${line.isDashed ? " dashed" : ""}`;
    item.append(mark);
  } else item.className = "muted";
  item.append(text);
  return item;
}

type TooltipPlace = {
  readonly seriesIndex: number;
  readonly dataPointIndex: number;
};

/** All values at that time, of the line's own points nearest to it. */
function tooltipText({ lines }: Plan, at: TooltipPlace, { name, words }: Drawing): string {
  const timeMs = lines[at.seriesIndex]?.times[at.dataPointIndex];
  if (timeMs === undefined) return "";
  const box = document.createElement("div");
  box.className = "tip";
  const head = document.createElement("strong");
  head.textContent = `${formatDuration(timeMs)} · ${words[`${name}Unit`] ?? ""}`;
  box.append(head, ...readingOrder(lines).map((line) => tooltipRow(line, timeMs, words)));
  return box.outerHTML;
}

function tooltipRow(line: Line, timeMs: number, words: Words): HTMLElement {
  const row = document.createElement("span");
  const mark = document.createElement("i");
  mark.className = `swatch c-${line.color}`;
  const name = document.createElement("span");
  name.textContent = line.name;
  const value = document.createElement("b");
  value.textContent = valueText(line, nearest(line.times, timeMs), words);
  row.append(mark, name, value);
  return row;
}

function valueText({ drawn, told, lowerBounds }: Line, index: number, words: Words): string {
  const value = (told ?? drawn)[index];
  if (value === null || value === undefined) return words.notMeasured ?? "";
  const text = numberFormat(digitsOf(value)).format(value);
  return lowerBounds?.has(index) ? `≥ ${text}` : text;
}

function nearest(times: readonly number[], timeMs: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  const before = times[low - 1];
  return before !== undefined && timeMs - before < (times[low] ?? 0) - timeMs ? low - 1 : low;
}
