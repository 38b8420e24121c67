/**
 * Structures in Thrift's compact protocol, as far as the head of a Parquet page has them. Pure.
 * Never reads beyond its bytes, always ends.
 */

/** Position of the next byte to read; only moves forward. */
export type ThriftReader = { readonly view: DataView; offset: number };

/** Numbers and structures of a structure, by field number; the rest is skipped. */
export type ThriftStruct = {
  readonly numbers: ReadonlyMap<number, number>;
  readonly structs: ReadonlyMap<number, ThriftStruct>;
};

const depthMax = 8;
const fieldCountMax = 64;

/** @throws Error if it is not such a structure, or contains lists, maps or sets */
export function readStruct(reader: ThriftReader, depth = 0): ThriftStruct {
  if (depth > depthMax) throw new Error("Structures lie too deep");
  const numbers = new Map<number, number>();
  const structs = new Map<number, ThriftStruct>();
  let id = 0;
  for (let count = 0; count < fieldCountMax; count++) {
    const head = reader.view.getUint8(reader.offset++);
    const type = head & 0x0f;
    if (type === 0) return { numbers, structs };
    id = head >> 4 === 0 ? zigzag(readVarint(reader)) : id + (head >> 4);
    if (type === 12) structs.set(id, readStruct(reader, depth + 1));
    else readValue(reader, type, (value) => numbers.set(id, value));
  }
  throw new Error("A structure has too many fields");
}

/** The types that are not structures. True and false are numbers here. */
function readValue(reader: ThriftReader, type: number, keep: (value: number) => void): void {
  if (type === 1 || type === 2) keep(2 - type);
  else if (type === 3) reader.offset += 1;
  else if (type >= 4 && type <= 6) keep(zigzag(readVarint(reader)));
  else if (type === 7) reader.offset += 8;
  else if (type === 8) reader.offset += readVarint(reader);
  else throw new Error(`A field is of the unknown type ${type}`);
}

/** Up to 56 bits. @throws Error for a longer one, RangeError at the end of the bytes */
export function readVarint(reader: ThriftReader): number {
  let value = 0;
  for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
    const byte = reader.view.getUint8(reader.offset++);
    value += (byte & 0x7f) * factor;
    if (byte < 128) return value;
  }
  throw new Error("A number is too long");
}

function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
