/**
 * Rows as a Parquet file, snappy, in groups of at most 36,000, table by table: only one group is
 * held in memory, however long the capture. A group takes a tenth of a second of a core: for a
 * worker, or for short ranges.
 */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { concatTables, sliceTable } from "../frames/table.ts";
import {
  type FrameColumnName,
  type FrameTable,
  frameColumnNames,
  frameColumns,
  frameFates,
} from "../model/frames.ts";
import { frameSchema, headKey, rowGroupRowsMax } from "./frame-schema.ts";

/** Destination of a file's bytes. */
export type ParquetSink = {
  /** Called with the file's bytes in order; they belong to the writer again when it returns. */
  write(bytes: Uint8Array): void;
};

/** Writes one file, table by table; `finish` is called once. */
export class FrameFileWriter {
  /** Rows added so far. */
  rowCount = 0;
  readonly #bytes: ByteWriter;
  readonly #parquet: ParquetWriter;
  readonly #sink: ParquetSink;
  readonly #metadata: { key: string; value: string }[];
  #waiting: FrameTable[] = [];
  #waitingCount = 0;

  /** @param head the capture's, or a description of the range; written as JSON */
  constructor(head: unknown, sink: ParquetSink) {
    this.#sink = sink;
    this.#bytes = new ByteWriter(1 << 20);
    this.#metadata = [{ key: headKey, value: JSON.stringify(head) }];
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      schema: frameSchema,
      createdBy: "onglass",
      kvMetadata: this.#metadata,
    });
  }

  /** A text for the file's metadata in addition to the head; before `finish`. */
  note(key: string, value: string): void {
    this.#metadata.push({ key, value });
  }

  /** Rows in the order in which they are stored in the file. */
  add(table: FrameTable): void {
    this.rowCount += table.count;
    this.#waiting.push(table);
    this.#waitingCount += table.count;
    if (this.#waitingCount < rowGroupRowsMax) return;
    const rows = concatTables(this.#waiting);
    let from = 0;
    for (; rows.count - from >= rowGroupRowsMax; from += rowGroupRowsMax) {
      this.#writeGroup(sliceTable(rows, from, from + rowGroupRowsMax));
    }
    this.#waiting = [sliceTable(rows, from, rows.count)];
    this.#waitingCount = rows.count - from;
  }

  /** Writes the remaining rows, and the footer. */
  finish(): void {
    const rows = concatTables(this.#waiting);
    if (rows.count > 0) this.#writeGroup(rows);
    void this.#parquet.finish();
    this.#flush();
  }

  #writeGroup(rows: FrameTable): void {
    const columnData = frameColumnNames.map((name) => ({ name, data: valuesOf(rows, name) }));
    // Its sink is a buffer: it has written when it returns.
    void this.#parquet.write({ columnData, rowGroupSize: rowGroupRowsMax });
    this.#flush();
  }

  /** Offsets in the file continue; only the buffer is reused. */
  #flush(): void {
    this.#sink.write(this.#bytes.getBytes());
    this.#bytes.index = 0;
  }
}

/** All of a short table as one file. */
export function parquetOf(head: unknown, table: FrameTable): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const file = new FrameFileWriter(head, { write: (bytes) => void parts.push(bytes.slice()) });
  file.add(table);
  file.finish();
  return Uint8Array.from(Buffer.concat(parts));
}

function valuesOf({ columns, count }: FrameTable, name: FrameColumnName): unknown[] {
  const column = columns[name];
  const { type } = frameColumns[name];
  const values: unknown[] = new Array(count);
  for (let row = 0; row < count; row++) {
    const value = column[row] ?? Number.NaN;
    if (Number.isNaN(value)) values[row] = null;
    else if (type === "fate") values[row] = frameFates[value] ?? "sent";
    else if (type === "bool") values[row] = value !== 0;
    else if (type === "int64") values[row] = BigInt(Math.round(value));
    else values[row] = value;
  }
  return values;
}
