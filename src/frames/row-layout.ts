/**
 * How rows lie in the shared memory of a session. A slot's row has its place by its number, so that
 * what becomes known later finds it without a search.
 *
 *   ring   0  u32  highest slot number written, plus one
 *          4  u32  facts that came after their row was final or gone
 *          8  u32  rows written so far
 *         12  u32  slots below this one that have no row get none any more
 *         64       rows
 *
 *   row    0  u32  slot number plus one; 0 while the row is being written
 *          4  u32  fate (8 bits), repeat (bit 8), key (bit 9), reported (bit 10)
 *          8  f64  due, on the one clock
 *         16  u32  the columns of `wordColumns`, in this order; those that the player reports count
 *                  once bit 10 is set, and are an older row's before
 */
import { type FrameColumnName, type FrameFate, frameFates } from "../model/frames.ts";

/** In a 32-bit word: not measured. */
export const absentWord = 0xffff_ffff;
/** The same as a signed number, which a writer stores without a conversion. */
export const absentMark = -1;
export const repeatBit = 1 << 8;
export const keyBit = 1 << 9;
/** The player reported something of this row. */
export const reportedBit = 1 << 10;

export const ringHeadBytes = 64;
export const endWord = 0;
export const refusedWord = 1;
export const writtenWord = 2;
export const beginWord = 3;

/** The host knows them when the row is written. */
export const hostWordColumns = [
  "wait_us",
  "capture_us",
  "submit_us",
  "encode_us",
  "packetize_us",
  "send_us",
  "queue_us",
  "gap_us",
  "cpu_wait_us",
  "source_age_us",
  "bytes",
  "packets",
  "parity",
  "quantiser",
  "quality",
] as const satisfies FrameColumnName[];
/** Reported by the player, up to two seconds after the slot was due. */
export const lateWordColumns = [
  "lost_packets",
  "rebuilt",
  "complete_us",
  "decode_us",
  "shown_us",
  "lost_head",
] as const satisfies FrameColumnName[];
export const wordColumns = [...hostWordColumns, ...lateWordColumns] as const;
/** A column that the player reports. */
export type LateColumn = (typeof lateWordColumns)[number];

/** Where the columns begin in a row, in words. */
export const columnsWord = 4;
/** Even: times are of two words. */
export const rowWords = 2 * Math.ceil((columnsWord + wordColumns.length) / 2);
export const rowBytes = rowWords * Uint32Array.BYTES_PER_ELEMENT;

/**
 * Capacity of a session's ring in rows: at 240 frames per second the two seconds until a row is
 * final, a window of two, and four more in which the reader may be late. 213 KB. A power of two.
 */
export const ringRowCount = 2048;

/** A row may change for this long after its slot was due; then it is final. */
export const finalUs = 2_000_000;

/** The number of a fate in rows, blocks and tables. To be looked up during setup, not per frame. */
export function fateIndex(fate: FrameFate): number {
  return frameFates.indexOf(fate);
}
