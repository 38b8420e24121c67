/** Rows of files that somebody else may have made: read as the library reads them, and never for long. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { readColumn } from "../../src/export/parquet-column.ts";
import { openFrameFile } from "../../src/export/parquet-reader.ts";
import { parquetOf } from "../../src/export/parquet-writer.ts";
import { unpackSnappy } from "../../src/export/snappy.ts";
import { frameColumnNames, frameFates } from "../../src/model/frames.ts";
import { madeRows } from "../support/made-rows.ts";

function inMemory({ buffer }: Uint8Array<ArrayBuffer>) {
  const { byteLength } = buffer;
  const slice = (start: number, end = byteLength) => Promise.resolve(buffer.slice(start, end));
  return { byteLength, slice };
}

const fates: readonly string[] = frameFates;

/** As numbers, NaN for what is absent. */
function numberOf(value: unknown): number {
  if (typeof value === "string") return fates.indexOf(value);
  return value === null || value === undefined ? Number.NaN : Number(value);
}

test("every value is the one that the library reads", async () => {
  const value = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 4_000_000_000 }));
  const run = fc.record({ value, length: fc.integer({ min: 1, max: 400 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 12 }), async (runs) => {
      const encode = runs.flatMap((each) => Array(each.length).fill(each.value));
      const rows = madeRows({ count: encode.length });
      rows.columns.encode_us.set(encode);
      const file = inMemory(parquetOf({}, rows));
      const ours = await (await openFrameFile(file)).read({ fromUs: -1e15, toUs: 1e15 });
      const theirs = await parquetReadObjects({ file });
      for (const name of frameColumnNames) {
        expect([...ours.columns[name]]).toEqual(theirs.map((row) => numberOf(row[name])));
      }
    }),
    { numRuns: 20 },
  );
});

/** Thrift's compact form of a page's head: a number for each of the fields 1 to 3. */
const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);
const head = (numbers: readonly number[], rest: readonly number[] = []) =>
  Uint8Array.of(...numbers.flatMap((value) => [0x15, zigzag(value)]), ...rest, 0);
const shape = { type: "uint32", isOptional: true } as const;

test("a page whose length is below zero is refused, and not read without end", () => {
  expect(() => readColumn(head([3, 8, -6]), 10, shape)).toThrow("The length of a page is -6");
});

test("a run is as long as its rows, whatever it says", () => {
  // Values 2, absent 0, rows 2, encoding plain, 6 bytes of levels, no lists.
  const page = [0x5c, 0x15, 4, 0x15, 0, 0x15, 4, 0x15, 0, 0x15, 12, 0x15, 0, 0];
  // 2^31 - 1 times "there", then two values as they are.
  const body = [0xfe, 0xff, 0xff, 0xff, 0x0f, 1, 8, 7 << 2, 5, 0, 0, 0, 6, 0, 0, 0];
  const bytes = Uint8Array.from([...head([3, 14, body.length], page), ...body]);
  expect([...readColumn(bytes, 2, shape)]).toEqual([5, 6]);
});

test("a packed text that would move backwards is refused", () => {
  const literal = Uint8Array.of(4, 63 << 2, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4);
  expect(() => unpackSnappy(literal, 4)).toThrow("not packed as it has to be");
  const copy = Uint8Array.of(4, (3 << 2) | 3, 0xff, 0xff, 0xff, 0xff);
  expect(() => unpackSnappy(copy, 4)).toThrow("not packed as it has to be");
});
