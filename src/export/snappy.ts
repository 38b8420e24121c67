/**
 * Unpacks Snappy blocks of unknown origin: never reads or writes beyond its arrays, always ends.
 * Pure. Format: format_description.txt of Google's Snappy.
 */

type Unpacking = {
  readonly packed: Uint8Array;
  at: number;
  readonly out: Uint8Array<ArrayBuffer>;
  end: number;
};

/** @throws Error when `packed` does not unpack to exactly `byteCount` bytes */
export function unpackSnappy(packed: Uint8Array, byteCount: number): Uint8Array<ArrayBuffer> {
  const state = { packed, at: skipLength(packed), out: new Uint8Array(byteCount), end: 0 };
  while (state.at < packed.length) {
    const tag = byteAt(packed, state.at++);
    if ((tag & 3) === 0) addLiteral(state, tag >> 2);
    else addCopy(state, tag);
  }
  if (state.end !== byteCount) throw broken();
  return state.out;
}

/** Literal bytes; lengths from 61 on follow the tag. */
function addLiteral(state: Unpacking, short: number): void {
  const extra = Math.max(0, short - 59);
  const length = 1 + (extra === 0 ? short : numberAt(state.packed, state.at, extra));
  const from = state.at + extra;
  if (from + length > state.packed.length || state.end + length > state.out.length) throw broken();
  const { packed, out, end } = state;
  // Most are a few bytes: a loop is faster than a call.
  if (length > 48) out.set(packed.subarray(from, from + length), end);
  else for (let index = 0; index < length; index++) out[end + index] = packed[from + index] ?? 0;
  state.at = from + length;
  state.end += length;
}

/** Bytes that were unpacked before; a copy may overlap its own output. */
function addCopy(state: Unpacking, tag: number): void {
  const kind = tag & 3;
  const extra = kind === 3 ? 4 : kind;
  const low = numberAt(state.packed, state.at, extra);
  const back = kind === 1 ? low + ((tag >> 5) << 8) : low;
  const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
  const { out, end } = state;
  if (back === 0 || back > end || end + length > out.length) throw broken();
  for (let index = end; index < end + length; index++) out[index] = out[index - back] ?? 0;
  state.at += extra;
  state.end += length;
}

/** The length in front is already known. */
function skipLength(packed: Uint8Array): number {
  for (let at = 0; at < Math.min(5, packed.length); at++) {
    if (byteAt(packed, at) < 128) return at + 1;
  }
  throw broken();
}

/** Little-endian. */
function numberAt(bytes: Uint8Array, at: number, byteCount: number): number {
  let value = 0;
  for (let index = byteCount - 1; index >= 0; index--) {
    value = value * 256 + byteAt(bytes, at + index);
  }
  return value;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw broken();
  return byte;
}

function broken(): Error {
  return new Error("A page is not packed as it has to be");
}
