/**
 * Pointing at a moment, with the mouse, a finger or the arrow keys: all charts show where it is,
 * and the one under the pointer shows its values. A click, or Enter, opens the events of that
 * moment; a finger shows first, and opens when it touches the same moment again.
 */
import type { DrawnChart } from "./drawing.ts";
import { nextTime } from "./tip.ts";

export type Pointing = {
  readonly charts: () => Iterable<DrawnChart>;
  /** The time at a place in a chart, in pixels from its left. */
  timeAt(chart: DrawnChart, x: number): number;
  opened(chart: DrawnChart, timeMs: number): void;
};

/** A pointer that moved farther than this was dragged. */
const clickPxMax = 4;

export class Cursor {
  readonly #pointing: Pointing;
  #chart: DrawnChart | undefined;
  #timeMs: number | undefined;
  #downX = 0;
  #frame = 0;
  #touchedMs: number | undefined;

  constructor(pointing: Pointing) {
    this.#pointing = pointing;
  }

  listen(chart: DrawnChart, signal: AbortSignal): void {
    const { plot } = chart;
    const options = { signal, passive: true } as const;
    plot.addEventListener("pointermove", (event) => this.#move(chart, event), options);
    plot.addEventListener("pointerleave", () => this.#hide(), options);
    plot.addEventListener("blur", () => this.#hide(), options);
    plot.addEventListener("pointerdown", (event) => this.#down(event), options);
    plot.addEventListener("click", (event) => this.#click(chart, event), options);
    plot.addEventListener("keydown", (event) => this.#press(chart, event), { signal });
  }

  /** After the charts were redrawn. */
  show(): void {
    if (this.#chart === undefined) return;
    for (const chart of this.#pointing.charts()) {
      const atMs = chart.point(this.#timeMs, chart === this.#chart);
      if (atMs !== undefined) this.#timeMs = atMs;
    }
  }

  #move(chart: DrawnChart, event: PointerEvent): void {
    if (event.pointerType === "touch") return;
    this.#point(chart, this.#pointing.timeAt(chart, xOf(chart, event)));
  }

  /** At most once per frame. */
  #point(chart: DrawnChart, timeMs: number): void {
    this.#chart = chart;
    this.#timeMs = timeMs;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.show());
  }

  #hide(): void {
    cancelAnimationFrame(this.#frame);
    this.#chart = undefined;
    for (const chart of this.#pointing.charts()) chart.point(undefined, false);
  }

  #down(event: PointerEvent): void {
    this.#downX = event.clientX;
  }

  #click(chart: DrawnChart, event: PointerEvent): void {
    if (Math.abs(event.clientX - this.#downX) > clickPxMax) return;
    this.#chart = chart;
    this.#timeMs = this.#pointing.timeAt(chart, xOf(chart, event));
    this.show();
    const isFirst = event.pointerType === "touch" && this.#touchedMs !== this.#timeMs;
    this.#touchedMs = this.#timeMs;
    if (!isFirst && this.#timeMs !== undefined) this.#pointing.opened(chart, this.#timeMs);
  }

  #press(chart: DrawnChart, event: KeyboardEvent): void {
    if (event.target !== chart.plot) return;
    const timeMs = this.#timeMs ?? this.#pointing.timeAt(chart, chart.plot.clientWidth / 2);
    switch (event.key) {
      case "ArrowLeft":
      case "ArrowRight":
        event.preventDefault();
        this.#point(chart, nextTime(chart.plan, timeMs, event.key === "ArrowLeft" ? -1 : 1));
        return;
      case "Enter":
        if (this.#chart === chart) this.#pointing.opened(chart, timeMs);
        return;
      case "Escape":
        this.#hide();
        return;
      default:
    }
  }
}

function xOf(chart: DrawnChart, event: MouseEvent): number {
  return event.clientX - chart.plot.getBoundingClientRect().left;
}
