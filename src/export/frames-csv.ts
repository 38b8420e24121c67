/** Rows as CSV: a line of names, then a line a row; empty where it was not measured. */
import { type FrameColumnName, type FrameTable, frameColumnNames } from "../model/frames.ts";
import { plainValue } from "./frames-json.ts";

/** The line of names, with its end. */
export function csvHead(names: readonly FrameColumnName[] = frameColumnNames): string {
  return `${names.join(",")}\n`;
}

/** A line a row, with their ends. */
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
