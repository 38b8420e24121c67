/**
 * The charts of one element: drawn at once the first time, then once a frame at most. Those that are
 * seen come first, together; the others after them, a few in a task. While they follow a live capture,
 * only those that are seen are drawn again.
 */
import type { EventMark } from "../src/model/marks.ts";
import { type ChartName, chartNames } from "../src/model/metric-row.ts";
import { Cursor } from "./cursor.ts";
import { DrawnChart } from "./drawing.ts";
import { laneItems, markPx } from "./mark-lane.ts";
import type { Plan, Words } from "./plan.ts";
import type { Range } from "./range.ts";
import type { Marked } from "./verdict-beats.ts";
import { showMarkLegend } from "./verdict-marks.ts";

export type ShownCapture = {
  /** `undefined` while there is nothing to draw. */
  plan(name: ChartName): Plan | undefined;
  /** Whether its data is still loading: it is drawn once, with all of it. */
  isAwaited(name: ChartName): boolean;
  range(): Range;
  marks(): readonly EventMark[];
  /** What the verdict marks; `undefined` where there is none. */
  marked(): Marked | undefined;
  rangeName(): string;
  zoomed(range: Range): void;
  opened(name: ChartName, timeMs: number): void;
};

type Entry = { readonly chart: DrawnChart; readonly figure: HTMLElement; isSeen: boolean };

/** Charts that are not seen are drawn for so long in one task: who scrolls or clicks does not wait. */
const taskMs = 30;

export class ChartSet {
  readonly #element: HTMLElement;
  readonly #shown: ShownCapture;
  readonly #words: Words;
  readonly #entries = new Map<ChartName, Entry>();
  readonly #stale = new Set<ChartName>();
  readonly #off = new AbortController();
  /** Kinds of the verdict's marks that are switched off. */
  readonly #hidden = new Set<string>();
  readonly #cursor: Cursor;
  #frame = 0;
  #timer = 0;
  #isLaying = false;
  #hasBegun = false;
  #width = 0;

  constructor(element: HTMLElement, shown: ShownCapture) {
    this.#element = element;
    this.#shown = shown;
    this.#words = JSON.parse(element.dataset.words ?? "{}");
    this.#cursor = new Cursor({
      charts: () => [...this.#entries.values()].map(({ chart }) => chart),
      timeAt: (chart, x) => this.#timeAt(chart, x),
      opened: (chart, timeMs) => shown.opened(chart.name, timeMs),
    });
    for (const name of chartNames) this.#addChart(name);
    this.#watch();
  }

  /** How many marks fit side by side. */
  get markCount(): number {
    const width = this.#entries.get("stages")?.chart.plot.clientWidth ?? 0;
    return Math.max(1, Math.min(120, Math.floor(width / markPx)));
  }

  redraw(): void {
    for (const name of this.#entries.keys()) this.#stale.add(name);
    this.#schedule();
  }

  /** Draws the charts that were waiting for data. */
  resume(): void {
    if (this.#stale.size > 0) this.#schedule();
  }

  /** The events only: the lines stay as they are. */
  redrawMarks(): void {
    for (const { chart, figure } of this.#entries.values()) {
      if (figure.dataset.state === "drawn") chart.drawMarks(this.#shown.marks());
    }
    this.#drawLane();
  }

  /** What the verdict marks, and its legend: the lines stay as they are. */
  redrawVerdict(): void {
    const marked = this.#shown.marked();
    for (const { chart, figure } of this.#entries.values()) {
      if (figure.dataset.state === "drawn") chart.drawVerdict({ marked, hidden: this.#hidden });
    }
    const legend = this.#element.querySelector<HTMLElement>(".verdict-legend");
    if (legend === null) return;
    const changed = () => this.redrawVerdict();
    showMarkLegend(legend, marked, { hidden: this.#hidden, words: this.#words, changed });
  }

  destroy(): void {
    this.#off.abort();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    for (const { chart } of this.#entries.values()) chart.destroy();
    this.#entries.clear();
  }

  #addChart(name: ChartName): void {
    const figure = this.#element.querySelector<HTMLElement>(`.chart-${name}`);
    if (figure === null) return;
    const { zoomed } = this.#shown;
    const chart = new DrawnChart({ name, figure, words: this.#words, zoomed });
    this.#entries.set(name, { chart, figure, isSeen: false });
    this.#cursor.listen(chart, this.#off.signal);
  }

  #watch(): void {
    const { signal } = this.#off;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.#begin(), { signal });
    const sizes = new ResizeObserver(() => {
      const width = this.#element.clientWidth;
      if (this.#width !== 0 && this.#width !== width) this.redraw();
      this.#width = width;
    });
    sizes.observe(this.#element);
    const seen = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        for (const entry of this.#entries.values()) {
          if (entry.figure === target) entry.isSeen = isIntersecting;
        }
      }
      this.resume();
    });
    for (const { figure } of this.#entries.values()) seen.observe(figure);
    signal.addEventListener("abort", () => {
      sizes.disconnect();
      seen.disconnect();
    });
  }

  /** Redrawn in other colours. */
  #begin(): void {
    for (const { chart } of this.#entries.values()) chart.destroy();
    this.redraw();
  }

  /** The first time at once: otherwise the page would be painted without charts. */
  #schedule(): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#draw();
      return;
    }
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const due = [...this.#entries].filter(([name, entry]) => this.#isDue(name, entry));
    // One that is awaited may come meanwhile: it goes before those below it.
    const isAwaiting = [...this.#stale].some((name) => this.#shown.isAwaited(name));
    this.#drawSome(due, isAwaiting);
    if (due.length > 0) this.#cursor.show();
    const left = due.filter(([name]) => this.#stale.has(name));
    if (left.some(([, { isSeen }]) => isSeen)) this.#schedule();
    else if (left.length > 0) this.#timer = window.setTimeout(() => this.#draw());
    else if (!isAwaiting) this.#layDragLayers();
  }

  /** All that are seen, or as many of the others as a task has time for. */
  #drawSome(due: readonly [ChartName, Entry][], isAwaiting: boolean): void {
    const seen = due.filter(([, { isSeen }]) => isSeen);
    const isTogether = seen.length > 0 && !isAwaiting;
    const untilMs = isAwaiting ? 0 : performance.now() + taskMs;
    for (const [name, entry] of isTogether ? seen : new Map([...seen, ...due])) {
      this.#drawOne(name, entry);
      if (!isTogether && performance.now() > untilMs) return;
    }
  }

  /** What people drag across comes when the page is at rest. */
  #layDragLayers(): void {
    const next = [...this.#entries.values()].find(({ chart }) => chart.needsDragLayer);
    if (next === undefined || this.#isLaying) return;
    this.#isLaying = true;
    whenAtRest(async () => {
      try {
        if (!this.#off.signal.aborted) await next.chart.layDragLayer();
      } finally {
        this.#isLaying = false;
      }
      if (!this.#off.signal.aborted) this.#layDragLayers();
    });
  }

  /**
   * The first time, or for another range, all are drawn; charts that only grew wait until they are
   * visible.
   */
  #isDue(name: ChartName, { figure, isSeen }: Entry): boolean {
    if (!this.#stale.has(name) || this.#shown.isAwaited(name)) return false;
    const { state, range } = figure.dataset;
    const isSame = state === "drawn" && range === this.#shown.rangeName();
    return isSeen || this.#element.dataset.live !== "yes" || !isSame;
  }

  /** The figure says what it shows, for the style sheet: one that is not seen cannot be drawn into. */
  #drawOne(name: ChartName, { chart, figure }: Entry): void {
    const plan = this.#shown.plan(name);
    this.#stale.delete(name);
    if (plan === undefined) {
      figure.dataset.state = "empty";
      chart.destroy();
      return;
    }
    figure.dataset.state = "drawn";
    chart.draw({ plan, range: this.#shown.range(), marks: this.#shown.marks() });
    chart.drawVerdict({ marked: this.#shown.marked(), hidden: this.#hidden });
    figure.dataset.range = this.#shown.rangeName();
    if (name === "stages") this.#drawLane();
  }

  #drawLane(): void {
    const { moments } = this.#element.dataset;
    const lane = this.#element.querySelector(".marks");
    const stages = this.#entries.get("stages")?.chart;
    if (lane === null || stages === undefined || !moments) return;
    const items = laneItems({
      field: stages.field,
      range: this.#shown.range(),
      marks: this.#shown.marks(),
      words: this.#words,
      address: moments,
    });
    const focused = lane.contains(document.activeElement) && document.activeElement;
    lane.replaceChildren(...items);
    if (!(focused instanceof HTMLAnchorElement)) return;
    const again = [...lane.querySelectorAll("a")].find(({ href }) => href === focused.href);
    again?.focus({ preventScroll: true });
  }

  #timeAt({ field }: DrawnChart, x: number): number {
    const { fromMs, toMs } = this.#shown.range();
    const share = Math.max(0, Math.min(1, (x - field.left) / field.width));
    return fromMs + share * (toMs - fromMs);
  }
}

/** If a browser does not report it, a moment later. */
function whenAtRest(run: () => Promise<void>): void {
  if ("requestIdleCallback" in window) requestIdleCallback(() => void run(), { timeout: 1000 });
  else setTimeout(() => void run(), 200);
}
