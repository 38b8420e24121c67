/** Memory stays flat, whatever the length of a capture or a stream. */
import { percentile } from "../support/measure.ts";
import { recordThreeHours, streamFor } from "../support/memory-runs.ts";

const grownHeapMbMax = 1;
/** Of the second quarter; the first is warming up. */
const grownShareMax = 0.05;

/** @throws Error when captures leave memory behind */
export async function proveCaptures(captureCount: number): Promise<string> {
  const { savedMb } = await recordThreeHours(captureCount);
  const grownMb = (savedMb.at(-1) ?? 0) - (savedMb[0] ?? 0);
  const said = savedMb.map((mb) => mb.toFixed(1)).join(", ");
  if (grownMb > grownHeapMbMax) throw new Error(`The heap grew: ${said} MB`);
  return `heap ${said} MB after captures of three hours`;
}

/** @throws Error when the host grows while it streams */
export async function proveStream(seconds: number): Promise<string> {
  const readings = await streamFor(seconds);
  const quarter = Math.floor(readings.length / 4);
  const before = percentile(readings.slice(quarter, 2 * quarter), 0.5);
  const after = percentile(readings.slice(-quarter), 0.5);
  const said = `resident ${before.toFixed(1)} MB in the second quarter of ${seconds} s, ${after.toFixed(1)} MB in the last`;
  if (after > before * (1 + grownShareMax)) throw new Error(`The host grew: ${said}`);
  return said;
}
