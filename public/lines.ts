/**
 * Draws a chart's grid and its lines into the field. One node for each line, however many points it
 * has; colours are the style sheet's.
 */
import type { Field } from "./field.ts";
import { areaPath, type LineView, linePath } from "./line-paths.ts";
import { brokenLine, usualStep } from "./pauses.ts";
import type { Line, Plan } from "./plan.ts";
import type { Range } from "./range.ts";

const space = "http://www.w3.org/2000/svg";
/** A line at the bottom or top edge has the same width as any other. */
const edgePx = 1;
const widthPx = 1.6;

export type GridView = {
  readonly field: Field;
  readonly range: Range;
  /** The value at the top of the field, in so many steps. */
  readonly top: number;
  readonly tickAmount: number;
};

/** The lines of one chart. */
export class LineLayer {
  readonly #svg = document.createElementNS(space, "svg");

  constructor() {
    this.#svg.setAttribute("class", "lines");
  }

  draw(plan: Plan, { field, range, top, tickAmount }: GridView, into: HTMLElement): void {
    const { left, width, height } = field;
    const view = { width, height, range, top };
    const box = { x: 0, y: -edgePx, width, height: height + 2 * edgePx };
    this.#svg.setAttribute("width", `${box.width}`);
    this.#svg.setAttribute("height", `${box.height}`);
    this.#svg.setAttribute("viewBox", Object.values(box).join(" "));
    this.#svg.style.left = `${left}px`;
    this.#svg.style.top = `${field.top + box.y}px`;
    const shown = plan.lines.filter(({ isBar }) => isBar !== true);
    const steps = new Map(shown.map(({ times }) => [times, 0]));
    for (const times of steps.keys()) steps.set(times, usualStep(times));
    this.#svg.replaceChildren(
      gridOf(field, tickAmount),
      ...shown.map((line) => pathOf(line, steps.get(line.times) ?? 0, view)),
    );
    if (this.#svg.parentElement !== into) into.prepend(this.#svg);
  }

  clear(): void {
    this.#svg.remove();
  }
}

/** A line across for each step of the value axis. */
function gridOf({ width, height }: Field, tickAmount: number): SVGElement {
  const path = document.createElementNS(space, "path");
  path.setAttribute("class", "grid c-grid");
  const steps = Array.from({ length: tickAmount + 1 }, (_, step) => (height * step) / tickAmount);
  path.setAttribute("d", steps.map((y) => `M0 ${Math.round(y * 10) / 10}h${width}`).join(""));
  return path;
}

function pathOf(line: Line, stepMs: number, view: LineView): SVGElement {
  const { name, color, kind, isDashed, width = widthPx, times, drawn } = line;
  const isPoint = times.length < 2;
  const points = brokenLine(times, drawn, stepMs);
  const path = document.createElementNS(space, "path");
  const look = isPoint ? "point" : `${kind}${isDashed === true ? " dashed" : ""}`;
  path.setAttribute("class", `${look} c-${color}`);
  path.setAttribute("data-line", name);
  if (kind === "line" && !isPoint) path.setAttribute("stroke-width", `${width}`);
  path.setAttribute(
    "d",
    kind === "area" && !isPoint ? areaPath(points, view) : linePath(points, view),
  );
  return path;
}
