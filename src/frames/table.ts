/**
 * Tables of rows: built row by row or from parts, cut by time. The columns of a finished table
 * never change; a slice shares them with its table.
 */
import { type FrameColumnName, type FrameTable, frameColumnNames } from "../model/frames.ts";

/** Columns of a table that is still being filled. */
export type TableColumns = Record<FrameColumnName, Float64Array>;

/**
 * Columns for `count` rows, all values absent.
 * @param names those that are filled: all others share one column, which must stay absent
 */
export function makeColumns(
  count: number,
  names: readonly FrameColumnName[] = frameColumnNames,
): TableColumns {
  const absent = new Float64Array(count).fill(Number.NaN);
  // Filled with every name right here.
  const columns = {} as TableColumns;
  for (const name of frameColumnNames) {
    columns[name] = names.includes(name) ? absent.slice() : absent;
  }
  return columns;
}

export const emptyTable: FrameTable = { count: 0, columns: makeColumns(0) };

/** Rows from `from` up to, not including, `to`, by index. */
export function sliceTable(table: FrameTable, from: number, to: number): FrameTable {
  const first = Math.max(0, Math.min(from, table.count));
  const end = Math.max(first, Math.min(to, table.count));
  if (first === 0 && end === table.count) return table;
  return mapColumns(end - first, (name) => table.columns[name].subarray(first, end));
}

/** The rows of all tables, one after the other. */
export function concatTables(tables: readonly FrameTable[]): FrameTable {
  const [only] = tables;
  if (only === undefined) return emptyTable;
  if (tables.length === 1) return only;
  const count = tables.reduce((sum, table) => sum + table.count, 0);
  return mapColumns(count, (name) => {
    const column = new Float64Array(count);
    let offset = 0;
    for (const table of tables) {
      column.set(table.columns[name], offset);
      offset += table.count;
    }
    return column;
  });
}

/** The rows that pass `keeps`, which is called once for each index; contiguous ones are a slice. */
export function filterTable(table: FrameTable, keeps: (row: number) => boolean): FrameTable {
  const kept = new Uint32Array(table.count);
  let count = 0;
  for (let row = 0; row < table.count; row++) if (keeps(row)) kept[count++] = row;
  const [first = 0, last = -1] = [kept[0], kept[count - 1]];
  if (count === 0 || last - first + 1 === count) return sliceTable(table, first, first + count);
  return mapColumns(count, (name) => {
    const from = table.columns[name];
    const column = new Float64Array(count);
    for (let place = 0; place < count; place++) column[place] = from[kept[place] ?? 0] ?? 0;
    return column;
  });
}

/** The rows of one session. */
export function rowsOfSession(table: FrameTable, id: number): FrameTable {
  const ids = table.columns.session_id;
  return filterTable(table, (row) => ids[row] === id);
}

/** Rows due from `fromUs` on and before `toUs`, on the clock of `due_us`. */
export function tableBetween(table: FrameTable, fromUs: number, toUs: number): FrameTable {
  const due = table.columns.due_us;
  return filterTable(table, (row) => {
    const dueUs = due[row] ?? Number.NaN;
    return dueUs >= fromUs && dueUs < toUs;
  });
}

/** The same rows with `due_us` counted from `zeroUs`. */
export function withZero(table: FrameTable, zeroUs: number): FrameTable {
  return mapColumns(table.count, (name) =>
    name === "due_us" ? table.columns.due_us.map((due) => due - zeroUs) : table.columns[name],
  );
}

const handedSummands = [
  ...["wait_us", "capture_us", "submit_us", "encode_us", "packetize_us", "send_us"],
  ...["queue_us", "gap_us"],
] as readonly FrameColumnName[];

/** From due until handed over; `undefined` for a slot without a sent frame. */
export function latenessUs({ columns }: FrameTable, row: number): number | undefined {
  if (Number.isNaN(columns.gap_us[row] ?? Number.NaN)) return undefined;
  let sumUs = 0;
  for (const name of handedSummands) {
    const timeUs = columns[name][row] ?? Number.NaN;
    if (!Number.isNaN(timeUs)) sumUs += timeUs;
  }
  return sumUs;
}

/** `latenessUs` of every row, NaN for a slot without a sent frame. */
export function latenessColumn({ columns, count }: FrameTable): Float64Array {
  const lateness = new Float64Array(count);
  for (const name of handedSummands) {
    const column = columns[name];
    for (let row = 0; row < count; row++) {
      const timeUs = column[row] ?? Number.NaN;
      if (!Number.isNaN(timeUs)) lateness[row] = (lateness[row] ?? 0) + timeUs;
    }
  }
  const gap = columns.gap_us;
  for (let row = 0; row < count; row++) if (Number.isNaN(gap[row])) lateness[row] = Number.NaN;
  return lateness;
}

function mapColumns(count: number, make: (name: FrameColumnName) => Float64Array): FrameTable {
  // Filled with every name right here.
  const columns = {} as TableColumns;
  for (const name of frameColumnNames) columns[name] = make(name);
  return { count, columns };
}
