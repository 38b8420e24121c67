/**
 * A file of another tool, recognised by its content. Unknown, damaged and oversized files are
 * refused with the reason.
 */
import { depthOf, isTooHeavy } from "../base/json-depth.ts";
import { printable } from "../base/printable.ts";
import { rangeMsMax } from "../model/frames-page.ts";
import { readMangohud } from "./mangohud.ts";
import { readCapframex, readPresentmon } from "./presentmon.ts";
import { RefusedFile } from "./refusal.ts";
import { frameCountMin, type ImportedFrame, type ImportedRun, type OnRead } from "./run.ts";
import { readWivrn } from "./wivrn.ts";

const jsonDepthMax = 32;
/** No recording of a single run pauses longer. */
const pauseMsMax = 60 * 60 * 1000;
const readers = [readMangohud, readPresentmon, readWivrn, readCapframex];

/**
 * @param onRead called periodically with the share of the text that has been read
 * @throws RefusedFile
 */
export function readRun(bytes: Uint8Array, onRead: OnRead = () => undefined): ImportedRun {
  const text = decode(bytes);
  for (const read of readers) {
    const known = read(text, onRead);
    if (known === undefined) continue;
    const run = { ...withinReason(known), program: printable(known.program) };
    if (run.frames.length >= frameCountMin) return run;
    throw new RefusedFile({ reason: "too_few", tool: run.tool, frames: run.frames.length });
  }
  throw new RefusedFile({ reason: "unknown" });
}

/**
 * If the times of a run jump further than a recording pauses, the longest contiguous part: an
 * isolated time is wrong. The machine's figures are those of the same time.
 */
function withinReason(run: ImportedRun): ImportedRun {
  const frames = longestOf(partsOf(inOrder(run.frames)));
  const [firstMs = 0, lastMs = 0] = [frames[0]?.atMs, frames.at(-1)?.atMs];
  const machine = run.machine.filter(({ atMs }) => atMs >= firstMs && atMs <= lastMs);
  const beginMs = firstMs > pauseMsMax ? firstMs : 0;
  return { ...run, frames: fromBegin(frames, beginMs), machine: fromBegin(machine, beginMs) };
}

/**
 * Time goes forward, and no run is longer than a history: frames that contradict this are left out.
 */
function inOrder(frames: readonly ImportedFrame[]): ImportedFrame[] {
  let lastMs = Number.NEGATIVE_INFINITY;
  return frames.filter(({ atMs }) => {
    const isNext = atMs > lastMs && atMs >= 0 && atMs <= rangeMsMax;
    if (isNext) lastMs = atMs;
    return isNext;
  });
}

function partsOf(frames: readonly ImportedFrame[]): ImportedFrame[][] {
  const parts: ImportedFrame[][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const frame of frames) {
    if (frame.atMs - lastMs > pauseMsMax) parts.push([]);
    parts.at(-1)?.push(frame);
    lastMs = frame.atMs;
  }
  return parts;
}

function longestOf(parts: readonly ImportedFrame[][]): readonly ImportedFrame[] {
  return parts.reduce((most, part) => (part.length > most.length ? part : most), []);
}

function fromBegin<T extends { readonly atMs: number }>(list: readonly T[], beginMs: number): T[] {
  return list.map((one) => ({ ...one, atMs: one.atMs - beginMs }));
}

function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new RefusedFile({ reason: "empty" });
  const isJson = bytes.subarray(0, 8).includes(0x7b);
  if (isJson && depthOf(bytes) > jsonDepthMax) throw new RefusedFile({ reason: "too_deep" });
  if (isJson && isTooHeavy(bytes)) throw new RefusedFile({ reason: "too_heavy" });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RefusedFile({ reason: "not_text" });
  }
}
