/**
 * Messages of D-Bus, both ways.
 *
 *     u8 'l' | u8 type | u8 flags | u8 version 1 | u32 body bytes | u32 serial
 *     a(yv) header fields | padding to 8 | body
 */
import { DBusWireError } from "./signature.ts";
import { type DBusValue, readValues, Variant, writeValues } from "./value.ts";

/** What a message is. */
export const messageTypes = { call: 1, answer: 2, error: 3, signal: 4 } as const;

/** A message without its body. Fields that a kind does not use are absent. */
export type DBusHeader = {
  readonly type: number;
  readonly serial: number;
  readonly path?: string | undefined;
  readonly interface?: string | undefined;
  readonly member?: string | undefined;
  readonly error?: string | undefined;
  /** Serial of the call that this answers. */
  readonly answers?: number | undefined;
  readonly destination?: string | undefined;
  readonly sender?: string | undefined;
  readonly signature?: string | undefined;
  /** A call that is not to be answered, not even by an error. */
  readonly isUnanswered?: boolean;
  /** File descriptors that came with it. */
  readonly descriptorCount?: number;
};

/** A received message. */
export type DBusMessage = DBusHeader & { readonly body: readonly DBusValue[] };

const littleEndian = 0x6c;
const noReplyExpected = 1;
const fixedBytes = 16;
/** Far above the size of messages from portals and compositors; the protocol allows 128 MB. */
const messageBytesMax = 1_048_576;
/** How many descriptors one message may bring. */
const descriptorCountMax = 16;

/** Number, name and type of the header fields. */
const fields = [
  [1, "path", "o"],
  [2, "interface", "s"],
  [3, "member", "s"],
  [4, "error", "s"],
  [5, "answers", "u"],
  [6, "destination", "s"],
  [7, "sender", "s"],
  [8, "signature", "g"],
  [9, "descriptorCount", "u"],
] as const;

/** The bytes of a message; its body as its signature defines. */
export function writeDBusMessage(header: DBusHeader, body: readonly DBusValue[] = []): Buffer {
  const bytes = writeValues(header.signature ?? "", body);
  const list: DBusValue[] = [];
  for (const [number, name, type] of fields) {
    const value = header[name];
    if (value !== undefined) list.push([number, new Variant(type, value)]);
  }
  const head = writeValues("yyyyuua(yv)", [
    littleEndian,
    header.type,
    header.isUnanswered === true ? noReplyExpected : 0,
    1,
    bytes.length,
    header.serial,
    list,
  ]);
  return Buffer.concat([head, Buffer.alloc(padding(head.length)), bytes]);
}

/** Length of the message at the start, `undefined` while unknown. Throws if it is not a message. */
export function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < fixedBytes) return undefined;
  if (bytes[0] !== littleEndian) throw new DBusWireError("a message is not little-endian");
  const headLength = fixedBytes + bytes.readUInt32LE(12);
  const length = headLength + padding(headLength) + bytes.readUInt32LE(4);
  if (length > messageBytesMax) throw new DBusWireError(`a message of ${length} bytes`);
  return length;
}

/** Reads one whole message of `messageLength` bytes. Throws a DBusWireError for a malformed one. */
export function readDBusMessage(bytes: Buffer): DBusMessage {
  const head = readValues("yyyyuua(yv)", bytes);
  const [, type = 0, , , bodyLength = 0, serial = 0, list = []] = head;
  const known = new Map(Array.isArray(list) ? list.map(fieldOf) : []);
  const text = (number: number) => textOf(known.get(number));
  const count = (number: number) => numberOf(known.get(number));
  const signature = text(8);
  const body = bytes.subarray(bytes.length - Number(bodyLength));
  const descriptorCount = count(9) ?? 0;
  if (descriptorCount > descriptorCountMax) throw new DBusWireError("too many descriptors");
  return {
    type: Number(type),
    serial: Number(serial),
    path: text(1),
    interface: text(2),
    member: text(3),
    error: text(4),
    answers: count(5),
    destination: text(6),
    sender: text(7),
    signature,
    descriptorCount,
    body: readValues(signature ?? "", body),
  };
}

function fieldOf(field: DBusValue): readonly [number, DBusValue] {
  // Read as a struct of a byte and a variant.
  const [number = 0, value = ""] = field as readonly DBusValue[];
  return [Number(number), value];
}

function textOf(value: DBusValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: DBusValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function padding(length: number): number {
  return (8 - (length % 8)) % 8;
}
