/**
 * What the probe window shows: a code of black and white cells (video/code-block.ts) on magenta, a
 * colour that hardly any program uses this much. The page finds the magenta in its picture, and the
 * code in it. Pure: cells and positions, no pixels of a screen.
 */
import { drawCode } from "../video/code-block.ts";

/** Of the code, in cells. */
const [codeColumns, codeRows] = [16, 7];
/** Around the code, in cells. */
const margin = 2;
/** Of the whole patch, in cells. */
export const patchColumns: number = codeColumns + 2 * margin;
export const patchRows: number = codeRows + 2 * margin;
/** As 0xRRGGBB. */
export const patchColor = 0xff00ff;
const [black, white] = [0x000000, 0xffffff];
/** Smaller cells do not survive a low bitrate, larger ones waste it. */
const [cellMin, cellMax] = [8, 48];
/** Width of a desktop in cells: a stream of 1280 pixels shows each with 16. */
const cellsAcross = 80;

/** A filled rectangle in pixels of the window. */
export type Box = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
export type ColoredBox = Box & { readonly color: number };

/** Edge of a cell, in pixels, on a desktop of this width. */
export function cellFor(desktopWidth: number): number {
  return Math.min(cellMax, Math.max(cellMin, Math.round(desktopWidth / cellsAcross)));
}

/** The position of the patch in a window: centred, and smaller if the window is too small. */
export function patchBox(window: { width: number; height: number }, wantedCell: number): Box {
  const fitting = Math.min(window.width / patchColumns, window.height / patchRows);
  const cell = Math.max(1, Math.floor(Math.min(wantedCell, fitting)));
  const [width, height] = [cell * patchColumns, cell * patchRows];
  return {
    x: Math.floor((window.width - width) / 2),
    y: Math.floor((window.height - height) / 2),
    ...{ width, height },
  };
}

/** The position of the code in a patch of any position and size. */
export function codeBox({ x, y, width, height }: Box): Box {
  return {
    x: x + (width * margin) / patchColumns,
    y: y + (height * margin) / patchRows,
    width: (width * codeColumns) / patchColumns,
    height: (height * codeRows) / patchRows,
  };
}

/** Everything to fill, in order: the patch, black for the code, and a box for each run of white cells. */
export function patchBoxes(patch: Box, shown: { number: number; timeUs: number }): ColoredBox[] {
  const code = codeBox(patch);
  const cell = code.width / codeColumns;
  const boxes = [
    { ...patch, color: patchColor },
    { ...code, color: black },
  ];
  for (const [row, cells] of cellsOf(shown).entries()) {
    for (const { first, count } of runs(cells)) {
      const [x, y] = [code.x + first * cell, code.y + row * cell];
      boxes.push({ x, y, width: count * cell, height: cell, color: white });
    }
  }
  return boxes;
}

/** Rows of cells, true for white. */
function cellsOf({ number, timeUs }: { number: number; timeUs: number }): boolean[][] {
  const size = 4;
  const [width, height] = [codeColumns * size, codeRows * size];
  const data = new Uint8Array(width * height);
  drawCode({ data, stride: width, width, height }, number, timeUs);
  return Array.from({ length: codeRows }, (_, row) =>
    Array.from(
      { length: codeColumns },
      (__, column) => (data[row * size * width + column * size] ?? 0) > 127,
    ),
  );
}

function runs(cells: readonly boolean[]): { first: number; count: number }[] {
  const found: { first: number; count: number }[] = [];
  for (const [at, isWhite] of cells.entries()) {
    const last = found.at(-1);
    if (!isWhite) continue;
    if (last !== undefined && last.first + last.count === at) last.count += 1;
    else found.push({ first: at, count: 1 });
  }
  return found;
}
