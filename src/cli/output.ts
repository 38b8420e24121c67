/** Where commands print: results to stdout, everything else to stderr. */

/** What a command needs from its process; tests give their own. */
export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line of results. */
  print(line: string): void;
  /** Results that are a file's content: nothing is added. */
  write(text: string): void;
  /** A line for the person: progress, hints, errors. */
  say(line: string): void;
};

/** Exit codes: everything went well, it failed, it was called wrongly. */
export const exitOk = 0;
export const exitFailed = 1;
export const exitUsage = 2;

export function processTerminal(): Terminal {
  return {
    env: process.env,
    print: (line) => void process.stdout.write(`${line}\n`),
    write: (text) => void process.stdout.write(text),
    say: (line) => void process.stderr.write(`${line}\n`),
  };
}

/** Rows as columns that line up; the first row is the heading. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const columnCount = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
