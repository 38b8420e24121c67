/** Rows as bytes and back. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeBlock, encodeBlock } from "../../src/frames/block.ts";
import { ByteReader, ByteWriter } from "../../src/frames/bytes.ts";
import { lateWordColumns } from "../../src/frames/row-layout.ts";
import { emptyTable, makeColumns } from "../../src/frames/table.ts";
import { type FrameTable, frameColumnNames, frameColumns } from "../../src/model/frames.ts";
import { madeRows, plainRows } from "../support/made-rows.ts";

const rows = fc.integer({ min: 0, max: 40 }).chain((count) =>
  fc
    .tuple(
      ...frameColumnNames.map((name) => {
        const whole = fc.integer({ min: 0, max: 2 ** 32 - 2 });
        const value = name === "due_us" ? fc.integer({ min: -(2 ** 48), max: 2 ** 48 }) : whole;
        const cell = frameColumns[name].isOptional ? fc.option(value, { nil: Number.NaN }) : value;
        return fc.array(cell, { minLength: count, maxLength: count });
      }),
    )
    .map((cells): FrameTable => {
      const columns = makeColumns(count);
      for (const [index, name] of frameColumnNames.entries()) columns[name].set(cells[index] ?? []);
      return { count, columns };
    }),
);

test("rows come back as they were, whatever is in them", () => {
  fc.assert(
    fc.property(rows, (table) => {
      expect(plainRows(decodeBlock(encodeBlock(table)) ?? emptyTable)).toEqual(plainRows(table));
    }),
  );
});

test("a block of some columns leaves the others absent", () => {
  const table = madeRows({ count: 100 });
  const bytes = encodeBlock(table, ["frame", ...lateWordColumns]);
  const decoded = plainRows(decodeBlock(bytes) ?? emptyTable);
  expect(decoded.complete_us).toEqual(plainRows(table).complete_us);
  expect(decoded.encode_us?.every((value) => value === "-")).toBe(true);
});

test("a column that a later version added is skipped", () => {
  const writer = new ByteWriter(64);
  writer.varint(2);
  writer.varint(2);
  writer.name("colour_us");
  writer.bytes(Uint8Array.of(1, 1));
  writer.name("frame");
  writer.bytes(Uint8Array.of(1 + 2 * 5, 1 + 2));
  expect([...(decodeBlock(writer.finish())?.columns.frame ?? [])]).toEqual([5, 6]);
});

test("a block cut at any byte is refused", () => {
  const bytes = encodeBlock(madeRows({ count: 20 }));
  for (let length = 0; length < bytes.length; length++) {
    expect(decodeBlock(bytes.subarray(0, length))).toBeUndefined();
  }
});

test("bytes of any kind never make the reader throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      decodeBlock(bytes);
    }),
    { numRuns: 2000 },
  );
});

test("the largest number a varint takes comes back, one beyond it is damage", () => {
  const writer = new ByteWriter(16);
  writer.varint(Number.MAX_SAFE_INTEGER);
  expect(new ByteReader(writer.finish()).varint()).toBe(Number.MAX_SAFE_INTEGER);
  const beyond = new ByteReader(new Uint8Array(8).fill(0xff));
  beyond.varint();
  expect(beyond.isDamaged).toBe(true);
});

test("an hour at 60 frames a second takes less than 15 MB once compressed", () => {
  const windowCount = 50;
  let byteCount = 0;
  for (let window = 0; window < windowCount; window++) {
    const table = madeRows({ count: 120, first: window * 120 });
    byteCount += Bun.zstdCompressSync(encodeBlock(table)).length;
  }
  expect((byteCount / windowCount) * 1800).toBeLessThan(15e6);
});
