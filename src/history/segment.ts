/**
 * What a segment of the history holds, about a minute of all sessions, as bytes.
 *
 *   segment   0  8    "onglassH"
 *             8  …    batches, one for each time that the history was written
 *   batch     0  u32  bytes that follow the checksum, low byte first
 *             4  u32  CRC-32 of them
 *             8  …    zstd; inside it records
 *   record    u8      kind
 *             varint  bytes that follow
 *             …       rows as a block (frames/block.ts), all others as JSON
 *
 * The first record is the head. A batch is whole or not there: a host that dies in the middle of a
 * write loses that batch alone, and reading continues behind one that was damaged later. Records of a
 * kind or a form that is not known are skipped; a batch with too many of them is read no further. What
 * a segment unpacks to has a limit of its own: the rest of one that holds more counts as damaged.
 */

import { type Static, Type } from "@sinclair/typebox";
import { zlib } from "../base/late-builtins.ts";
import { parseJson } from "../base/parse-json.ts";
import { decodeBlock, encodeBlock } from "../frames/block.ts";
import { ByteReader, ByteWriter } from "../frames/bytes.ts";
import { hostWordColumns, lateWordColumns } from "../frames/row-layout.ts";
import { CaptureSession, StatsSample } from "../model/capture.ts";
import { type FrameColumnName, type FrameTable, frameColumnNames } from "../model/frames.ts";
import { valuesShape } from "../model/reason.ts";
import { shapeCheck } from "../model/shape-check.ts";

const magic = new TextEncoder().encode("onglassH");
const batchHeadBytes = 8;
const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** Places after damage that may be the start of a batch; each costs a checksum. */
const resumeTriesMax = 32;
/** Of one batch, before and after compression. */
const batchBytesMax = 16 * 1024 * 1024;
/**
 * Records of a batch that are of a known kind but malformed: after this many the rest of the batch
 * is skipped. A batch of sixteen megabytes has room for eight million, which take a quarter of a
 * minute.
 */
export const strangeCountMax = 1000;
/** For a segment being read: a minute of sixteen sessions at 240 frames per second has 20 MB. */
export const segmentBytesMax = 64 * 1024 * 1024;
/** For all batches of a segment, after decompression: a few kilobytes could expand to gigabytes. */
const segmentPlainBytesMax = 128 * 1024 * 1024;
/**
 * For the columns of a segment's rows: two million of them. A row without values takes one byte of
 * a block, and more than two hundred in memory.
 */
export const segmentColumnBytesMax = 512 * 1024 * 1024;
/**
 * Values in the JSON of a segment, counted by separators: a minute of sixteen sessions has a
 * hundred thousand. Three bytes of text make an object, which takes seventy.
 */
export const segmentJsonValuesMax = 2_000_000;
/** Memory of one block's arrays in addition to their values. */
const blockBytes = 4096;
const [comma, bracket, brace] = [0x2c, 0x5b, 0x7b];
const rowBytes = frameColumnNames.length * Float64Array.BYTES_PER_ELEMENT;
export const formatVersion = 1;

const whole = Type.Integer({ minimum: 0 });
/** On the monotonic clock, in microseconds. */
const atUs = Type.Number({ minimum: 0 });

const Head = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  /** One for each start of a host in this directory, growing. */
  run: whole,
  host: Type.String(),
  /** The start of the segment, on both clocks; all other times are on the monotonic one. */
  begin_unix_ms: whole,
  begin_us: atUs,
  /** Sessions that had begun before. */
  sessions: Type.Array(CaptureSession),
});
/** The first record of a segment. */
export type SegmentHead = Static<typeof Head>;

const Sample = Type.Object({ at_us: atUs, sample: StatsSample });
const Event = Type.Object({ at_us: atUs, event: Type.Unknown() });
const Checkpoint = Type.Object({
  at_us: atUs,
  id: Type.String(),
  label: Type.Optional(Type.String()),
  label_code: Type.Optional(Type.String()),
  label_values: Type.Optional(valuesShape("What the label's text was made from")),
  state: Type.Unknown(),
});
/** A sample, with the time when it was made. */
export type HistorySample = Static<typeof Sample>;
/** Their content is checked by the room that records events. */
export type HistoryEvent = Static<typeof Event>;
/** A checkpoint, with the time when it was taken. */
export type HistoryCheckpoint = Static<typeof Checkpoint>;

/** A record of a segment. */
export type HistoryRecord =
  | { readonly kind: "head"; readonly head: SegmentHead }
  | { readonly kind: "session"; readonly session: CaptureSession }
  | { readonly kind: "sample"; readonly sample: HistorySample }
  | { readonly kind: "event"; readonly event: HistoryEvent }
  | { readonly kind: "checkpoint"; readonly checkpoint: HistoryCheckpoint }
  /** As the host wrote them; `due_us` on the monotonic clock. */
  | { readonly kind: "rows"; readonly rows: FrameTable }
  /** Players' reports of rows that were written before. */
  | { readonly kind: "late"; readonly rows: FrameTable };

/** Only appended to: files hold the index. */
const kinds = ["head", "session", "sample", "event", "checkpoint", "rows", "late"] as const;
const rowColumns = [
  ...["session_id", "frame", "due_us", "fate", "repeat", "key"],
  ...hostWordColumns,
] as readonly FrameColumnName[];
const lateColumns = [
  ...["session_id", "frame", "fate"],
  ...lateWordColumns,
] as readonly FrameColumnName[];

const checks = {
  head: shapeCheck(Head),
  session: shapeCheck(CaptureSession),
  sample: shapeCheck(Sample),
  event: shapeCheck(Event),
  checkpoint: shapeCheck(Checkpoint),
};

/** A parsed segment. */
export type Segment = {
  readonly head: SegmentHead;
  /** In the order in which they were written, without the head. */
  readonly records: readonly HistoryRecord[];
  /**
   * Bytes after the last complete batch. In the last segment of a run, the host was killed while
   * writing, or is writing now; in all others they are damaged, or the disk was full.
   */
  readonly tornBytes: number;
  /**
   * Where batches were damaged after they were written: indices of the records that follow them.
   * The count of the records if reading stopped at one.
   */
  readonly damages: readonly number[];
};

/** The bytes before a segment's first batch. */
export function segmentStart(): Uint8Array {
  return magic.slice();
}

/** @throws Error when the records are more than a batch may hold */
export function encodeBatch(records: readonly HistoryRecord[]): Uint8Array {
  const writer = new ByteWriter(16_384);
  for (const record of records) {
    writer.u8(kinds.indexOf(record.kind));
    writer.bytes(contentOf(record));
  }
  const plain = writer.finish();
  if (plain.length > batchBytesMax) throw new Error(`Bug: a batch of ${plain.length} bytes`);
  const packed = Bun.zstdCompressSync(plain, { level: 1 });
  const batch = new Uint8Array(batchHeadBytes + packed.length);
  const view = new DataView(batch.buffer);
  view.setUint32(0, packed.length, true);
  view.setUint32(4, Bun.hash.crc32(packed), true);
  batch.set(packed, batchHeadBytes);
  return batch;
}

/** @returns `undefined` without a complete head, or with one of a later version. Never throws. */
export function decodeSegment(bytes: Uint8Array, withRows = true): Segment | undefined {
  if (!startsWith(bytes, magic)) return undefined;
  const { records, damages, end } = readBatches(bytes, withRows);
  const [first, ...rest] = records;
  if (first?.kind !== "head" || first.head.version > formatVersion) return undefined;
  // The head is not among the returned records.
  const places = damages.map((place) => Math.max(0, place - 1));
  return { head: first.head, records: rest, tornBytes: bytes.length - end, damages: places };
}

/** Damaged places are counts of the records before them; reading ends where `end` is. */
function readBatches(bytes: Uint8Array, withRows: boolean) {
  const records: HistoryRecord[] = [];
  const damages: number[] = [];
  const budget = new ReadBudget();
  let end = magic.length;
  for (;;) {
    const packed = packedAt(bytes, end);
    if (packed !== undefined && readBatch(packed, records, { withRows, budget })) {
      end += batchHeadBytes + packed.length;
      continue;
    }
    // An unusable batch may have cost as much to unpack as a whole segment.
    const next = packed === undefined ? wholeBehind(bytes, end) : "not found";
    if (next !== "none") damages.push(records.length);
    if (typeof next === "string") return { records, damages, end };
    end = next;
  }
}

/** @returns false when it is damaged, or exceeds the limits of one segment */
function readBatch(packed: Uint8Array, into: HistoryRecord[], options: ReadOptions): boolean {
  const plain = unpack(packed);
  if (plain === undefined) return false;
  options.budget.takePlain(plain.length);
  readRecords(plain, into, options);
  return !options.budget.isSpent;
}

function contentOf(record: HistoryRecord): Uint8Array {
  switch (record.kind) {
    case "rows":
      return encodeBlock(record.rows, rowColumns);
    case "late":
      return encodeBlock(record.rows, lateColumns);
    case "head":
      return json(record.head);
    case "session":
      return json(record.session);
    case "sample":
      return json(record.sample);
    case "event":
      return json(record.event);
    case "checkpoint":
      return json(record.checkpoint);
  }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** `undefined` when the batch is incomplete or damaged. */
function packedAt(bytes: Uint8Array, position: number): Uint8Array | undefined {
  if (position + batchHeadBytes > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + position);
  const length = view.getUint32(0, true);
  const start = position + batchHeadBytes;
  if (length === 0 || length > bytes.length - start) return undefined;
  const packed = bytes.subarray(start, start + length);
  return Bun.hash.crc32(packed) === view.getUint32(4, true) ? packed : undefined;
}

/** Where the next complete batch begins after an invalid one. */
function wholeBehind(bytes: Uint8Array, position: number): number | "none" | "not found" {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let from = position + batchHeadBytes + 1;
  for (let tries = 0; tries < resumeTriesMax; tries++) {
    const place = buffer.indexOf(zstdMagic, from);
    if (place === -1) return "none";
    if (packedAt(bytes, place - batchHeadBytes) !== undefined) return place - batchHeadBytes;
    from = place + 1;
  }
  return "not found";
}

function unpack(packed: Uint8Array): Uint8Array | undefined {
  try {
    return zlib().zstdDecompressSync(packed, { maxOutputLength: batchBytesMax });
  } catch {
    // Not zstd although the checksum is right, or more than was ever written: damaged.
    return undefined;
  }
}

/** The budget for reading one segment. */
class ReadBudget {
  #plainBytes = segmentPlainBytesMax;
  #columnBytes = segmentColumnBytesMax;
  #jsonValues = segmentJsonValuesMax;

  get isSpent(): boolean {
    return this.#plainBytes < 0 || this.#columnBytes < 0 || this.#jsonValues < 0;
  }

  takePlain(count: number): void {
    this.#plainBytes -= count;
  }

  /** Of one record, before it is parsed. */
  takeJson(text: Uint8Array): void {
    for (let at = 0; at < text.length && this.#jsonValues >= 0; at++) {
      const byte = text[at];
      if (byte === comma || byte === bracket || byte === brace) this.#jsonValues -= 1;
    }
  }

  take(record: HistoryRecord): void {
    if ("rows" in record) this.#columnBytes -= blockBytes + record.rows.count * rowBytes;
  }
}

type ReadOptions = { readonly withRows: boolean; readonly budget: ReadBudget };

function readRecords(
  plain: Uint8Array,
  into: HistoryRecord[],
  { withRows, budget }: ReadOptions,
): void {
  const reader = new ByteReader(plain);
  let strangeCount = 0;
  const isAtLimit = () => strangeCount >= strangeCountMax || budget.isSpent;
  while (!(reader.isAtEnd || reader.isDamaged || isAtLimit())) {
    const kind = kinds[reader.u8()];
    const content = reader.bytes();
    if (kind === undefined || reader.isDamaged) continue;
    if (!withRows && isOfRows(kind)) continue;
    const record = recordOf(kind, content, budget);
    if (record === undefined) {
      strangeCount += 1;
      continue;
    }
    into.push(record);
    budget.take(record);
  }
}

function isOfRows(kind: HistoryRecord["kind"]): kind is "rows" | "late" {
  return kind === "rows" || kind === "late";
}

function recordOf(
  kind: HistoryRecord["kind"],
  content: Uint8Array,
  budget: ReadBudget,
): HistoryRecord | undefined {
  if (!isOfRows(kind)) {
    budget.takeJson(content);
    if (budget.isSpent) return undefined;
    return jsonRecordOf(kind, parseJson(new TextDecoder().decode(content)));
  }
  const rows = decodeBlock(content);
  // A block without rows was never written.
  return rows !== undefined && rows.count > 0 ? { kind, rows } : undefined;
}

/** In the form of the schema, or none. */
function jsonRecordOf(
  kind: Exclude<HistoryRecord["kind"], "rows" | "late">,
  value: unknown,
): HistoryRecord | undefined {
  if (kind === "head" && checks.head.Check(value)) return { kind, head: value };
  if (kind === "session" && checks.session.Check(value)) return { kind, session: value };
  if (kind === "sample" && checks.sample.Check(value)) return { kind, sample: value };
  if (kind === "event" && checks.event.Check(value)) return { kind, event: value };
  if (kind === "checkpoint" && checks.checkpoint.Check(value)) return { kind, checkpoint: value };
  return undefined;
}
