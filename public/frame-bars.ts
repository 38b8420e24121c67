/** Draws single frames into a canvas over a chart's field: at least one column of pixels each. */
import { columnsOf, type FrameBars } from "./frame-plan.ts";
import type { Field } from "./overlay.ts";
import { usualStep } from "./pauses.ts";
import type { Range } from "./range.ts";

/** A gap between bars, if they are wide enough. */
const gapFromPx = 4;
/** The width of a frame that stands alone. */
const defaultStepMs = 16;

export class FrameCanvas {
  readonly #canvas = document.createElement("canvas");

  constructor() {
    this.#canvas.className = "frame-bars";
    this.#canvas.setAttribute("aria-hidden", "true");
  }

  draw(
    bars: FrameBars,
    view: { readonly field: Field; readonly range: Range; readonly topUs: number },
    into: HTMLElement,
  ): void {
    const { field } = view;
    const scale = Math.min(2, devicePixelRatio || 1);
    const [width, height] = [field.width, field.height].map((px) => Math.round(px * scale));
    Object.assign(this.#canvas, { width, height });
    place(this.#canvas, field);
    if (this.#canvas.parentElement !== into) into.append(this.#canvas);
    const context = this.#canvas.getContext("2d");
    if (context === null || width === undefined || height === undefined) return;
    paint(context, bars, { ...view, width, height });
  }

  clear(): void {
    this.#canvas.remove();
  }
}

/** Over the field of a chart. */
export function place(canvas: HTMLCanvasElement, { left, top, width, height }: Field): void {
  const { style } = canvas;
  style.left = `${left}px`;
  style.top = `${top}px`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}

type Paint = {
  readonly range: Range;
  readonly topUs: number;
  readonly width: number;
  readonly height: number;
};

function paint(context: CanvasRenderingContext2D, bars: FrameBars, view: Paint): void {
  const { range, topUs, width, height } = view;
  const frameMs = usualStep(bars.times) || defaultStepMs;
  const columns = columnsOf(bars, { range, width, frameMs });
  const pxPerFrame = (frameMs * width) / Math.max(1e-6, range.toMs - range.fromMs);
  const colors = [...bars.colors, "alarm"].map(chartColor);
  const alarm = colors.at(-1) ?? "";
  let last = -1;
  for (const [x, column] of columns.entries()) {
    if (column === undefined) continue;
    const isGap = pxPerFrame >= gapFromPx && column.frame !== last;
    last = column.frame;
    if (!isGap) paintColumn(context, { bars, column, x, colors, topUs, height });
    if (column.fate !== 0) paintFate(context, { fate: column.fate, x, alarm, height });
  }
}

type ColumnPaint = {
  readonly bars: FrameBars;
  readonly column: { readonly frame: number };
  readonly x: number;
  readonly colors: readonly string[];
  readonly topUs: number;
  readonly height: number;
};

function paintColumn(context: CanvasRenderingContext2D, one: ColumnPaint): void {
  const { bars, column, x, colors, topUs, height } = one;
  let ground = 0;
  for (const [layer, sums] of bars.sums.entries()) {
    const sum = sums[column.frame] ?? 0;
    const [from, to] = [ground, sum].map((us) => Math.min(height, (us / topUs) * height));
    context.fillStyle = colors[layer] ?? "";
    context.fillRect(x, height - (to ?? 0), 1, (to ?? 0) - (from ?? 0));
    ground = sum;
  }
}

/** A slot without a frame is red from top to bottom, a lost frame has a red foot. */
function paintFate(
  context: CanvasRenderingContext2D,
  { fate, x, alarm, height }: { fate: number; x: number; alarm: string; height: number },
): void {
  context.fillStyle = alarm;
  if (fate === 1) {
    context.globalAlpha = 0.35;
    context.fillRect(x, 0, 1, height);
    context.globalAlpha = 1;
  }
  const foot = Math.max(3, Math.round(height / 40));
  context.fillRect(x, height - foot, 1, foot);
}

/** Read from the style sheet, which knows light and dark; in the form that a canvas takes. */
export function chartColor(name: string): string {
  const probe = document.createElement("i");
  probe.className = `swatch c-${name}`;
  probe.hidden = true;
  document.body.append(probe);
  const color = getComputedStyle(probe).backgroundColor;
  probe.remove();
  return color;
}
