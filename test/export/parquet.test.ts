/** Rows as Parquet, read back by onglass and by another program's reader. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { rowGroupRowsMax } from "../../src/export/frame-schema.ts";
import { diskBuffer, openFrameFile } from "../../src/export/parquet-reader.ts";
import { FrameFileWriter, parquetOf } from "../../src/export/parquet-writer.ts";
import { sliceTable } from "../../src/frames/table.ts";
import { frameColumnNames } from "../../src/model/frames.ts";
import { madeRows, plainRows } from "../support/made-rows.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const head = { id: "2026-06-26T20-14-03Z_1280x720", started_unix_ms: 1_782_504_843_000 };
const all = { fromUs: Number.NEGATIVE_INFINITY, toUs: Number.POSITIVE_INFINITY };
const bufferOf = (bytes: Uint8Array<ArrayBuffer>) => ({
  byteLength: bytes.length,
  slice: (start: number, end?: number) => bytes.slice(start, end).buffer,
});

test("rows come back as they were", async () => {
  const table = madeRows({ count: 500, startUs: -3000, sessionId: 2 ** 32 - 2 });
  const file = await openFrameFile(bufferOf(parquetOf(head, table)));
  expect(file.head).toEqual(head);
  expect(file.rowCount).toBe(500);
  expect(plainRows(await file.read(all))).toEqual(plainRows(table));
});

test("a range is read without the row groups outside it", async () => {
  const table = madeRows({ count: 2 * rowGroupRowsMax + 10 });
  const parts: Uint8Array[] = [];
  const writer = new FrameFileWriter(head, { write: (bytes) => void parts.push(bytes.slice()) });
  for (let from = 0; from < table.count; from += 7000) {
    writer.add(sliceTable(table, from, from + 7000));
  }
  writer.finish();
  const buffer = bufferOf(Uint8Array.from(Buffer.concat(parts)));
  let readBytes = 0;
  const file = await openFrameFile({
    byteLength: buffer.byteLength,
    slice: (start, end) => {
      readBytes += (end ?? buffer.byteLength) - start;
      return buffer.slice(start, end);
    },
  });
  readBytes = 0;
  const fromUs = table.columns.due_us[rowGroupRowsMax + 100] ?? 0;
  const toUs = table.columns.due_us[rowGroupRowsMax + 200] ?? 0;
  const rows = await file.read({ fromUs, toUs }, ["frame", "encode_us"]);
  expect(rows.count).toBe(100);
  expect(rows.columns.frame[0]).toBe(rowGroupRowsMax + 100);
  expect(rows.columns.send_us[0]).toBeNaN();
  expect(readBytes).toBeLessThan(buffer.byteLength / 2);
});

test("a file without rows is a file all the same", async () => {
  const file = await openFrameFile(bufferOf(parquetOf(head, madeRows({ count: 0 }))));
  expect((await file.read(all)).count).toBe(0);
});

test("DuckDB reads every value, type, fate and the capture's head", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "frames.parquet");
  const table = madeRows({ count: 1000, startUs: 123_456_789_012 });
  await Bun.write(path, parquetOf(head, table));
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  const rows = await db.runAndReadAll(`select * from '${path}' order by frame`);
  const plain = plainRows(table);
  expect(rows.columnNames()).toEqual([...frameColumnNames]);
  const columns = rows.getColumnsObject();
  for (const name of frameColumnNames) {
    const values = columns[name]?.map(plainValue);
    expect(values).toEqual([
      ...(name === "fate" ? fatesOf(plain.fate ?? []) : (plain[name] ?? [])),
    ]);
  }
  const types = await db.runAndReadAll(`describe select * from '${path}'`);
  expect(Object.fromEntries(types.getRows().map(([name, type]) => [name, type]))).toMatchObject({
    ...{ session_id: "UINTEGER", due_us: "BIGINT", fate: "VARCHAR", repeat: "BOOLEAN" },
    ...{ packets: "USMALLINT", encode_us: "UINTEGER" },
  });
  const kept = await db.runAndReadAll(
    `select decode(value) from parquet_kv_metadata('${path}') where decode(key) = 'onglass'`,
  );
  expect(JSON.parse(String(kept.getRows()[0]?.[0]))).toEqual(head);
  const file = await openFrameFile(diskBuffer(path, Bun.file(path).size));
  expect(file.rowCount).toBe(1000);
});

function plainValue(value: unknown): number | string {
  if (value === null) return "-";
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" ? value : String(value);
}

function fatesOf(fates: readonly (number | "-")[]): string[] {
  return fates.map((fate) => (fate === 1 ? "missed" : "sent"));
}
