/** Rows read back from a Parquet file that `parquet-writer.ts` wrote, a row group at a time. */
import { stat } from "node:fs/promises";
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync } from "hyparquet";
import { dataDisk } from "../base/disk-lane.ts";
import { concatTables, emptyTable, makeColumns, tableBetween } from "../frames/table.ts";
import {
  type FrameColumnName,
  type FrameTable,
  frameColumnNames,
  frameColumns,
} from "../model/frames.ts";
import { headKey, rowGroupRowsMax } from "./frame-schema.ts";
import { readColumn } from "./parquet-column.ts";

/** An open file of rows. It holds no descriptor: every read opens the file again. */
export type FrameFile = {
  /** Its head, unchecked. */
  readonly head: unknown;
  readonly rowCount: number;
  /** When the last slot was due, from the file's statistics; `undefined` without. */
  readonly lastDueUs: number | undefined;
  /** A text of the file's metadata, unchecked. */
  note(key: string): string | undefined;
  /** All rows in parts of at most 36,000, in order. */
  tables(): AsyncGenerator<FrameTable>;
  /** Rows due from `fromUs` on and before `toUs`; columns that are not requested are absent. */
  read(range: TimeRange, names?: readonly FrameColumnName[]): Promise<FrameTable>;
  /** The same, at most 36,000 rows at a time, in order. */
  parts(range: TimeRange, names?: readonly FrameColumnName[]): AsyncGenerator<FrameTable>;
};

type TimeRange = { readonly fromUs: number; readonly toUs: number };

/** @throws Error if the bytes are not a Parquet file */
export async function openFrameFile(file: AsyncBuffer): Promise<FrameFile> {
  const metadata = await parquetMetadataAsync(file);
  const note = (wanted: string) =>
    metadata.key_value_metadata?.find(({ key }) => key === wanted)?.value;
  const head = note(headKey);
  return {
    head: head === undefined ? undefined : JSON.parse(head),
    rowCount: Number(metadata.num_rows),
    lastDueUs: lastDueUs(metadata),
    note,
    tables: () => readGroups(file, metadata),
    read: ({ fromUs, toUs }, names = frameColumnNames) =>
      readRows({ file, metadata, fromUs, toUs, names }),
    parts: ({ fromUs, toUs }, names = frameColumnNames) =>
      readParts({ file, metadata, fromUs, toUs, names }),
  };
}

/** Opens a file of rows on the disk. @throws Error when it cannot be read, Failure when the disk does not answer */
export async function openFrameFileAt(path: string): Promise<FrameFile> {
  return await openFrameFile(await diskBufferAt(path));
}

/**
 * A file on disk, all of it.
 * @throws Error when it cannot be read, Failure when the disk does not answer
 */
export async function diskBufferAt(path: string): Promise<AsyncBuffer> {
  const { size } = await dataDisk.run(() => stat(path));
  return diskBuffer(path, size);
}

/** A file in memory. */
export function memoryBuffer(bytes: Uint8Array<ArrayBuffer>): AsyncBuffer {
  return {
    byteLength: bytes.length,
    slice: (start, end) => bytes.slice(start, end).buffer,
  };
}

/** A file on disk, read in the requested parts; a disk that hangs blocks no other file work. */
export function diskBuffer(path: string, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    slice: (start, end = byteLength) =>
      dataDisk.run(() => Bun.file(path).slice(start, end).arrayBuffer()),
  };
}

type Request = {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly fromUs: number;
  readonly toUs: number;
  readonly names: readonly FrameColumnName[];
};

async function readRows(request: Request): Promise<FrameTable> {
  const tables: FrameTable[] = [];
  for await (const table of readParts(request)) tables.push(table);
  return tables.length === 0 ? emptyTable : concatTables(tables);
}

async function* readParts({ fromUs, toUs, ...request }: Request): AsyncGenerator<FrameTable> {
  const columns = knownColumns(request.metadata, [...new Set([...request.names, "due_us"])]);
  let rowStart = 0;
  for (const group of request.metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    if (mayHold(group, fromUs, toUs)) {
      const table = await readGroup({ ...request, columns, rowStart, rowEnd });
      yield tableBetween(table, fromUs, toUs);
    }
    rowStart = rowEnd;
  }
}

async function* readGroups(file: AsyncBuffer, metadata: FileMetaData): AsyncGenerator<FrameTable> {
  const columns = knownColumns(metadata, frameColumnNames);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    yield await readGroup({ file, metadata, columns, rowStart, rowEnd });
    rowStart = rowEnd;
  }
}

/** Files of an earlier version lack some. */
function knownColumns(metadata: FileMetaData, names: readonly string[]): FrameColumnName[] {
  const there = new Set(metadata.schema.map(({ name }) => name));
  return frameColumnNames.filter((name) => names.includes(name) && there.has(name));
}

type RowGroup = FileMetaData["row_groups"][number];

/** By the least and greatest `due_us` in the group's statistics. */
function mayHold(group: RowGroup, fromUs: number, toUs: number): boolean {
  const { leastUs, mostUs } = dueIn(group);
  return leastUs === undefined || mostUs === undefined || (leastUs < toUs && mostUs >= fromUs);
}

function lastDueUs({ row_groups }: FileMetaData): number | undefined {
  return row_groups.reduce<number | undefined>((last, group) => {
    const { mostUs = last } = dueIn(group);
    return last === undefined || mostUs === undefined ? mostUs : Math.max(last, mostUs);
  }, undefined);
}

function dueIn(group: RowGroup): { leastUs: number | undefined; mostUs: number | undefined } {
  const due = group.columns.find((column) => column.meta_data?.path_in_schema[0] === "due_us");
  const { min_value, max_value } = due?.meta_data?.statistics ?? {};
  const numberOf = (value: unknown) => (typeof value === "bigint" ? Number(value) : undefined);
  return { leastUs: numberOf(min_value), mostUs: numberOf(max_value) };
}

async function readGroup(request: {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: FrameColumnName[];
  readonly rowStart: number;
  readonly rowEnd: number;
}): Promise<FrameTable> {
  const { file, metadata, columns: names, rowStart, rowEnd } = request;
  const count = rowEnd - rowStart;
  if (!(count >= 0 && count <= rowGroupRowsMax)) throw new Error(`A group has ${count} rows`);
  const group = metadata.row_groups.find((_, index) => startOf(metadata, index) === rowStart);
  const columns = makeColumns(count, []);
  for (const { meta_data: chunk } of group?.columns ?? []) {
    const name = names.find((known) => known === chunk?.path_in_schema[0]);
    if (name === undefined || chunk === undefined) continue;
    const bytes = await readChunk(file, name, chunk);
    columns[name] = readColumn(bytes, count, frameColumns[name]);
  }
  return { count, columns };
}

type Chunk = NonNullable<FileMetaData["row_groups"][number]["columns"][number]["meta_data"]>;

/** All pages of a column, located by the file's metadata. */
async function readChunk(file: AsyncBuffer, name: string, chunk: Chunk): Promise<Uint8Array> {
  if (chunk.codec !== "SNAPPY") throw new Error(`The column "${name}" is not packed with Snappy`);
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const end = start + Number(chunk.total_compressed_size);
  const isInside = start >= 0 && end >= start && end <= file.byteLength;
  if (!isInside) throw new Error(`The column "${name}" lies outside its file`);
  return new Uint8Array(await file.slice(start, end));
}

function startOf({ row_groups }: FileMetaData, index: number): number {
  return row_groups.slice(0, index).reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
}
