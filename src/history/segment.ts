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
/** Places behind damage that may be the begin of a batch; each costs a checksum. */
const resumeTriesMax = 32;
/** Of one batch, before and after compression. */
const batchBytesMax = 16 * 1024 * 1024;
/**
 * Records of a batch that are of a known kind and not in its form: after so many the rest of the batch
 * is skipped. A batch of sixteen megabytes has room for eight million, which take a quarter of a minute.
 */
export const strangeCountMax = 1000;
/** Of a segment that is read: a minute of sixteen sessions at 240 frames a second has 20 MB. */
export const segmentBytesMax = 64 * 1024 * 1024;
/** Of all batches of a segment, after decompression: a few kilobytes could hold gigabytes. */
const segmentPlainBytesMax = 128 * 1024 * 1024;
/**
 * Of the columns of a segment's rows: two million of them. A row that is absent throughout takes one
 * byte of a block, and more than two hundred in memory.
 */
export const segmentColumnBytesMax = 512 * 1024 * 1024;
/**
 * Values in the JSON of a segment, counted by what separates them: a minute of sixteen sessions has a hundred
 * thousand. Three bytes of text make an object, which takes seventy.
 */
export const segmentJsonValuesMax = 2_000_000;
/** What the arrays of one block take beside their values. */
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
  /** When the segment begins, on both clocks; all other times are on the monotonic one. */
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
/** A sample, with when it was made. */
export type HistorySample = Static<typeof Sample>;
/** What is in them the room that records events checks. */
export type HistoryEvent = Static<typeof Event>;
/** A checkpoint, with when it was taken. */
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
  /** What players reported of rows that were written before. */
  | { readonly kind: "late"; readonly rows: FrameTable };

/** Only ever added to: files hold the index. */
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

/** A segment that was read. */
export type Segment = {
  readonly head: SegmentHead;
  /** In the order in which they were written, the head left out. */
  readonly records: readonly HistoryRecord[];
  /**
   * Bytes behind the last batch that was read. In the last segment of a run, the host died while
   * writing, or is writing now; in all others they are damaged, or a disk was full.
   */
  readonly tornBytes: number;
  /**
   * Where batches were damaged after they were written: indices of the records that follow them. The
   * count of the records where reading stopped at one.
   */
  readonly damages: readonly number[];
};

/** The bytes before a segment's first batch. */
export function segmentStart(): Uint8Array {
  return magic.slice();
}

/** @throws Error when the records are more than a batch holds */
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

/** @returns `undefined` without a whole head, or with one of a later version. Never throws. */
export function decodeSegment(bytes: Uint8Array, withRows = true): Segment | undefined {
  if (!startsWith(bytes, magic)) return undefined;
  const { records, damages, end } = readBatches(bytes, withRows);
  const [first, ...rest] = records;
  if (first?.kind !== "head" || first.head.version > formatVersion) return undefined;
  // The head is not among the records that are handed out.
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
    // One that is unpacked in vain may have cost as much as a whole segment.
    const next = packed === undefined ? wholeBehind(bytes, end) : "not found";
    if (next !== "none") damages.push(records.length);
    if (typeof next === "string") return { records, damages, end };
    end = next;
  }
}

/** @returns false when it is not what was written, or takes more than one segment may */
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

/** `undefined` when the batch is not whole or not what was written. */
function packedAt(bytes: Uint8Array, position: number): Uint8Array | undefined {
  if (position + batchHeadBytes > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + position);
  const length = view.getUint32(0, true);
  const start = position + batchHeadBytes;
  if (length === 0 || length > bytes.length - start) return undefined;
  const packed = bytes.subarray(start, start + length);
  return Bun.hash.crc32(packed) === view.getUint32(4, true) ? packed : undefined;
}

/** Where the next whole batch begins behind one that is not. */
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

/** What reading one segment may take. */
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
  // One without rows was never written.
  return rows !== undefined && rows.count > 0 ? { kind, rows } : undefined;
}

/** In the form of the schema, or of none. */
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
