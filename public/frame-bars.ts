/** Draws single frames into a canvas over a chart's field: at least one column of pixels each. */
import type { Field } from "./field.ts";
import { columnsOf, type FrameBars } from "./frame-plan.ts";
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
  const [alarm = "", ...colors] = chartColors(["alarm", ...bars.colors]);
  const isApart = pxPerFrame >= gapFromPx;
  const frames = columns.map((column, x) => {
    const isGap = isApart && column?.frame !== columns[x - 1]?.frame;
    return column === undefined || isGap ? -1 : column.frame;
  });
  paintLayers(context, { ...bars, colors }, { frames, topUs, height });
  for (const [x, column] of columns.entries()) {
    if (column === undefined || column.fate === 0) continue;
    paintFate(context, { fate: column.fate, x, alarm, height });
  }
}

/**
 * A layer after the other: a canvas takes a new colour slowly.
 * @param frames by column of pixels; -1 where none is drawn
 */
function paintLayers(
  context: CanvasRenderingContext2D,
  { sums, colors }: Pick<FrameBars, "sums" | "colors">,
  { frames, topUs, height }: { frames: readonly number[]; topUs: number; height: number },
): void {
  for (const [layer, tops] of sums.entries()) {
    context.fillStyle = colors[layer] ?? "";
    const grounds = sums[layer - 1] ?? [];
    for (const [x, frame] of frames.entries()) {
      if (frame < 0) continue;
      const [from = 0, to = 0] = [grounds[frame], tops[frame]].map((us) =>
        Math.min(height, ((us ?? 0) / topUs) * height),
      );
      context.fillRect(x, height - to, 1, to - from);
    }
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

/** From the style sheet, which knows light and dark; as what a canvas takes. */
export function chartColors(names: readonly string[]): string[] {
  const probes = names.map((name) => {
    const probe = document.createElement("i");
    probe.className = `swatch c-${name}`;
    return probe;
  });
  const holder = document.createElement("div");
  holder.hidden = true;
  holder.append(...probes);
  document.body.append(holder);
  const colors = probes.map((probe) => getComputedStyle(probe).backgroundColor);
  holder.remove();
  return colors;
}
