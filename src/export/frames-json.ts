/** Rows as the API answers them: columns of plain values, null if not measured. */
import { sliceTable } from "../frames/table.ts";
import {
  type FrameColumnName,
  type FrameTable,
  frameColumnNames,
  frameColumns,
  frameFates,
} from "../model/frames.ts";
import { type FramesPage, pageRowsMax } from "../model/frames-page.ts";
import type { RowMarks } from "../model/unread.ts";

/** The type of a cell outside of this program. */
export type PlainValue = number | string | boolean | null;

/** The first `pageRowsMax` rows. @param table with `due_us` since the start */
export function framesPage(
  table: FrameTable,
  { fromMs, toMs, ...marks }: { readonly fromMs: number; readonly toMs: number } & RowMarks,
  names: readonly FrameColumnName[] = frameColumnNames,
): FramesPage {
  const rows = sliceTable(table, 0, pageRowsMax);
  return {
    from_ms: fromMs,
    to_ms: toMs,
    count: rows.count,
    ...(rows.count < table.count ? { truncated: true } : {}),
    ...marks,
    columns: Object.fromEntries(names.map((name) => [name, plainColumn(rows, name)])),
  };
}

/** A column as JSON sends it. */
export function plainColumn({ columns }: FrameTable, name: FrameColumnName): PlainValue[] {
  return Array.from(columns[name], (value) => plainValue(name, value));
}

/** A value as JSON sends it: null where absent, a fate by name, a flag as true or false. */
export function plainValue(name: FrameColumnName, value: number): PlainValue {
  if (Number.isNaN(value)) return null;
  const { type } = frameColumns[name];
  if (type === "fate") return frameFates[value] ?? "sent";
  return type === "bool" ? value !== 0 : value;
}
