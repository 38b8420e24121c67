/**
 * The NAL units of an access unit in Annex B. Encoders put messages about themselves between the
 * parameter sets and the first slice, up to 2.4 KB; players that look for the slice in a frame's
 * first packet then never show a picture.
 */
import type { CodecName } from "../model/capture.ts";

const messageTypeOfH264 = 6;
const messageTypesOfHevc = { prefix: 39, suffix: 40 } as const;
/** The first type of HEVC that is not a slice. */
const hevcSliceEnd = 32;

/**
 * The unit without the messages (SEI) before its first slice, as a view of the same bytes, in which
 * the parameter sets have been moved. Anything but H.264 and HEVC is unchanged.
 */
export function withoutMessages(unit: Uint8Array, codec: CodecName): Uint8Array {
  if (codec === "av1") return unit;
  let kept = 0;
  let start = nextStart(unit, 0);
  while (start < unit.length) {
    const type = typeAt(unit, start + 3, codec);
    if (isSlice(type, codec)) break;
    const end = nextStart(unit, start + 3);
    if (!isMessage(type, codec)) kept = end;
    else return withoutMessages(cut(unit, kept, end), codec);
    start = end;
  }
  return unit;
}

/** What lies before `from` moves to the end of the gap, so that the slices stay where they are. */
function cut(unit: Uint8Array, from: number, to: number): Uint8Array {
  unit.copyWithin(to - from, 0, from);
  return unit.subarray(to - from);
}

/** Place of the next start code (with its leading zero, where it has four bytes), or the end. */
function nextStart(unit: Uint8Array, from: number): number {
  for (let at = from; at + 3 < unit.length; at++) {
    if (unit[at] === 0 && unit[at + 1] === 0 && unit[at + 2] === 1) return at;
  }
  return unit.length;
}

function typeAt(unit: Uint8Array, at: number, codec: "h264" | "hevc"): number {
  const head = unit[at] ?? 0;
  return codec === "h264" ? head & 0x1f : (head >> 1) & 0x3f;
}

function isSlice(type: number, codec: "h264" | "hevc"): boolean {
  return codec === "h264" ? type >= 1 && type <= 5 : type < hevcSliceEnd;
}

function isMessage(type: number, codec: "h264" | "hevc"): boolean {
  if (codec === "h264") return type === messageTypeOfH264;
  return type === messageTypesOfHevc.prefix || type === messageTypesOfHevc.suffix;
}
