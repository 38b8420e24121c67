/**
 * Per frame: a code that machines read back out of the picture, on this host and in the page.
 *
 * It is drawn into the luma plane as 7 rows of 16 cells at the top left, black 0 and white 1, most
 * significant bit first, rows from the top, so large that it survives a low bitrate:
 *
 * | row | bits                                        |
 * |-----|---------------------------------------------|
 * | 0-1 | frame number, 32 bits                       |
 * | 2-5 | start of capture in microseconds, 64 bits   |
 * | 6   | CRC-16 (polynomial 0x1021, start 0xffff) of rows 0 to 5 |
 */

/** A picture's luma plane, one byte a pixel. */
export type Luma = {
  readonly data: Uint8Array;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly width: number;
  readonly height: number;
};

/** What is drawn into each test picture; the time is on the one clock. */
export type Code = { readonly frameNumber: number; readonly captureStartUs: number };

/** Cells from the upper edge to a mark, which leaves one between the two. */
const markTop = 8;
const columnCount = 16;
const rowCount = 7;
const black = 16;
const white = 235;
const middle = (black + white) / 2;
const wordMax = 0xffff;

/** Edge of a cell in pixels; undefined when the picture is too small for a readable code. */
export function codeCellSize(width: number, height: number): number | undefined {
  const fits = (size: number) => size * columnCount <= width && size * rowCount <= height;
  // Whole macroblocks if they fit, at most four of them in large pictures.
  if (width >= 1280 && fits(32)) return 32;
  return [16, 8, 4].find(fits);
}

/** Draws the code over the picture; false when the picture is too small. */
export function drawCode(luma: Luma, frameNumber: number, captureStartUs: number): boolean {
  const size = codeCellSize(luma.width, luma.height);
  if (size === undefined) return false;
  let check = wordMax;
  for (let row = 0; row < rowCount - 1; row += 1) {
    const word = wordAt(row, frameNumber, captureStartUs);
    check = crcOfWord(check, word);
    drawRow(luma, row * size, { word, size });
  }
  drawRow(luma, (rowCount - 1) * size, { word: check, size });
  return true;
}

/** Whether there is room for a second code below the first. */
export function hasRoomForMark({ width, height }: Pick<Luma, "width" | "height">): boolean {
  const size = codeCellSize(width, height);
  return size !== undefined && size * (markTop + rowCount) <= height;
}

/** What the code takes at the top left, with the mark below it where there is one; undefined where there is no room. */
export function codePlace(
  picture: Pick<Luma, "width" | "height">,
  { isMarked }: { isMarked: boolean },
): Pick<Luma, "width" | "height"> | undefined {
  const size = codeCellSize(picture.width, picture.height);
  if (size === undefined) return undefined;
  const rows = isMarked ? markTop + rowCount : rowCount;
  return { width: columnCount * size, height: rows * size };
}

/** Position of the second code, in pixels of the picture; undefined if there is no room. */
export function markPlace(picture: Pick<Luma, "width" | "height">) {
  const size = codeCellSize(picture.width, picture.height);
  if (size === undefined || !hasRoomForMark(picture)) return undefined;
  return { left: 0, top: markTop * size, width: columnCount * size, height: rowCount * size };
}

/**
 * Draws a mark below the code: its number, and the start of the capture of the first picture that has it.
 * False when the picture is too small.
 */
export function drawMark(luma: Luma, mark: number, firstUs: number): boolean {
  const place = markPlace(luma);
  if (place === undefined) return false;
  const below = { ...luma, data: luma.data.subarray(place.top * luma.stride) };
  return drawCode(below, mark, firstUs);
}

/** Reads the code back; undefined when there is none or its checksum does not fit. */
export function readCode(luma: Luma): Code | undefined {
  const size = codeCellSize(luma.width, luma.height);
  if (size === undefined) return undefined;
  const words: number[] = [];
  for (let row = 0; row < rowCount; row += 1) words.push(readRow(luma, row, size));
  const [number1 = 0, number0 = 0, time3 = 0, time2 = 0, time1 = 0, time0 = 0, check] = words;
  if (words.slice(0, -1).reduce(crcOfWord, wordMax) !== check) return undefined;
  const captureStartUs = ((time3 * 0x10000 + time2) * 0x10000 + time1) * 0x10000 + time0;
  if (!Number.isSafeInteger(captureStartUs)) return undefined;
  return {
    frameNumber: number1 * 0x10000 + number0,
    captureStartUs,
  };
}

function wordAt(row: number, frameNumber: number, timeUs: number): number {
  switch (row) {
    case 0:
      return Math.floor(frameNumber / 0x10000) & wordMax;
    case 1:
      return frameNumber & wordMax;
    default:
      return Math.floor(timeUs / 0x10000 ** (5 - row)) % 0x10000;
  }
}

function crcOfWord(check: number, word: number): number {
  let crc = check ^ word;
  for (let bit = 0; bit < 16; bit += 1) {
    crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  }
  return crc & wordMax;
}

function drawRow(luma: Luma, top: number, cells: { word: number; size: number }): void {
  const { data, stride } = luma;
  const start = top * stride;
  for (let column = 0; column < columnCount; column += 1) {
    const isSet = (cells.word >> (columnCount - 1 - column)) & 1;
    const left = start + column * cells.size;
    data.fill(isSet === 1 ? white : black, left, left + cells.size);
  }
  const byteCount = columnCount * cells.size;
  for (let line = 1; line < cells.size; line += 1) {
    data.copyWithin(start + line * stride, start, start + byteCount);
  }
}

function readRow(luma: Luma, row: number, size: number): number {
  let word = 0;
  for (let column = 0; column < columnCount; column += 1) {
    word = (word << 1) | (cellMean(luma, { row, column, size }) > middle ? 1 : 0);
  }
  return word;
}

/** Mean of a cell's inner half: its rim is where an encoder blurs. */
function cellMean(luma: Luma, cell: { row: number; column: number; size: number }): number {
  const rim = cell.size / 4;
  const inner = cell.size / 2;
  let sum = 0;
  for (let y = 0; y < inner; y += 1) {
    const start = (cell.row * cell.size + rim + y) * luma.stride + cell.column * cell.size + rim;
    for (let x = 0; x < inner; x += 1) sum += luma.data[start + x] ?? 0;
  }
  return sum / (inner * inner);
}
