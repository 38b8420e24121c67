/** Tables cut and joined. */
import { expect, test } from "bun:test";
import {
  concatTables,
  emptyTable,
  sliceTable,
  tableBetween,
  withZero,
} from "../../src/frames/table.ts";
import { madeRows, plainRows } from "../support/made-rows.ts";

test("a slice has the rows from its first up to and without its end", () => {
  const table = madeRows({ count: 10 });
  expect([...sliceTable(table, 3, 5).columns.frame]).toEqual([3, 4]);
  expect(sliceTable(table, 0, 10)).toBe(table);
  expect(sliceTable(table, 8, 99).count).toBe(2);
  expect(sliceTable(table, 12, 14).count).toBe(0);
});

test("tables one after the other are one table", () => {
  const whole = madeRows({ count: 10 });
  const parts = [sliceTable(whole, 0, 4), emptyTable, sliceTable(whole, 4, 10)];
  expect(plainRows(concatTables(parts))).toEqual(plainRows(whole));
  expect(concatTables([]).count).toBe(0);
});

test("a range of time has the rows due from its start and before its end", () => {
  const table = madeRows({ count: 100, startUs: 1000 });
  const [from = 0, to = 0] = [table.columns.due_us[10], table.columns.due_us[12]];
  expect([...tableBetween(table, from, to).columns.frame]).toEqual([10, 11]);
  expect([...tableBetween(table, from, to + 1).columns.frame]).toEqual([10, 11, 12]);
});

test("rows moved to another zero are due earlier by as much", () => {
  const table = madeRows({ count: 3, startUs: 5000 });
  expect(withZero(table, 5000).columns.due_us[0]).toBe(0);
  expect(table.columns.due_us[0]).toBe(5000);
});
