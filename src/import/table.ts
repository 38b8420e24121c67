/** Tables of text: lines with commas between cells, quotes around those that need them. Bounded. */
import type { OnRead } from "./run.ts";

const columnCountMax = 200;
const cellLengthMax = 4096;
/** Of lines with quotes, whose ends are searched for. */
const lineLengthMax = 65_536;
/** Lines between two reports of progress. */
const reportLineCount = 20_000;

/** What a table looks like, and how much of it is read. */
export type TableForm = {
  /** The heading is searched for in this many first lines. */
  readonly headLineCountMax: number;
  isHead(line: string): boolean;
  readonly rowCountMax: number;
  readonly onRead?: OnRead;
};

/** A table below its heading. */
export class TextTable {
  readonly names: readonly string[];
  /** It has more rows than were read. */
  isCut = false;
  readonly #text: string;
  readonly #headLine: number;
  readonly #form: TableForm;

  /** `undefined` if the heading is not found. */
  static open(text: string, form: TableForm): TextTable | undefined {
    let line = 0;
    for (const head of linesOf(text)) {
      if (line === form.headLineCountMax) return undefined;
      if (form.isHead(head)) return new TextTable({ text, head, line, form });
      line += 1;
    }
    return undefined;
  }

  private constructor(found: {
    readonly text: string;
    readonly head: string;
    readonly line: number;
    readonly form: TableForm;
  }) {
    this.names = cellsOf(found.head) ?? [];
    this.#text = found.text;
    this.#headLine = found.line;
    this.#form = found.form;
  }

  /** The cells of each line; lines that do not belong to a table are left out. */
  *rows(): Generator<readonly string[]> {
    const { rowCountMax, onRead } = this.#form;
    let line = -1;
    for (const text of linesOf(this.#text, onRead)) {
      line += 1;
      if (line <= this.#headLine) continue;
      this.isCut = line > this.#headLine + rowCountMax;
      if (this.isCut) return;
      const cells = cellsOf(text);
      if (cells !== undefined) yield cells;
    }
  }
}

/** The cells of a line; `undefined` if it does not belong to a table. */
export function cellsOf(line: string): string[] | undefined {
  if (!line.includes('"')) {
    const cells = line.split(",", columnCountMax + 1);
    return cells.length > columnCountMax ? undefined : cells.map((cell) => cell.trim());
  }
  if (line.length > lineLengthMax) return undefined;
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

/**
 * Lines without their line breaks and without a byte order mark; the last one may be cut off.
 * @param onRead called periodically with the share of the text that has been read
 */
export function* linesOf(text: string, onRead?: OnRead): Generator<string> {
  let from = text.startsWith("\ufeff") ? 1 : 0;
  for (let count = 1; from < text.length; count++) {
    const end = text.indexOf("\n", from);
    const to = end === -1 ? text.length : end;
    yield text.slice(from, text[to - 1] === "\r" ? to - 1 : to);
    from = to + 1;
    if (count % reportLineCount === 0) onRead?.(Math.min(1, from / text.length));
  }
}

/** A finite number; absent for anything else, such as NA. */
export function numberIn(cell: string | undefined): number | undefined {
  if (cell === undefined || !/^-?\d{1,18}(?:\.\d{1,18})?(?:e[+-]?\d{1,3})?$/i.test(cell))
    return undefined;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}
