/** The columns of rows as a Parquet schema: `model/frames.ts` in Parquet's terms. */
import type { SchemaElement } from "hyparquet";
import {
  type FrameColumn,
  type FrameColumnName,
  frameColumnNames,
  frameColumns,
} from "../model/frames.ts";

/** Rows per group; readers skip whole groups by their range of `due_us`. */
export const rowGroupRowsMax = 36_000;
/** Where the head of the capture is in the file's metadata, as JSON. */
export const headKey = "onglass";

export const frameSchema: SchemaElement[] = [
  { name: "frames", num_children: frameColumnNames.length },
  ...frameColumnNames.map(elementOf),
];

function elementOf(name: FrameColumnName): SchemaElement {
  const column: FrameColumn = frameColumns[name];
  const repetition_type = column.isOptional ? "OPTIONAL" : "REQUIRED";
  switch (column.type) {
    case "uint32":
      return { name, repetition_type, type: "INT32", converted_type: "UINT_32" };
    case "uint16":
      return { name, repetition_type, type: "INT32", converted_type: "UINT_16" };
    case "int64":
      return { name, repetition_type, type: "INT64" };
    case "bool":
      return { name, repetition_type, type: "BOOLEAN" };
    case "fate":
      return { name, repetition_type, type: "BYTE_ARRAY", converted_type: "UTF8" };
  }
}
