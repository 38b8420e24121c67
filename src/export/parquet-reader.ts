/** Rows read back from a Parquet file that `parquet-writer.ts` wrote, a row group at a time. */
import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
} from "hyparquet";
import { concatTables, emptyTable, makeColumns, tableBetween } from "../frames/table.ts";
import {
  type FrameColumnName,
  type FrameTable,
  frameColumnNames,
  frameFates,
} from "../model/frames.ts";
import { headKey } from "./frame-schema.ts";

/** An open file of rows. It holds no descriptor: every read opens the file again. */
export type FrameFile = {
  /** What was written as its head, unchecked. */
  readonly head: unknown;
  readonly rowCount: number;
  /** All rows in parts of at most 36,000, in order. */
  tables(): AsyncGenerator<FrameTable>;
  /** Rows due from `fromUs` on and before `toUs`; columns that are not asked for are absent. */
  read(range: TimeRange, names?: readonly FrameColumnName[]): Promise<FrameTable>;
  /** The same a group of at most 36,000 rows at a time, in order. */
  parts(range: TimeRange, names?: readonly FrameColumnName[]): AsyncGenerator<FrameTable>;
};

type TimeRange = { readonly fromUs: number; readonly toUs: number };

/** @throws Error when the bytes are no Parquet file */
export async function openFrameFile(file: AsyncBuffer): Promise<FrameFile> {
  const metadata = await parquetMetadataAsync(file);
  const head = metadata.key_value_metadata?.find(({ key }) => key === headKey)?.value;
  return {
    head: head === undefined ? undefined : JSON.parse(head),
    rowCount: Number(metadata.num_rows),
    tables: () => readGroups(file, metadata),
    read: ({ fromUs, toUs }, names = frameColumnNames) =>
      readRows({ file, metadata, fromUs, toUs, names }),
    parts: ({ fromUs, toUs }, names = frameColumnNames) =>
      readParts({ file, metadata, fromUs, toUs, names }),
  };
}

/** A file on the disk, read in the parts that are asked for. */
export function diskBuffer(path: string, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    slice: (start, end = byteLength) => Bun.file(path).slice(start, end).arrayBuffer(),
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

/** Those of an earlier version lack some. */
function knownColumns(metadata: FileMetaData, names: readonly string[]): FrameColumnName[] {
  const there = new Set(metadata.schema.map(({ name }) => name));
  return frameColumnNames.filter((name) => names.includes(name) && there.has(name));
}

/** By the least and greatest `due_us` that the group's statistics give. */
function mayHold(group: FileMetaData["row_groups"][number], fromUs: number, toUs: number): boolean {
  const due = group.columns.find((column) => column.meta_data?.path_in_schema[0] === "due_us");
  const { min_value, max_value } = due?.meta_data?.statistics ?? {};
  if (typeof min_value !== "bigint" || typeof max_value !== "bigint") return true;
  return Number(min_value) < toUs && Number(max_value) >= fromUs;
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
  const columns = makeColumns(count, names);
  await parquetRead({
    ...{ file, metadata, columns: names, rowStart, rowEnd },
    onChunk: ({ columnName, columnData, rowStart: chunkStart }) => {
      const name = names.find((known) => known === columnName);
      if (name !== undefined) fill(columns[name], columnData, chunkStart - rowStart);
    },
  });
  return { count, columns };
}

function fill(column: Float64Array, values: DecodedArray, offset: number): void {
  for (let index = 0; index < values.length; index++) {
    const place = offset + index;
    if (place >= 0 && place < column.length) column[place] = numberOf(values[index]);
  }
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") return frameFates.findIndex((fate) => fate === value);
  return Number.NaN;
}
