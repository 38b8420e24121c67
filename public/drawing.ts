/**
 * One drawn chart: the field and its grid, lines, axes, legend and what is said about a moment, in that
 * order. What people drag across is laid over them once all charts of the page are drawn. What came
 * from a file is never read as markup.
 */
import type { EventMark } from "../src/model/marks.ts";
import type { ChartName } from "../src/model/metric-row.ts";
import { type DragLayer, loadDragLayer } from "./drag-source.ts";
import { type Field, fieldOf } from "./field.ts";
import { FrameCanvas } from "./frame-bars.ts";
import { showOffScale, showUnit, unitOf } from "./heading.ts";
import { showLegend } from "./legend.ts";
import { LineLayer } from "./lines.ts";
import { Overlay } from "./overlay.ts";
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
/** Of a window, where a chart has one point alone. */
const windowMs = 2000;
export class DrawnChart {
  readonly #drawing: Drawing;
  readonly #plot: HTMLElement;
  readonly #overlay = new Overlay();
  readonly #lines = new LineLayer();
  readonly #verdict = new VerdictLayer();
  readonly #bars = new FrameCanvas();
  readonly #tip = document.createElement("div");
  #field: Field | undefined;
  #drag: DragLayer | undefined;
  #marked: Marked | undefined;
  #picture: Picture = {
    plan: { lines: [], missing: [] },
    range: { fromMs: 0, toMs: 1 },
    marks: [],
  };
  #scale: Scale = { max: 1, tickAmount: 1 };
  /** What the legend names. */
  #names = "";

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

  /** Where the lines are, in pixels of the plot. */
  get field(): Field {
    return this.#field ?? { left: 0, top: 0, width: 1, height: 1 };
  }

  draw(picture: Picture): void {
    this.#picture = picture;
    const { plan, range } = picture;
    this.#scale = scaleOf(plan, this.#drawing.name === "stages" ? 6 : 4);
    this.#nameLines();
    this.#layOut();
    if (this.#field !== undefined) {
      this.#drawLines(range);
      this.drawMarks(picture.marks);
    }
    if (plan.bars === undefined || this.#field === undefined) this.#bars.clear();
    else {
      this.#bars.draw(plan.bars, { field: this.field, range, topUs: this.#scale.max }, this.#plot);
    }
    showOffScale(this.#drawing, this.#scale);
    showUnit(this.#drawing, plan);
  }

  get needsDragLayer(): boolean {
    return this.#field !== undefined && this.#drag === undefined;
  }

  /** Lays what people drag across over the field, once for each width. */
  async layDragLayer(): Promise<void> {
    const { layDragLayer } = await loadDragLayer();
    if (!this.needsDragLayer) return;
    const height = heights[this.name];
    const dragged = (from: number, to: number) => this.#dragged(from, to);
    this.#drag = layDragLayer({ plot: this.#plot, height, hasLane: this.#hasLane(), dragged });
  }

  /** Everything but the lines, which cost most. */
  drawMarks(marks: readonly EventMark[]): void {
    const { range } = this.#picture;
    this.#picture = { ...this.#picture, marks };
    if (this.#field === undefined) return;
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
    if (this.#field === undefined) return;
    const { range } = this.#picture;
    this.#verdict.draw({ field: this.field, range, hidden }, marked, this.#plot);
  }

  /** The legend, where other lines are drawn than before. */
  #nameLines(): void {
    const { lines, missing } = this.#picture.plan;
    const names = JSON.stringify([lines.map(({ name, color }) => [name, color]), missing]);
    if (names === this.#names) return;
    this.#names = names;
    showLegend(part(this.#drawing.figure, ".legend"), this.#picture.plan, this.#drawing.words);
  }

  /** The field, again for another width; nothing but a note where there are no lines. */
  #layOut(): void {
    if (this.#picture.plan.lines.length === 0) {
      this.destroy();
      this.#plot.append(emptyNote(this.#drawing.words));
      return;
    }
    const place = { height: heights[this.name], hasLane: this.#hasLane() };
    const field = fieldOf({ ...place, width: this.#plot.clientWidth });
    if (this.#field?.width === field.width) return;
    this.destroy();
    this.#field = field;
    this.#plot.append(this.#tip);
  }

  #drawLines(range: Range): void {
    const view = { field: this.field, range, top: this.#scale.max };
    this.#lines.draw(
      this.#picture.plan,
      { ...view, tickAmount: this.#scale.tickAmount },
      this.#plot,
    );
  }

  /** What was dragged across is seen at once, with the points that there are. */
  #dragged(from: number, to: number): void {
    const { fromMs, toMs } = this.#picture.range;
    const [first, last] = [from, to].map((share) => fromMs + share * (toMs - fromMs));
    const range = { fromMs: first ?? fromMs, toMs: last ?? toMs };
    this.#drawLines(range);
    this.#drawing.zoomed(range);
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
    this.#drag?.remove();
    this.#drag = undefined;
    this.#field = undefined;
    this.#lines.clear();
    this.#overlay.clear();
    this.#bars.clear();
    this.#verdict.clear();
    this.#plot.replaceChildren();
  }

  /** Whether the links of the marks lie above this chart. */
  #hasLane(): boolean {
    return this.#drawing.figure.querySelector(".marks") !== null;
  }
}

function part(figure: HTMLElement, selector: string): HTMLElement {
  const found = figure.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`Cannot draw a chart: its figure has no "${selector}"`);
  return found;
}

function emptyNote(words: Words): HTMLElement {
  const note = document.createElement("p");
  note.className = "unmeasured";
  note.textContent = words.notMeasured ?? "";
  return note;
}

function placeTip(tip: HTMLElement, x: number, plot: HTMLElement): void {
  const { clientWidth: width } = plot;
  const isRight = x > width / 2;
  tip.style.left = isRight ? "auto" : `${Math.round(x) + 12}px`;
  tip.style.right = isRight ? `${Math.round(width - x) + 12}px` : "auto";
}
