/**
 * One drawn chart: ApexCharts lays out the field, draws the grid and handles dragging. Its own
 * lines take twenty times as long as ours, and text that it measures is off: lines, axes, legend
 * and tooltip are drawn around it. Content from a file is never parsed as markup.
 */
import ApexCharts from "apexcharts";
import type { EventMark } from "../src/model/marks.ts";
import type { ChartName } from "../src/model/metric-row.ts";
import { FrameCanvas } from "./frame-bars.ts";
import { showOffScale, showUnit, unitOf } from "./heading.ts";
import { showLegend } from "./legend.ts";
import { LineLayer } from "./lines.ts";
import { type Field, Overlay } from "./overlay.ts";
import { usualStep } from "./pauses.ts";
import { isTimeChart, type Plan, type Words } from "./plan.ts";
import type { Range } from "./range.ts";
import { type Scale, scaleOf } from "./scale.ts";
import { nearestTime, tipOf } from "./tip.ts";
import { causesAt, type Marked } from "./verdict-beats.ts";
import { VerdictLayer } from "./verdict-marks.ts";

export type Drawing = {
  readonly name: ChartName;
  /** Holds the legend, the chart's element and its texts. */
  readonly figure: HTMLElement;
  readonly words: Words;
  /** Somebody dragged across the chart. */
  zoomed(range: Range): void;
};

/** What its types omit. */
type LaidOut = {
  readonly w: {
    readonly globals: {
      readonly minX: number;
      readonly maxX: number;
      readonly translateX: number;
      readonly translateY: number;
      readonly gridWidth: number;
      readonly gridHeight: number;
    };
  };
};

export type Picture = {
  readonly plan: Plan;
  readonly range: Range;
  readonly marks: readonly EventMark[];
};

/** The verdict's marks, and which kinds are switched off. */
export type Judgement = {
  readonly marked: Marked | undefined;
  readonly hidden: ReadonlySet<string>;
};

const heights: Readonly<Record<ChartName, number>> = {
  stages: 340,
  fps: 210,
  bitrate: 210,
  quality: 160,
  health: 210,
  rtt: 210,
  machine: 210,
};
/** Where its axis ends: the range of a picture moves without redrawing it. */
const axisEnd = 1e6;
/** For a window, where a chart has a single point. */
const windowMs = 2000;
/** Room for axis labels in addition to what ApexCharts leaves free, and for marks above. */
const room = { left: 50, right: 22, top: -12, bottom: 4, marks: 26 };

export class DrawnChart {
  readonly #drawing: Drawing;
  readonly #plot: HTMLElement;
  readonly #overlay = new Overlay();
  readonly #lines = new LineLayer();
  readonly #verdict = new VerdictLayer();
  readonly #bars = new FrameCanvas();
  readonly #tip = document.createElement("div");
  #chart: ApexCharts | undefined;
  #marked: Marked | undefined;
  #picture: Picture = {
    plan: { lines: [], missing: [] },
    range: { fromMs: 0, toMs: 1 },
    marks: [],
  };
  #scale: Scale = { max: 1, tickAmount: 1 };
  /** The entries of the legend, and what the frame was laid out for. */
  #names = "";
  #frame = "";

  constructor(drawing: Drawing) {
    this.#drawing = drawing;
    this.#plot = part(drawing.figure, ".plot");
    this.#tip.className = "tip";
    this.#tip.hidden = true;
  }

  get name(): ChartName {
    return this.#drawing.name;
  }

  get plot(): HTMLElement {
    return this.#plot;
  }

  get plan(): Plan {
    return this.#picture.plan;
  }

  /** Where the lines are, in pixels of the plot, as ApexCharts laid them out. */
  get field(): Field {
    if (this.#chart === undefined) return { left: 0, top: 0, width: 1, height: 1 };
    const {
      translateX: left,
      translateY: top,
      gridWidth: width,
      gridHeight: height,
    } = this.#laidOut;
    return { left, top, width: Math.max(1, width), height: Math.max(1, height) };
  }

  async draw(picture: Picture): Promise<void> {
    this.#picture = picture;
    const { plan, range } = picture;
    this.#scale = scaleOf(plan, this.#drawing.name === "stages" ? 6 : 4);
    this.#nameLines();
    await this.#layOut();
    this.#drawLines(range);
    if (plan.lines.length > 0) this.drawMarks(picture.marks);
    if (plan.bars === undefined || this.#chart === undefined) this.#bars.clear();
    else {
      this.#bars.draw(plan.bars, { field: this.field, range, topUs: this.#scale.max }, this.#plot);
    }
    showOffScale(this.#drawing, this.#scale);
    showUnit(this.#drawing, plan);
  }

  /** Everything but the lines, which cost most. */
  drawMarks(marks: readonly EventMark[]): void {
    const { range } = this.#picture;
    this.#picture = { ...this.#picture, marks };
    if (this.#chart === undefined) return;
    const hasBars = this.#hasLane();
    const isTime = isTimeChart(this.name);
    this.#overlay.draw(
      { field: this.field, range, scale: this.#scale, marks, hasBars, isTime },
      this.#plot,
    );
  }

  /** The verdict's marks in this chart. */
  drawVerdict({ marked, hidden }: Judgement): void {
    this.#marked = marked;
    if (this.#chart === undefined) return;
    const { range } = this.#picture;
    this.#verdict.draw({ field: this.field, range, hidden }, marked, this.#plot);
  }

  get #laidOut(): LaidOut["w"]["globals"] {
    return (this.#chart as ApexCharts & LaidOut).w.globals;
  }

  /** The legend, redrawn when the set of lines changes. */
  #nameLines(): void {
    const { lines, missing } = this.#picture.plan;
    const names = JSON.stringify([lines.map(({ name, color }) => [name, color]), missing]);
    if (names === this.#names) return;
    this.#names = names;
    showLegend(part(this.#drawing.figure, ".legend"), this.#picture.plan, this.#drawing.words);
  }

  /** The frame of the lines: made once, and again for another width or grid, or after dragging. */
  async #layOut(): Promise<void> {
    if (this.#picture.plan.lines.length === 0) {
      this.destroy();
      this.#plot.append(emptyNote(this.#drawing.words));
      return;
    }
    const frame = `${this.#plot.clientWidth} ${this.#scale.tickAmount}`;
    const isSame = this.#frame === frame;
    this.#frame = frame;
    if (this.#chart === undefined) await this.#begin();
    else if (!isSame || this.#laidOut.maxX - this.#laidOut.minX !== axisEnd) {
      const axes = { xaxis: timeAxis(), yaxis: valueAxis(this.#scale) };
      await this.#chart.updateOptions(axes, false, false, false);
    }
  }

  async #begin(): Promise<void> {
    const canvas = document.createElement("div");
    this.#plot.replaceChildren(canvas, this.#tip);
    this.#chart = new ApexCharts(canvas, this.#options());
    await this.#chart.render();
  }

  #drawLines(range: Range): void {
    const grid = this.#plot.querySelector(".apexcharts-grid");
    if (grid === null) return;
    const { width, height } = this.field;
    this.#lines.draw(this.#picture.plan, { width, height, range, top: this.#scale.max }, grid);
  }

  /** The dragged part of the picture's range. */
  #rangeOf({ min, max }: { readonly min: number; readonly max: number }): Range {
    const { fromMs, toMs } = this.#picture.range;
    const timeAt = (place: number) => fromMs + (place / axisEnd) * (toMs - fromMs);
    return { fromMs: timeAt(min), toMs: timeAt(max) };
  }

  /**
   * Points at a moment in every chart; only one of them shows its values.
   * @returns that moment
   */
  point(timeMs: number | undefined, showsTip: boolean): number | undefined {
    const nearest = timeMs === undefined ? undefined : nearestTime(this.#picture.plan, timeMs);
    const x = this.#overlay.point(nearest);
    this.#tip.hidden = !showsTip || x === undefined || nearest === undefined;
    if (this.#tip.hidden || x === undefined || nearest === undefined) return undefined;
    const { words, name } = this.#drawing;
    const unit = isTimeChart(name) ? "µs" : unitOf(this.#drawing, this.#picture.plan);
    this.#tip.replaceChildren(...tipOf(this.#picture.plan, nearest, { ...words, unit }));
    this.#tip.append(...this.#causesBefore(nearest));
    placeTip(this.#tip, x, this.#plot);
    return nearest;
  }

  /** What was at fault in the window that ends there. */
  #causesBefore(timeMs: number): HTMLElement[] {
    const stepMs = usualStep(this.#picture.plan.lines[0]?.times ?? []) || windowMs;
    const range = { fromMs: timeMs - stepMs, toMs: timeMs };
    return causesAt(this.#marked, range, this.#drawing.words).map((name) => {
      const row = document.createElement("em");
      row.textContent = name;
      return row;
    });
  }

  destroy(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#lines.clear();
    this.#overlay.clear();
    this.#bars.clear();
    this.#verdict.clear();
    this.#plot.replaceChildren();
  }

  #options() {
    return {
      // It lays nothing out without a series.
      series: [{ name: "", data: [0, axisEnd].map((place) => [place, null]) }],
      chart: this.#canvas(),
      stroke: { width: 0 },
      markers: { size: 0, strokeWidth: 0 },
      dataLabels: { enabled: false },
      legend: { show: false },
      tooltip: { enabled: false },
      grid: { borderColor: colorOf("grid"), padding: this.#padding() },
      xaxis: timeAxis(),
      yaxis: valueAxis(this.#scale),
    };
  }

  #padding() {
    const { left, right, bottom } = room;
    return { left, right, bottom, top: room.top + (this.#hasLane() ? room.marks : 0) };
  }

  /** Whether the links of the marks lie above this chart. */
  #hasLane(): boolean {
    return this.#drawing.figure.querySelector(".marks") !== null;
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
      // The element that holds all charts redraws them.
      redrawOnParentResize: false,
      redrawOnWindowResize: false,
      events: {
        beforeZoom: (_chart: unknown, { xaxis }: { xaxis: { min: number; max: number } }) => {
          zoomed(this.#rangeOf(xaxis));
          return undefined;
        },
        // The dragged range is shown at once, with the points available.
        updated: () => {
          const { minX: min, maxX: max } = this.#laidOut;
          this.#drawLines(this.#rangeOf({ min, max }));
        },
      },
    };
  }
}

function part(figure: HTMLElement, selector: string): HTMLElement {
  const found = figure.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`Cannot draw a chart: its figure has no "${selector}"`);
  return found;
}

function timeAxis() {
  return {
    type: "numeric",
    min: 0,
    max: axisEnd,
    labels: { show: false },
    // ApexCharts measures labels even where they are hidden, an eighth of a chart's cost: so there
    // are none.
    overwriteCategories: [],
    axisTicks: { show: false },
    axisBorder: { show: false },
    crosshairs: { show: false },
    tooltip: { enabled: false },
  };
}

function valueAxis({ tickAmount }: Scale) {
  const range = { min: 0, max: tickAmount, tickAmount };
  return { ...range, labels: { show: false }, crosshairs: { show: false } };
}

/** From the style sheet, which knows light and dark. */
function colorOf(name: string): string {
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

function placeTip(tip: HTMLElement, x: number, plot: HTMLElement): void {
  const { clientWidth: width } = plot;
  const isRight = x > width / 2;
  tip.style.left = isRight ? "auto" : `${Math.round(x) + 12}px`;
  tip.style.right = isRight ? `${Math.round(width - x) + 12}px` : "auto";
}
