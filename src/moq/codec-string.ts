/**
 * The codec string for WebCodecs, read from the first key frame: RFC 6381 and ISO 14496-15 for
 * H.264, section 5 of the AV1 codec mapping for AV1.
 */
import type { CodecName } from "../model/capture.ts";

/** @param unit a key frame: Annex B (H.264) or low-overhead OBUs (AV1). */
export function codecString(codec: CodecName, unit: Uint8Array): string | undefined {
  if (codec === "h264") return avcString(unit);
  if (codec === "av1") return av1String(unit);
  return undefined;
}

const parameterSet = 7;

/** `avc1.PPCCLL`: the three bytes after the type of the sequence parameter set. */
function avcString(unit: Uint8Array): string | undefined {
  for (let at = 0; at + 6 < unit.length; at += 1) {
    const isStart = unit[at] === 0 && unit[at + 1] === 0 && unit[at + 2] === 1;
    if (!isStart || ((unit[at + 3] ?? 0) & 31) !== parameterSet) continue;
    return `avc1.${unit.subarray(at + 4, at + 7).toHex()}`;
  }
  return undefined;
}

const sequenceHeader = 1;

/** `av01.P.LLT.DD`, 8 bits, as this host encodes. */
function av1String(unit: Uint8Array): string | undefined {
  for (let at = 0; at < unit.length; ) {
    const head = unit[at] ?? 0;
    const size = readSize(unit, at + ((head & 4) === 0 ? 1 : 2));
    if (size === undefined) return undefined;
    if (((head >> 3) & 15) === sequenceHeader) return av1FromHeader(unit.subarray(size.end));
    at = size.end + size.value;
  }
  return undefined;
}

/** leb128, at most four bytes: no unit is longer. */
function readSize(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 4; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value |= (byte & 127) << (7 * index);
    if (byte < 128) return { value, end: start + index + 1 };
  }
  return undefined;
}

/** AV1 specification 5.5.1, up to the level; with timing information it lies further on. */
function av1FromHeader(header: Uint8Array): string | undefined {
  const bits = new BitReader(header);
  const profile = bits.read(3);
  bits.read(1); // still_picture
  const isReduced = bits.read(1) === 1;
  if (!isReduced) {
    if (bits.read(1) === 1) return undefined; // timing_info_present_flag
    bits.read(1); // initial_display_delay_present_flag
    bits.read(5 + 12); // operating_points_cnt_minus_1, operating_point_idc[0]
  }
  const level = bits.read(5);
  const tier = !isReduced && level > 7 && bits.read(1) === 1 ? "H" : "M";
  return `av01.${profile}.${String(level).padStart(2, "0")}${tier}.08`;
}

class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }
}
