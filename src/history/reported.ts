/** Which rows a player has reported anything of. */
import { fateIndex, lateWordColumns } from "../frames/row-layout.ts";
import { filterTable } from "../frames/table.ts";
import type { FrameTable } from "../model/frames.ts";

const lostFate = fateIndex("lost");

/** The rows of which a player reported anything. */
export function reportedOf(table: FrameTable): FrameTable {
  const { columns } = table;
  return filterTable(
    table,
    (row) =>
      columns.fate[row] === lostFate ||
      lateWordColumns.some((name) => !Number.isNaN(columns[name][row])),
  );
}
