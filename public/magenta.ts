/** Areas with much magenta in a picture, such as the probe window. Pure: pixels in, a place out. */
import type { Box } from "../src/probe/patch.ts";

/** Red, green, blue and alpha of each pixel, as a canvas provides them. */
type Pixels = { readonly data: ArrayLike<number>; readonly width: number; readonly height: number };

/** Magenta after decoding: red and blue high, green low. */
const [highMin, lowMax] = [170, 110];
/** Minimum of magenta pixels in a row or column: fewer belong to an icon or a film. */
const runMin = 24;

/** Bounds of all rows and columns with much magenta; `undefined` when there is none. */
export function magentaBox(image: Pixels): Box | undefined {
  const { data, width, height } = image;
  const [rows, columns] = [new Uint32Array(height), new Uint32Array(width)];
  for (let at = 0; at < width * height; at += 1) {
    const [red = 0, green = 0, blue = 0] = [data[4 * at], data[4 * at + 1], data[4 * at + 2]];
    if (red < highMin || blue < highMin || green > lowMax) continue;
    const [row, column] = [Math.floor(at / width), at % width];
    rows[row] = (rows[row] ?? 0) + 1;
    columns[column] = (columns[column] ?? 0) + 1;
  }
  const [top, bottom] = [rows.findIndex(isMuch), rows.findLastIndex(isMuch)];
  const [left, right] = [columns.findIndex(isMuch), columns.findLastIndex(isMuch)];
  if (top < 0 || left < 0) return undefined;
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

function isMuch(count: number): boolean {
  return count >= runMin;
}
