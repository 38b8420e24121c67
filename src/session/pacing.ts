/**
 * Hot path: when the packets of a frame are sent: in groups, one per whole millisecond, because
 * that is the resolution of the runtime's timer; a frame that fits one small group is sent at once.
 */
import { assert } from "../base/assert.ts";

const groupIntervalUs = 1000;
/** Smaller groups are not worth a millisecond of latency: any path carries such a burst. */
const groupPacketCountMin = 8;

/** Number of groups for a frame; the last leaves less than `spanUs` after the first. */
export function groupCountOf(packetCount: number, spanUs: number): number {
  assert(packetCount > 0, "a frame has packets");
  const bySpan = Math.max(1, Math.floor(spanUs / groupIntervalUs));
  return Math.min(bySpan, Math.ceil(packetCount / groupPacketCountMin));
}

/** Index after the last packet of a group. */
export function groupEnd(group: number, groupCount: number, packetCount: number): number {
  return Math.floor(((group + 1) * packetCount) / groupCount);
}

/** When a group is due, from the moment the first one left. */
export function groupDueUs(group: number): number {
  return group * groupIntervalUs;
}
