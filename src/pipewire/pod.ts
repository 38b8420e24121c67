/**
 * PODs, the values of PipeWire's parameters, to bytes and back. Pure.
 *
 *     u32 bytes of the body | u32 type | body, padded to 8
 *     object: u32 type, u32 id, then properties: u32 key, u32 flags, POD
 *     choice: u32 kind, u32 flags, u32 bytes and u32 type of a value, values
 */

/** Numbers of the types that are used here. */
export const podTypes = {
  id: 3,
  int: 4,
  long: 5,
  rectangle: 10,
  fraction: 11,
  object: 15,
  choice: 19,
};
/** The meaning of a choice's values; the first is the default. */
export const choiceKinds = { none: 0, range: 1, enum: 3, flags: 4 };

const headerBytes = 8;
/** No parameter that is read here is nearly as long. */
export const podBytesMax = 65_536;
const propertyCountMax = 256;

export function podId(value: number): Buffer {
  return pod(podTypes.id, words(value));
}

export function podInt(value: number): Buffer {
  return pod(podTypes.int, words(value));
}

export function podRectangle(width: number, height: number): Buffer {
  return pod(podTypes.rectangle, words(width, height));
}

export function podFraction(above: number, below: number): Buffer {
  return pod(podTypes.fraction, words(above, below));
}

/** A choice among values of one type. */
export function podChoice(kind: number, values: readonly [Buffer, ...Buffer[]]): Buffer {
  const [first] = values;
  const size = first.readUInt32LE(0);
  const bodies = values.map((value) => value.subarray(headerBytes, headerBytes + size));
  const head = words(kind, 0, size, first.readUInt32LE(4));
  return pod(podTypes.choice, Buffer.concat([head, ...bodies]));
}

/** An object of a type, for the parameter `id`. */
export function podObject(
  type: number,
  id: number,
  properties: readonly (readonly [key: number, value: Buffer])[],
): Buffer {
  const parts = properties.flatMap(([key, value]) => [words(key, 0), value]);
  return pod(podTypes.object, Buffer.concat([words(type, id), ...parts]));
}

/** A value of a property: a pair for rectangles and fractions. */
export type PodValue = number | readonly [number, number];

/**
 * The properties of an object by their keys, of a choice its first value; types that are not used
 * here are left out. `undefined` for bytes that are not an object.
 */
export function readPodObject(bytes: Buffer): Map<number, PodValue> | undefined {
  if (bytes.length < headerBytes + 8) return undefined;
  const end = headerBytes + bytes.readUInt32LE(0);
  if (end > bytes.length || bytes.readUInt32LE(4) !== podTypes.object) return undefined;
  const values = new Map<number, PodValue>();
  let at = headerBytes + 8;
  for (let count = 0; at + 16 <= end && count < propertyCountMax; count++) {
    const key = bytes.readUInt32LE(at);
    const size = bytes.readUInt32LE(at + 8);
    const next = at + 16 + size + padding(size);
    if (next > end + 7) return undefined;
    const value = readPod(bytes.subarray(at + 8, Math.min(next, end)));
    if (value !== undefined) values.set(key, value);
    at = next;
  }
  return values;
}

function readPod(bytes: Buffer): PodValue | undefined {
  if (bytes.length < headerBytes) return undefined;
  const type = bytes.readUInt32LE(4);
  const body = bytes.subarray(headerBytes);
  if (type !== podTypes.choice) return readBody(type, body);
  if (body.length < 16) return undefined;
  return readBody(body.readUInt32LE(12), body.subarray(16));
}

function readBody(type: number, body: Buffer): PodValue | undefined {
  if (type === podTypes.id && body.length >= 4) return body.readUInt32LE(0);
  if (type === podTypes.int && body.length >= 4) return body.readInt32LE(0);
  if (type === podTypes.long && body.length >= 8) return Number(body.readBigInt64LE(0));
  const isPair = type === podTypes.rectangle || type === podTypes.fraction;
  if (isPair && body.length >= 8) return [body.readUInt32LE(0), body.readUInt32LE(4)];
  return undefined;
}

function pod(type: number, body: Buffer): Buffer {
  return Buffer.concat([words(body.length, type), body, Buffer.alloc(padding(body.length))]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

function padding(size: number): number {
  return (8 - (size % 8)) % 8;
}
