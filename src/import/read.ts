/**
 * A file of another tool, recognised by its content. What nobody knows, what is damaged and what is too
 * large is refused with the reason.
 */
import { Failure } from "../base/failure.ts";
import { depthOf } from "../base/json-depth.ts";
import { readMangohud } from "./mangohud.ts";
import { readCapframex, readPresentmon } from "./presentmon.ts";
import { frameCountMin, type ImportedRun } from "./run.ts";
import { readWivrn } from "./wivrn.ts";

const jsonDepthMax = 32;
const readers = [readMangohud, readPresentmon, readWivrn, readCapframex];

/** @throws Failure `recording_refused` */
export function readRun(bytes: Uint8Array): ImportedRun {
  const text = decode(bytes);
  for (const read of readers) {
    const run = read(text);
    if (run === undefined) continue;
    if (run.frames.length >= frameCountMin) return run;
    throw refused(`it is ${run.tool}'s, and holds ${run.frames.length} frames that can be read`);
  }
  throw refused(
    "it is none of MangoHud (CSV), PresentMon (CSV), CapFrameX (JSON), WiVRn timings (CSV)",
  );
}

function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) throw refused("it is empty");
  const isJson = bytes.subarray(0, 8).includes(0x7b);
  if (isJson && depthOf(bytes) > jsonDepthMax) throw refused("it is nested too deep");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refused("it is not a text in UTF-8");
  }
}

function refused(reason: string): Failure {
  return new Failure("recording_refused", `Cannot import the file: ${reason}`);
}
