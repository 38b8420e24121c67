/** Rows as CSV: a line of names, then a line per row; unmeasured values are empty. */
import { type FrameColumnName, type FrameTable, frameColumnNames } from "../model/frames.ts";
import { plainValue } from "./frames-json.ts";

/** The line of names, with its line break. */
export function csvHead(names: readonly FrameColumnName[] = frameColumnNames): string {
  return `${names.join(",")}\n`;
}

/** A line per row, with their line breaks. */
export function csvRows(
  { columns, count }: FrameTable,
  names: readonly FrameColumnName[] = frameColumnNames,
): string {
  const lines: string[] = [];
  for (let row = 0; row < count; row++) {
    lines.push(
      names.map((name) => plainValue(name, columns[name][row] ?? Number.NaN) ?? "").join(","),
    );
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}
