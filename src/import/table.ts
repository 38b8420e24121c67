/** Tables of text: lines with commas between cells, quotes around those that need them. Bounded. */
const columnCountMax = 200;
const cellLengthMax = 4096;

/** The cells of a line; `undefined` when it is none of a table. */
export function cellsOf(line: string): string[] | undefined {
  if (!line.includes('"')) {
    const cells = line.split(",");
    return cells.length > columnCountMax ? undefined : cells.map((cell) => cell.trim());
  }
  const cells: string[] = [];
  for (const [, quoted, plain = ""] of line.matchAll(
    /(?:^|,)(?:\s*"((?:[^"]|"")*)"\s*|([^,]*))/g,
  )) {
    const cell = quoted?.replaceAll('""', '"') ?? plain.trim();
    if (cells.length >= columnCountMax || cell.length > cellLengthMax) return undefined;
    cells.push(cell);
  }
  return cells;
}

/** Lines without their ends and without a mark of byte order; the last one may be cut off. */
export function* linesOf(text: string): Generator<string> {
  let from = text.startsWith("\ufeff") ? 1 : 0;
  while (from < text.length) {
    const end = text.indexOf("\n", from);
    const to = end === -1 ? text.length : end;
    yield text.slice(from, to).replace(/\r$/, "");
    from = to + 1;
  }
}

/** A finite number; absent for anything else, such as NA. */
export function numberIn(cell: string | undefined): number | undefined {
  if (cell === undefined || !/^-?\d{1,18}(?:\.\d{1,18})?(?:e[+-]?\d{1,3})?$/i.test(cell))
    return undefined;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}
