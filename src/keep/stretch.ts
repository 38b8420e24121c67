/** Which part of a run is meant by what is asked of a session or a capture. */
import { type FramesQuery, heldMsMax } from "../ports/history.ts";

/** Begin and end on the monotonic clock of a run. */
export type RunStretch = { readonly run: number; readonly beginUs: number; readonly endUs: number };

/** Begin and end of what is asked for, on the same clock. */
export function rangeOf(
  { beginUs, endUs }: RunStretch,
  { from, to, last_s }: FramesQuery,
): { readonly fromUs: number; readonly toUs: number } {
  if (last_s !== undefined) return { fromUs: Math.max(beginUs, endUs - last_s * 1e6), toUs: endUs };
  const at = (ms: number | undefined, otherwise: number) =>
    ms === undefined ? otherwise : beginUs + ms * 1000;
  return { fromUs: at(from, beginUs), toUs: at(to, endUs) };
}

/** Of a range that is too long to be looked at together, the last part. */
export function newestOf({ fromUs, toUs }: { readonly fromUs: number; readonly toUs: number }) {
  return { fromUs: Math.max(fromUs, toUs - heldMsMax * 1000), toUs };
}
