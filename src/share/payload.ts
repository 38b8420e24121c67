/**
 * What a shared file carries for its charts, packed for a text file: gzip over a length, JSON, and
 * the rows in the form of the history, in base64.
 *
 *   0  u32  bytes of the JSON, little-endian
 *   4  …    JSON: capture and events
 *   …       blocks of rows: u32 length, then the block
 */
import { zlib } from "../base/late-builtins.ts";
import { blockRowCountMax, encodeBlock } from "../frames/block.ts";
import { sliceTable } from "../frames/table.ts";
import type { FrameTable } from "../model/frames.ts";
import type { SharedData } from "../model/share.ts";

/** Rows of half an hour at 60 frames a second: more would make the file too large to send. */
export const sharedRowsMax = 120_000;

export function packData(data: SharedData, rows: FrameTable | undefined): string {
  const json = Buffer.from(JSON.stringify(data), "utf8");
  const parts: Buffer[] = [lengthOf(json), json];
  for (let from = 0; rows !== undefined && from < rows.count; from += blockRowCountMax) {
    const block = Buffer.from(encodeBlock(sliceTable(rows, from, from + blockRowCountMax)));
    parts.push(lengthOf(block), block);
  }
  return zlib().gzipSync(Buffer.concat(parts), { level: 6 }).toString("base64");
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return length;
}
