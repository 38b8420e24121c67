/**
 * Draws a chart's lines into the frame that ApexCharts has laid out: above its grid, below what
 * people drag across it. One node per line, however many points it has; colours come from the style
 * sheet.
 */
import { areaPath, type LineView, linePath } from "./line-paths.ts";
import { brokenLine, usualStep } from "./pauses.ts";
import type { Line, Plan } from "./plan.ts";

const space = "http://www.w3.org/2000/svg";
/** A line at the bottom or top edge has the same width as any other. */
const edgePx = 1;
const widthPx = 1.6;

/** The lines of one chart. */
export class LineLayer {
  readonly #svg = document.createElementNS(space, "svg");

  constructor() {
    this.#svg.setAttribute("class", "lines");
  }

  /** @param below what is drawn right below the lines */
  draw(plan: Plan, view: LineView, below: Element): void {
    const { width, height } = view;
    const box = { x: 0, y: -edgePx, width, height: height + 2 * edgePx };
    for (const [name, value] of Object.entries(box)) this.#svg.setAttribute(name, `${value}`);
    this.#svg.setAttribute("viewBox", Object.values(box).join(" "));
    const shown = plan.lines.filter(({ isBar }) => isBar !== true);
    const steps = new Map(shown.map(({ times }) => [times, 0]));
    for (const times of steps.keys()) steps.set(times, usualStep(times));
    this.#svg.replaceChildren(
      ...shown.map((line) => pathOf(line, steps.get(line.times) ?? 0, view)),
    );
    if (below.nextSibling !== this.#svg) below.after(this.#svg);
  }

  clear(): void {
    this.#svg.remove();
  }
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
