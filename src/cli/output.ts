/**
 * Where commands print: results to stdout, everything else to stderr. Names, reasons and files come
 * from elsewhere, so that every line is escaped on its way out, whatever it holds.
 */
import { cutText } from "../base/cut-text.ts";
import { diskFault } from "../base/disk-fault.ts";
import { printable, printableLines } from "../base/printable.ts";
import { isTerminal } from "../base/terminal-check.ts";

/** What a command needs from its process; tests give their own. */
export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How wide the terminal is that shows the results; `undefined` where a program reads them. */
  readonly columns?: number | undefined;
  /** One line of results; a line break within it is escaped. */
  print(line: string): void;
  /** Results that are a file's content: nothing is added, and only a terminal gets it escaped. */
  write(text: string): void;
  /** One line for the person: hints, errors. */
  say(line: string): void;
  /** How far long work is, from 0 to 1, in one line that is drawn again; 1 takes it away. */
  progress(share: number): void;
};

/** Exit codes: everything went well, it failed, it was called wrongly. */
export const exitOk = 0;
export const exitFailed = 1;
export const exitUsage = 2;
/** Of comparisons: a difference is shown; it cannot be told. */
export const exitDiffers = 3;
export const exitCannotTell = 4;

/** Where a terminal's text ends up. */
export type Outlets = {
  readonly env: Terminal["env"];
  /** Stdout is read by a person. */
  readonly isInteractive: boolean;
  /** Stderr is: elsewhere no progress is shown. */
  readonly hasProgress?: boolean;
  /** Of the terminal that stdout is. */
  readonly columns?: number | undefined;
  stdout(text: string): void;
  stderr(text: string): void;
};

/** The one way in which commands print. */
export function openTerminal(outlets: Outlets): Terminal {
  const { env, isInteractive, hasProgress = false, columns, stdout, stderr } = outlets;
  let isInTheWay = false;
  return {
    ...{ env, columns },
    print: (line) => stdout(`${printable(line)}\n`),
    write: (text) => {
      // The bar would stand among the results that a person reads.
      isInTheWay ||= isInteractive;
      stdout(isInteractive ? printableLines(text) : text);
    },
    say: (line) => stderr(`${printable(line)}\n`),
    progress: (share) => {
      if (hasProgress && !isInTheWay) stderr(`\r\x1b[K${share < 1 ? barOf(share) : ""}`);
    },
  };
}

const barCells = 30;

function barOf(share: number): string {
  const filled = Math.max(0, Math.floor(share * barCells));
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `${percent}% ${"█".repeat(filled)}${"░".repeat(barCells - filled)}`;
}

/** stdout, stderr and stdin of this process. */
export function processTerminal(): Terminal {
  const isInteractive = isTerminal(1);
  let isFollowed = false;
  return openTerminal({
    ...{ env: process.env, isInteractive, hasProgress: isTerminal(2) },
    columns: isInteractive ? process.stdout.columns : undefined,
    stdout: (text) => {
      // With the first line: a command that prints nothing does not load the stream.
      if (!isFollowed) process.stdout.on("error", endWithStdout);
      isFollowed = true;
      process.stdout.write(text);
    },
    stderr: (text) => void process.stderr.write(text),
  });
}

/** What a shell shows for a command that ended because its reader did. */
const exitBrokenPipe = 128 + 13;

/** Results are lost from here on. That `head` has read enough is no error that anybody wants to read of. */
function endWithStdout(cause: Error): void {
  if ("code" in cause && cause.code === "EPIPE") process.exit(exitBrokenPipe);
  process.stderr.write(`onglass: Cannot write to stdout: ${diskFault(cause).text}\n`);
  process.exit(exitFailed);
}

/** Prints a text of our own that has several lines. */
export function printLines(terminal: Terminal, text: string): void {
  for (const line of text.split("\n")) terminal.print(line);
}

/** Rows in columns as wide as the terminal has room for; the first is the heading. */
export function printTable(terminal: Terminal, rows: readonly (readonly string[])[]): void {
  for (const line of alignColumns(rows, terminal.columns)) terminal.print(line);
}

/**
 * Rows as columns that line up; the first row is the heading. A column of numbers stands at the
 * right, its heading too.
 * @param lengthMax of a line: texts are cut for it, the longest first. Not in the first column, which says
 * what the line is about, and is what people copy.
 */
export function alignColumns(given: readonly (readonly string[])[], lengthMax?: number): string[] {
  const rows = given.map((row) => row.map(printable));
  const columnCount = Math.max(0, ...rows.map((row) => row.length));
  const full = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = full.map((_, column) => isNumberColumn(rows.slice(1), column));
  const isFixed = (column: number) => column === 0 || isNumber[column] === true;
  const widths = fitted(full, isFixed, lengthMax ?? Number.POSITIVE_INFINITY);
  return rows.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        const cell = text.length <= width ? text : `${cutText(text, width - 1)}…`;
        return isNumber[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(gap)
      .trimEnd(),
  );
}

const gap = "  ";
/** A text that is cut further says nothing any more. */
const cutLengthMin = 8;

function fitted(
  full: readonly number[],
  isFixed: (column: number) => boolean,
  lengthMax: number,
): readonly number[] {
  const widths = [...full];
  let excess = widths.reduce((sum, width) => sum + width + gap.length, -gap.length) - lengthMax;
  while (excess > 0) {
    const free = widths.map((width, place) => (isFixed(place) ? 0 : width));
    const longest = Math.max(0, ...free);
    if (longest <= cutLengthMin) break;
    const column = free.indexOf(longest);
    // No further than to the next longest: then both are cut.
    const others = free.filter((width, place) => place !== column && width < longest);
    const least = Math.max(
      cutLengthMin,
      longest - excess,
      Math.min(longest - 1, Math.max(0, ...others)),
    );
    widths[column] = least;
    excess -= longest - least;
  }
  return widths;
}

function isNumberColumn(rows: readonly (readonly string[])[], column: number): boolean {
  const cells = rows.map((row) => row[column] ?? "").filter((cell) => !absent.has(cell));
  return cells.length > 0 && cells.every((cell) => /^(>=)?[\d.,]+%?$/.test(cell));
}

/** What stands where there is no number. */
const absent = new Set(["", "-", "not measured"]);
