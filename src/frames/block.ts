/**
 * Rows as bytes, column by column, small: a value is written as its difference from the one above.
 *
 *   block    varint  number of rows
 *            varint  number of columns
 *            …       columns
 *   column   u8      length of its name, then the name in ASCII
 *            varint  bytes that follow
 *            …       one varint a row: 0 when absent, else 1 + zigzag(value − value above)
 *
 * A column that is absent throughout is left out. Names make a block readable by later versions,
 * which skip what they do not know; repeated names cost nothing once a window is compressed.
 * Whatever is damaged gives `undefined`; nothing is allocated on the word of a count alone.
 */
import { type FrameColumnName, type FrameTable, frameColumnNames } from "../model/frames.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { makeColumns } from "./table.ts";

/** Of one block; a longer table is written as several. */
export const blockRowCountMax = 65_536;
const columnCountMax = 64;

/** @throws Error beyond `blockRowCountMax` rows */
export function encodeBlock(
  table: FrameTable,
  names: readonly FrameColumnName[] = frameColumnNames,
): Uint8Array {
  if (table.count > blockRowCountMax) throw new Error(`Bug: a block of ${table.count} rows`);
  const writer = new ByteWriter(table.count * names.length * 2 + 1024);
  const present = names.filter((name) => isPresent(table, name));
  writer.varint(table.count);
  writer.varint(present.length);
  for (const name of present) {
    writer.name(name);
    writer.bytes(encodeColumn(table.columns[name], table.count));
  }
  return writer.finish();
}

/** The table; columns missing in the block are absent; `undefined` when it is damaged. */
export function decodeBlock(bytes: Uint8Array): FrameTable | undefined {
  const reader = new ByteReader(bytes);
  const count = reader.varint();
  const columnCount = reader.varint();
  if (count > blockRowCountMax || columnCount > columnCountMax) return undefined;
  if (count > 0 && columnCount === 0) return undefined;
  // Each row takes at least a byte of a column: a few bytes cannot claim columns of megabytes.
  if (count > bytes.length) return undefined;
  const columns = makeColumns(count);
  for (let index = 0; index < columnCount; index++) {
    const given = reader.name();
    const name = frameColumnNames.find((known) => known === given);
    const values = reader.bytes();
    if (reader.isDamaged) return undefined;
    if (name !== undefined && !decodeColumn(values, columns[name])) return undefined;
  }
  return reader.isDamaged ? undefined : { count, columns };
}

function isPresent(table: FrameTable, name: FrameColumnName): boolean {
  const column = table.columns[name];
  for (let row = 0; row < table.count; row++) if (!Number.isNaN(column[row])) return true;
  return false;
}

function encodeColumn(column: Float64Array, count: number): Uint8Array {
  const writer = new ByteWriter(count * 2 + 16);
  let above = 0;
  for (let row = 0; row < count; row++) {
    const value = column[row] ?? Number.NaN;
    if (Number.isNaN(value)) {
      writer.varint(0);
      continue;
    }
    const difference = value - above;
    writer.varint(1 + (difference < 0 ? -2 * difference - 1 : 2 * difference));
    above = value;
  }
  return writer.finish();
}

function decodeColumn(bytes: Uint8Array, column: Float64Array): boolean {
  const reader = new ByteReader(bytes);
  let above = 0;
  for (let row = 0; row < column.length; row++) {
    const code = reader.varint();
    if (code === 0) continue;
    const zigzag = code - 1;
    above += zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2;
    column[row] = above;
  }
  return !reader.isDamaged && reader.isAtEnd;
}
