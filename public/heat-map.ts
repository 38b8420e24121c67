/**
 * A heat map on a canvas: time across, lateness up on a log scale, colour by how many frames. A
 * single slow frame among ten thousand has its own cell, never too faint to see.
 */
import type { FramesOverview } from "../src/model/frames-overview.ts";
import { axisNumber, formatDuration } from "./format.ts";
import { chartColors } from "./frame-bars.ts";
import { alphaOf, binRange } from "./frame-folds.ts";
import { timeTicks } from "./ticks.ts";

const room = { left: 50, right: 22, top: 6, bottom: 24 };
const heightPx = 220;
const labelPx = 84;
const labelledMs = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000] as const;

/** Draws into an element, again for another overview or width. */
export class HeatMap {
  readonly #element: HTMLElement;
  readonly #canvas = document.createElement("canvas");
  #overview: FramesOverview | undefined;
  #pointed: number | undefined;

  constructor(element: HTMLElement) {
    this.#element = element;
    this.#canvas.setAttribute("aria-hidden", "true");
    element.replaceChildren(this.#canvas);
  }

  get overview(): FramesOverview | undefined {
    return this.#overview;
  }

  draw(overview: FramesOverview): void {
    this.#overview = overview;
    this.redraw();
  }

  /** @param bucket a part of the range to point at, or none */
  point(bucket: number | undefined): void {
    this.#pointed = bucket;
    this.redraw();
  }

  /** The part of the range at a position on the page. */
  bucketAt(clientX: number): number | undefined {
    const overview = this.#overview;
    if (overview === undefined) return undefined;
    const { left, width } = this.#canvas.getBoundingClientRect();
    const share = (clientX - left - room.left) / Math.max(1, width - room.left - room.right);
    const count = overview.buckets.frames.length;
    return Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  }

  redraw(): void {
    const overview = this.#overview;
    const width = this.#element.clientWidth;
    const context = this.#canvas.getContext("2d");
    if (overview === undefined || context === null || width === 0) return;
    const scale = Math.min(2, devicePixelRatio || 1);
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(heightPx * scale);
    context.scale(scale, scale);
    const field = {
      left: room.left,
      top: room.top,
      width: Math.max(1, width - room.left - room.right),
      height: heightPx - room.top - room.bottom,
    };
    paintAxes(context, overview, field);
    paintCells(context, overview, field);
    if (this.#pointed !== undefined)
      paintPointer(context, field, (this.#pointed + 0.5) / overview.buckets.frames.length);
  }
}

type Field = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

function paintCells(
  context: CanvasRenderingContext2D,
  overview: FramesOverview,
  field: Field,
): void {
  const { cells, buckets } = overview;
  const { low, high } = binRange(overview);
  const count = buckets.frames.length;
  const most = cells.count.reduce((max, one) => Math.max(max, one), 1);
  const [cellWidth, cellHeight] = [field.width / count, field.height / Math.max(1, high - low)];
  const [color = "", alarm = ""] = chartColors(["send", "alarm"]);
  context.fillStyle = color;
  for (const [index, bucket] of cells.bucket.entries()) {
    const bin = cells.bin[index] ?? 0;
    context.globalAlpha = alphaOf(cells.count[index] ?? 1, most);
    const x = field.left + bucket * cellWidth;
    const y = field.top + field.height - (bin - low + 1) * cellHeight;
    // Slightly wider, so that neighbours leave no seam and a slow frame of a long range is visible.
    context.fillRect(x, y, Math.max(1.5, cellWidth + 0.4), Math.max(1.5, cellHeight + 0.4));
  }
  context.globalAlpha = 1;
  context.fillStyle = alarm;
  for (const [bucket, gone] of buckets.gone.entries()) {
    if (gone === 0) continue;
    const x = field.left + bucket * cellWidth;
    context.fillRect(x, field.top + field.height + 1, Math.max(1.5, cellWidth), 4);
  }
}

function paintAxes(
  context: CanvasRenderingContext2D,
  overview: FramesOverview,
  field: Field,
): void {
  const { low, high } = binRange(overview);
  const bins = overview.bins_us;
  const bottom = field.top + field.height;
  context.font = "12px system-ui, sans-serif";
  const [text = "", grid = ""] = chartColors(["muted", "grid"]);
  context.fillStyle = text;
  context.strokeStyle = grid;
  context.textAlign = "right";
  for (const ms of labelledMs) {
    const bin = bins.findIndex((us) => us >= ms * 1000 - 1);
    if (bin <= low || bin >= high) continue;
    const y = bottom - ((bin - low) / (high - low)) * field.height;
    line(context, [field.left, y], [field.left + field.width, y]);
    context.fillText(axisNumber(ms, ms < 1 ? 1 : 0), field.left - 8, y + 4);
  }
  context.textAlign = "center";
  const range = { fromMs: overview.from_ms, toMs: overview.to_ms };
  const { times, stepMs } = timeTicks(range, Math.max(2, Math.floor(field.width / labelPx)));
  for (const timeMs of times) {
    const share = (timeMs - range.fromMs) / Math.max(1, range.toMs - range.fromMs);
    const tenth = stepMs < 1000 ? `.${Math.floor((timeMs % 1000) / 100)}` : "";
    context.fillText(formatDuration(timeMs) + tenth, field.left + share * field.width, bottom + 19);
  }
}

/** @param share of the range, from its start */
function paintPointer(context: CanvasRenderingContext2D, field: Field, share: number): void {
  const x = field.left + share * field.width + 0.5;
  context.strokeStyle = chartColors(["ink"])[0] ?? "";
  line(context, [x, field.top], [x, field.top + field.height]);
}

function line(
  context: CanvasRenderingContext2D,
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): void {
  context.beginPath();
  context.moveTo(fromX, Math.round(fromY) + 0.5);
  context.lineTo(toX, Math.round(toY) + 0.5);
  context.stroke();
}
