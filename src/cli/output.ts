/**
 * Where commands print: results to stdout, everything else to stderr. Names, reasons and files come
 * from elsewhere, so that every line is escaped on its way out, whatever it holds.
 */
import { printable, printableLines } from "../base/printable.ts";
import { isTerminal } from "../base/terminal-check.ts";

/** What a command needs from its process; tests give their own. */
export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>;
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
  stdout(text: string): void;
  stderr(text: string): void;
};

/** The one way in which commands print. */
export function openTerminal(outlets: Outlets): Terminal {
  const { env, isInteractive, hasProgress = false, stdout, stderr } = outlets;
  let isInTheWay = false;
  return {
    env,
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
  return `${percent} % ${"█".repeat(filled)}${"░".repeat(barCells - filled)}`;
}

/** stdout, stderr and stdin of this process. */
export function processTerminal(): Terminal {
  return openTerminal({
    env: process.env,
    isInteractive: isTerminal(1),
    hasProgress: isTerminal(2),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  });
}

/** Prints a text of our own that has several lines. */
export function printLines(terminal: Terminal, text: string): void {
  for (const line of text.split("\n")) terminal.print(line);
}

/** Rows in aligned columns; the first is the heading. */
export function printTable(terminal: Terminal, rows: readonly (readonly string[])[]): void {
  for (const line of alignColumns(rows)) terminal.print(line);
}

/**
 * Rows as columns that line up; the first row is the heading. A column of numbers stands at the
 * right, its heading too.
 */
export function alignColumns(given: readonly (readonly string[])[]): string[] {
  const rows = given.map((row) => row.map(printable));
  const columnCount = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = widths.map((_, column) => isNumberColumn(rows.slice(1), column));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

function isNumberColumn(rows: readonly (readonly string[])[], column: number): boolean {
  const cells = rows.map((row) => row[column] ?? "").filter((cell) => !absent.has(cell));
  return cells.length > 0 && cells.every((cell) => /^(>=)?[\d.,]+%?$/.test(cell));
}

/** What stands where there is no number. */
const absent = new Set(["", "-", "not measured"]);
