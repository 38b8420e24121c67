/** A line's points as an SVG path, in pixels of its chart's field. Pure. */
import type { LinePoint } from "./pauses.ts";
import type { Range } from "./range.ts";

/** The field in pixels, the time across it, and the value at its top. */
export type LineView = {
  readonly width: number;
  readonly height: number;
  readonly range: Range;
  readonly top: number;
};

/**
 * A move to the first point of each segment, and lines to the others; a single point has no length.
 */
export function linePath(points: readonly LinePoint[], view: LineView): string {
  return piecesOf(points, view)
    .map((piece) => `M${piece.join("L")}${piece.length === 1 ? "h0" : ""}`)
    .join("");
}

/** The same, closed along the baseline. */
export function areaPath(points: readonly LinePoint[], view: LineView): string {
  const xOf = (place: string) => place.slice(0, place.indexOf(" "));
  return piecesOf(points, view)
    .map((piece) => {
      const [first = "", last = ""] = [piece[0], piece.at(-1)].map((place = "") => xOf(place));
      return `M${first} ${view.height}L${piece.join("L")}L${last} ${view.height}Z`;
    })
    .join("");
}

/** Points in pixels, to a tenth, interrupted where there is no value. */
function piecesOf(points: readonly LinePoint[], view: LineView): string[][] {
  const { width, height, range, top } = view;
  const perMs = width / Math.max(1e-6, range.toMs - range.fromMs);
  const pieces: string[][] = [];
  let piece: string[] | undefined;
  for (const [timeMs, value] of points) {
    if (value === null) {
      piece = undefined;
      continue;
    }
    if (piece === undefined) {
      piece = [];
      pieces.push(piece);
    }
    const [x, y] = [(timeMs - range.fromMs) * perMs, height * (1 - value / top)];
    piece.push(`${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`);
  }
  return pieces;
}
