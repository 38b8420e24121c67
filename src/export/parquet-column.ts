/**
 * One column of one group of rows, from the pages that `parquet-writer.ts` writes: version 2,
 * packed with Snappy, plain, in run lengths or by a dictionary. Pure, and safe for files of unknown
 * origin: every length and count is checked against the available bytes, and reading always ends.
 * Formats: Apache Parquet, `PageHeader` and "Encodings".
 */
import type { FrameColumn } from "../model/frames.ts";
import { frameFates } from "../model/frames.ts";
import { unpackSnappy } from "./snappy.ts";
import { readStruct, readVarint, type ThriftReader } from "./thrift.ts";

/** What is known of the column. */
export type ColumnShape = Pick<FrameColumn, "type"> & { readonly isOptional?: boolean };

const dictionaryPage = 2;
const dataPage = 3;
const plain = 0;
const runLengths = 3;
const byDictionary = [2, 8];
const pageBytesMax = 16 * 1024 * 1024;
const pageCountMax = 1000;
const fates: readonly string[] = frameFates;

/**
 * @param bytes all pages of the column, its dictionary before them
 * @returns a value for each row, NaN where it is absent; fates by their place in `frameFates`
 * @throws Error that says what is invalid
 */
export function readColumn(
  bytes: Uint8Array,
  rowCount: number,
  shape: ColumnShape,
): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rowCount).fill(Number.NaN);
  const reader = readerOf(bytes);
  let dictionary: Numbers | undefined;
  let row = 0;
  for (let page = 0; page < pageCountMax && row < rowCount; page++) {
    const { numbers, structs } = readStruct(reader);
    const kind = numbers.get(1);
    const byteCount = within(numbers.get(2), pageBytesMax, "length of an unpacked page");
    const packed = take(reader, numbers.get(3));
    if (kind === dictionaryPage) {
      const count = within(structs.get(7)?.numbers.get(1), rowCount, "count of values");
      dictionary = readPlain(unpackSnappy(packed, byteCount), count, shape);
    } else if (kind === dataPage) {
      const head = structs.get(8)?.numbers ?? new Map<number, number>();
      const into = values.subarray(row);
      row += readPage({ packed, byteCount, head, shape, dictionary }, into);
    } else throw new Error(`A page is of the unknown kind ${kind}`);
  }
  if (row !== rowCount) throw new Error(`A column has ${row} of ${rowCount} rows`);
  return values;
}

type Page = {
  readonly packed: Uint8Array;
  readonly byteCount: number;
  /** Of `DataPageHeaderV2`, by the numbers of its fields. */
  readonly head: ReadonlyMap<number, number>;
  readonly shape: ColumnShape;
  readonly dictionary: Numbers | undefined;
};

/** Returns how many rows it has. */
function readPage(
  { packed, byteCount, head, shape, dictionary }: Page,
  into: Float64Array,
): number {
  const count = within(head.get(1), into.length, "count of values");
  const absentCount = within(head.get(2), count, "count of absent values");
  const levelBytes = within(head.get(5), packed.length, "length of the levels");
  if (count === 0 || head.get(6) !== 0) throw new Error("A page is empty or has lists");
  const levels = shape.isOptional
    ? readRuns(packed.subarray(0, levelBytes), { at: 0, width: 1, count })
    : undefined;
  const rest = packed.subarray(levelBytes);
  const restBytes = within(byteCount - levelBytes, pageBytesMax, "length of an unpacked page");
  const body = head.get(7) === 0 ? rest : unpackSnappy(rest, restBytes);
  const values = readValues(body, {
    count: count - absentCount,
    shape,
    dictionary,
    encoding: head.get(4),
  });
  if (levels === undefined) into.set(values);
  else spreadOut(values, levels, into);
  if (levels === undefined && values.length !== count) throw new Error("A page lacks values");
  return count;
}

/** Puts each value into the next row that has one. */
function spreadOut(values: Numbers, levels: Uint32Array, into: Float64Array): void {
  let next = 0;
  for (let index = 0; index < levels.length; index++) {
    if (levels[index] === 1) into[index] = values[next++] ?? Number.NaN;
  }
  if (next !== values.length) throw new Error("A page has more values than places for them");
}

type Numbers = Float64Array | Uint32Array;

function readValues(
  body: Uint8Array,
  {
    count,
    shape,
    dictionary,
    encoding = -1,
  }: {
    readonly count: number;
    readonly shape: ColumnShape;
    readonly dictionary: Numbers | undefined;
    readonly encoding: number | undefined;
  },
): Numbers {
  if (count === 0) return new Uint32Array();
  if (encoding === plain) return readPlain(body, count, shape);
  if (encoding === runLengths) {
    within(readerOf(body).view.getUint32(0, true), body.length - 4, "length of the runs");
    return readRuns(body, { at: 4, width: 1, count });
  }
  if (!byDictionary.includes(encoding) || dictionary === undefined) {
    throw new Error(`A page has the unknown encoding ${encoding}`);
  }
  const width = within(body[0], 32, "width of a place");
  const places = readRuns(body, { at: 1, width, count });
  const values = new Float64Array(count);
  const { length } = dictionary;
  for (let index = 0; index < count; index++) {
    const place = places[index] ?? length;
    if (place >= length) throw new Error("A value is not in its dictionary");
    values[index] = dictionary[place] ?? Number.NaN;
  }
  return values;
}

type Runs = { readonly at: number; readonly width: number; readonly count: number };

/** Alternating runs and packed bits, `width` bits per value. */
function readRuns(bytes: Uint8Array, { at: start, width, count }: Runs): Uint32Array {
  const values = new Uint32Array(count);
  const reader = readerOf(bytes);
  reader.offset = start;
  for (let at = 0; at < count; ) {
    const head = readVarint(reader);
    const runCount = head % 2 === 1 ? 8 * ((head - 1) / 2) : head / 2;
    if (runCount === 0) throw new Error("A run is empty");
    const end = Math.min(count, at + runCount);
    if (head % 2 === 1) {
      readBits(bytes, { bit: reader.offset * 8, width, values, at, end });
      reader.offset += Math.ceil((runCount * width) / 8);
    } else {
      const value = readWhole(reader, Math.ceil(width / 8));
      // Most runs are a few values: a loop is faster than a call.
      for (let index = at; index < end; index++) values[index] = value;
    }
    at = end;
  }
  return values;
}

type PackedBits = {
  readonly bit: number;
  readonly width: number;
  readonly values: Uint32Array;
  readonly at: number;
  readonly end: number;
};

/** A window of 32 bits holds any value of up to 25, wherever in a byte it begins. */
const windowBits = 25;

function readBits(bytes: Uint8Array, { bit, width, values, at, end }: PackedBits): void {
  const lastBit = bit + (end - at) * width;
  if (lastBit > bytes.length * 8) throw new Error("A run lies outside its page");
  if (width > windowBits) {
    readWideBits(bytes, { bit, width, values, at, end });
    return;
  }
  const mask = 2 ** width - 1;
  for (let index = at, place = bit; index < end; index++, place += width) {
    const byte = place >>> 3;
    const window =
      (bytes[byte] ?? 0) |
      ((bytes[byte + 1] ?? 0) << 8) |
      ((bytes[byte + 2] ?? 0) << 16) |
      ((bytes[byte + 3] ?? 0) << 24);
    values[index] = (window >>> (place & 7)) & mask;
  }
}

function readWideBits(bytes: Uint8Array, { bit, width, values, at, end }: PackedBits): void {
  for (let index = at; index < end; index++) {
    const begin = bit + (index - at) * width;
    let value = 0;
    for (let offset = 0; offset < width; offset++) {
      const place = begin + offset;
      value += (((bytes[place >>> 3] ?? 0) >> (place & 7)) & 1) * 2 ** offset;
    }
    values[index] = value;
  }
}

function readWhole(reader: ThriftReader, byteCount: number): number {
  let value = 0;
  for (let index = 0; index < byteCount; index++) {
    value += reader.view.getUint8(reader.offset++) * 256 ** index;
  }
  return value;
}

const bitsOf: Partial<Record<ColumnShape["type"], number>> = { bool: 1, int64: 64 };

function readPlain(bytes: Uint8Array, count: number, { type }: ColumnShape): Numbers {
  const { view } = readerOf(bytes);
  if (type === "fate") return readFates(view, new Float64Array(count));
  if (count * (bitsOf[type] ?? 32) > bytes.length * 8) throw new Error("A page lacks values");
  if (type === "bool") return readRunsOfBits(bytes, count);
  const values = new Float64Array(count);
  if (type === "int64") {
    for (let index = 0; index < count; index++) {
      const low = view.getUint32(index * 8, true);
      values[index] = view.getInt32(index * 8 + 4, true) * 2 ** 32 + low;
    }
  } else {
    for (let index = 0; index < count; index++) values[index] = view.getUint32(index * 4, true);
  }
  return values;
}

function readRunsOfBits(bytes: Uint8Array, count: number): Uint32Array {
  const values = new Uint32Array(count);
  readBits(bytes, { bit: 0, width: 1, values, at: 0, end: count });
  return values;
}

/** Texts with their lengths before them; an unknown one is -1. */
function readFates(view: DataView, values: Float64Array): Float64Array {
  const text = new TextDecoder();
  let offset = 0;
  for (let index = 0; index < values.length; index++) {
    const length = within(view.getUint32(offset, true), 64, "length of a text");
    const bytes = new Uint8Array(view.buffer, view.byteOffset + offset + 4, length);
    const fate = text.decode(bytes);
    values[index] = fates.indexOf(fate);
    offset += 4 + length;
  }
  return values;
}

function take(reader: ThriftReader, length: number | undefined): Uint8Array {
  const { view, offset } = reader;
  const count = within(length, view.byteLength - offset, "length of a page");
  reader.offset += count;
  return new Uint8Array(view.buffer, view.byteOffset + offset, count);
}

function readerOf(bytes: Uint8Array): ThriftReader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

function within(value: number | undefined, most: number, what: string): number {
  if (value !== undefined && value >= 0 && value <= most) return value;
  throw new Error(`The ${what} is ${value}`);
}
