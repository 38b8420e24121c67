/** Which rows a player has reported anything of, and whether that is new. */
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

/** The last written reports of rows that are not final yet; one per session. */
export class ReportedSoFar {
  #key: string | undefined;

  /** These rows, or none if they were already written: reading again writes nothing again. */
  next(table: FrameTable): FrameTable | undefined {
    const rows = reportedOf(table);
    if (rows.count === 0) return undefined;
    const key = keyOf(rows);
    if (key === this.#key) return undefined;
    this.#key = key;
    return rows;
  }
}

function keyOf({ columns }: FrameTable): string {
  const hashes = (["frame", "fate", ...lateWordColumns] as const).map((name) =>
    Bun.hash(columns[name]),
  );
  return hashes.join();
}
