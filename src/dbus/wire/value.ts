/**
 * Values of D-Bus in little-endian bytes, by their signature. Padding is counted from the start of
 * the message, and a body starts at a multiple of 8: it may be read and written on its own.
 *
 *     string, object path   u32 length, bytes, NUL        signature   u8 length, bytes, NUL
 *     array                 u32 bytes of the elements, padding to the element, elements
 *     struct, entry         padding to 8, members         variant     signature, value
 */
import { alignmentOf, DBusWireError, depthMax, splitSignature } from "./signature.ts";

/**
 * What a value is here: 64-bit integers are `bigint`, booleans are `boolean`, bytes in an array a
 * `Buffer`, other arrays and structs arrays, dictionaries maps. A variant is read as its value.
 */
export type DBusValue =
  | number
  | bigint
  | string
  | boolean
  | Buffer
  | Variant
  | readonly DBusValue[]
  | ReadonlyMap<DBusValue, DBusValue>;

/** A value with its type, to be written as a variant. */
export class Variant {
  readonly type: string;
  readonly value: DBusValue;

  /** @param type one complete type. */
  constructor(type: string, value: DBusValue) {
    this.type = type;
    this.value = value;
  }
}

/** A dictionary of variants by name, `a{sv}`, as most calls take one. */
export function options(values: Readonly<Record<string, Variant>>): Map<string, Variant> {
  return new Map(Object.entries(values));
}

/** The bytes of values, one for each complete type of the signature. */
export function writeValues(signature: string, values: readonly DBusValue[]): Buffer {
  const writer = new ValueWriter();
  splitSignature(signature).forEach((type, index) => {
    const value = values[index];
    if (value === undefined) throw new DBusWireError(`a value for "${signature}" is missing`);
    writer.write(type, value);
  });
  return writer.bytes();
}

/** The values of a body. Throws a DBusWireError for bytes that the signature does not fit. */
export function readValues(signature: string, body: Buffer): DBusValue[] {
  const reader = new ValueReader(body);
  return splitSignature(signature).map((type) => reader.read(type));
}

/** A number, its padding, and that of what follows. */
const fixedBytesMax = 32;

class ValueWriter {
  #bytes: Buffer<ArrayBufferLike> = Buffer.alloc(256);
  #at = 0;

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  write(type: string, value: DBusValue): void {
    this.#grow(fixedBytesMax);
    switch (type[0]) {
      case "y":
        this.#bytes.writeUInt8(numberOf(value), this.#room(1, 1));
        return;
      case "n":
        this.#bytes.writeInt16LE(numberOf(value), this.#room(2, 2));
        return;
      case "q":
        this.#bytes.writeUInt16LE(numberOf(value), this.#room(2, 2));
        return;
      case "b":
        this.#bytes.writeUInt32LE(value === true ? 1 : 0, this.#room(4, 4));
        return;
      case "i":
        this.#bytes.writeInt32LE(numberOf(value), this.#room(4, 4));
        return;
      case "u":
      case "h":
        this.#bytes.writeUInt32LE(numberOf(value), this.#room(4, 4));
        return;
      case "x":
      case "t":
        this.#writeLong(value);
        return;
      case "d":
        this.#bytes.writeDoubleLE(numberOf(value), this.#room(8, 8));
        return;
      default:
        this.#writeLonger(type, value);
    }
  }

  #writeLonger(type: string, value: DBusValue): void {
    switch (type[0]) {
      case "s":
      case "o":
        this.#writeText(textOf(value));
        return;
      case "g":
        this.#writeSignature(textOf(value));
        return;
      case "v":
        if (!(value instanceof Variant)) throw new DBusWireError("a variant is missing");
        this.#writeSignature(value.type);
        this.write(value.type, value.value);
        return;
      case "(":
        this.#writeStruct(type, value);
        return;
      case "a":
        this.#writeArray(type.slice(1), value);
        return;
      default:
        alignmentOf(type);
    }
  }

  #writeLong(value: DBusValue): void {
    const long = typeof value === "bigint" ? value : BigInt(numberOf(value));
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, long), this.#room(8, 8));
  }

  #writeText(text: string): void {
    const length = Buffer.byteLength(text);
    this.#grow(length + fixedBytesMax);
    this.#bytes.writeUInt32LE(length, this.#room(4, 4));
    this.#bytes.write(text, this.#room(length + 1, 1));
  }

  #writeSignature(signature: string): void {
    this.#grow(signature.length + fixedBytesMax);
    this.#bytes.writeUInt8(signature.length, this.#room(1, 1));
    this.#bytes.write(signature, this.#room(signature.length + 1, 1));
  }

  #writeStruct(type: string, value: DBusValue): void {
    if (!isList(value)) throw new DBusWireError("a struct is missing");
    this.#room(0, 8);
    splitSignature(type.slice(1, -1)).forEach((member, index) => {
      const part = value[index];
      if (part === undefined) throw new DBusWireError("a member is missing");
      this.write(member, part);
    });
  }

  #writeArray(element: string, value: DBusValue): void {
    const lengthAt = this.#room(4, 4);
    this.#room(0, alignmentOf(element));
    const from = this.#at;
    if (value instanceof Map) {
      const [key = "", entry = ""] = splitSignature(element.slice(1, -1));
      for (const [name, each] of value) {
        this.#room(0, 8);
        this.write(key, name);
        this.write(entry, each);
      }
    } else if (isList(value)) {
      for (const each of value) this.write(element, each);
    } else if (Buffer.isBuffer(value)) {
      this.#grow(value.length);
      value.copy(this.#bytes, this.#room(value.length, 1));
    } else throw new DBusWireError("an array is missing");
    this.#bytes.writeUInt32LE(this.#at - from, lengthAt);
  }

  /** Space for this many bytes after the padding. Both are zero, and exist since `#grow`. */
  #room(byteCount: number, alignment: number): number {
    const at = Math.ceil(this.#at / alignment) * alignment;
    this.#at = at + byteCount;
    return at;
  }

  /** Before anything is written: the buffer must not change meanwhile. */
  #grow(byteCount: number): void {
    const missing = this.#at + byteCount + fixedBytesMax - this.#bytes.length;
    if (missing <= 0) return;
    this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length + missing)]);
  }
}

class ValueReader {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(type: string): DBusValue {
    switch (type[0]) {
      case "y":
        return this.#bytes.readUInt8(this.#take(1, 1));
      case "n":
        return this.#bytes.readInt16LE(this.#take(2, 2));
      case "q":
        return this.#bytes.readUInt16LE(this.#take(2, 2));
      case "b":
        return this.#bytes.readUInt32LE(this.#take(4, 4)) !== 0;
      case "i":
        return this.#bytes.readInt32LE(this.#take(4, 4));
      case "u":
      case "h":
        return this.#bytes.readUInt32LE(this.#take(4, 4));
      case "x":
        return this.#bytes.readBigInt64LE(this.#take(8, 8));
      case "t":
        return this.#bytes.readBigUInt64LE(this.#take(8, 8));
      case "d":
        return this.#bytes.readDoubleLE(this.#take(8, 8));
      default:
        return this.#readLonger(type);
    }
  }

  #readLonger(type: string): DBusValue {
    switch (type[0]) {
      case "s":
      case "o":
        return this.#readText(this.#bytes.readUInt32LE(this.#take(4, 4)));
      case "g":
        return this.#readText(this.#bytes.readUInt8(this.#take(1, 1)));
      case "v":
        return this.#inside(() => this.#readVariant());
      case "(":
        return this.#inside(() => {
          this.#take(0, 8);
          return splitSignature(type.slice(1, -1)).map((member) => this.read(member));
        });
      case "a":
        return this.#inside(() => this.#readArray(type.slice(1)));
      default:
        throw new DBusWireError("a signature is malformed");
    }
  }

  #readText(length: number): string {
    const at = this.#take(length + 1, 1);
    return this.#bytes.toString("utf8", at, at + length);
  }

  #readVariant(): DBusValue {
    const signature = this.#readText(this.#bytes.readUInt8(this.#take(1, 1)));
    const [type, more] = splitSignature(signature);
    if (type === undefined || more !== undefined) throw new DBusWireError("a variant has one type");
    return this.read(type);
  }

  #readArray(element: string): DBusValue {
    const length = this.#bytes.readUInt32LE(this.#take(4, 4));
    this.#take(0, alignmentOf(element));
    if (element === "y") {
      const at = this.#take(length, 1);
      return Buffer.from(this.#bytes.subarray(at, at + length));
    }
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new DBusWireError("an array is longer than its message");
    const read = element.startsWith("{")
      ? this.#readEntries(element, end)
      : this.#readList(element, end);
    if (this.#at !== end) throw new DBusWireError("an array ends inside an element");
    return read;
  }

  #readEntries(element: string, end: number): DBusValue {
    const [key = "", value = ""] = splitSignature(element.slice(1, -1));
    const entries = new Map<DBusValue, DBusValue>();
    while (this.#at < end) {
      this.#take(0, 8);
      const name = this.read(key);
      entries.set(name, this.read(value));
    }
    return entries;
  }

  #readList(element: string, end: number): DBusValue {
    const list: DBusValue[] = [];
    while (this.#at < end) list.push(this.read(element));
    return list;
  }

  #inside<Value>(read: () => Value): Value {
    this.#depth += 1;
    if (this.#depth > depthMax) throw new DBusWireError("a value is too deep");
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #take(byteCount: number, alignment: number): number {
    const at = Math.ceil(this.#at / alignment) * alignment;
    if (at + byteCount > this.#bytes.length) throw new DBusWireError("a value is missing");
    this.#at = at + byteCount;
    return at;
  }
}

function numberOf(value: DBusValue): number {
  if (typeof value !== "number") throw new DBusWireError("a number is missing");
  return value;
}

function textOf(value: DBusValue): string {
  if (typeof value !== "string") throw new DBusWireError("a text is missing");
  return value;
}

function isList(value: DBusValue): value is readonly DBusValue[] {
  return Array.isArray(value);
}

/** Elements of an array or a structure; empty for anything else. */
export function listOf(value: DBusValue | undefined): readonly DBusValue[] {
  return Array.isArray(value) ? value : [];
}
