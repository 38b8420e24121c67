/**
 * The parts of a frame's time, from due to the end that is known, as columns beside its row. They add
 * up to that end; a part that was not measured is 0 here.
 */
import type { FrameTable } from "../model/frames.ts";
import { frameFates } from "../model/frames.ts";

/** Parts until a frame is handed over, in the order in which it meets them. Each has its column, `…_us`. */
const hostParts = [
  "wait",
  "capture",
  "submit",
  "encode",
  "packetize",
  "queue",
  "send",
  "gap",
] as const;

/** In the order in which a frame meets them. */
export const partNames = [...hostParts, "network", "display"] as const;
export type PartName = (typeof partNames)[number];

/** The end that lateness is measured to. */
export type EndName = "handed_over" | "complete" | "shown";

export type FrameParts = {
  /** Due until the end that is known; NaN for a slot without a frame. */
  readonly endUs: Float64Array;
  /** Due until handed over; NaN for a slot without a frame. */
  readonly handedUs: Float64Array;
  readonly parts: Readonly<Record<PartName, Float64Array>>;
  readonly measuredUntil: EndName;
};

const missed = frameFates.indexOf("missed");

/** One pass over the rows of one session. */
export function partsOf(table: FrameTable): FrameParts {
  const parts = emptyParts(table.count);
  const handedUs = new Float64Array(table.count);
  for (const part of hostParts) addHostPart(table.columns[`${part}_us`], parts[part], handedUs);
  leaveOutMissed(table, handedUs);
  const found = { handedUs, parts, measuredUntil: endNameOf(table, handedUs) };
  const isHostOnly = found.measuredUntil === "handed_over";
  return { ...found, endUs: isHostOnly ? handedUs : addFarParts(table, found) };
}

function emptyParts(count: number): Record<PartName, Float64Array> {
  const columns = partNames.map((name) => [name, new Float64Array(count)] as const);
  return Object.fromEntries(columns) as Record<PartName, Float64Array>;
}

function addHostPart(column: Float64Array, part: Float64Array, handedUs: Float64Array): void {
  for (let row = 0; row < column.length; row++) {
    const timeUs = column[row] ?? Number.NaN;
    if (!(timeUs > 0)) continue;
    part[row] = timeUs;
    handedUs[row] = (handedUs[row] ?? 0) + timeUs;
  }
}

function leaveOutMissed({ columns }: FrameTable, handedUs: Float64Array): void {
  const { fate } = columns;
  for (let row = 0; row < handedUs.length; row++) {
    if (fate[row] === missed) handedUs[row] = Number.NaN;
  }
}

/** The farthest end that most frames have: one measure for the whole range, so that frames compare. */
function endNameOf(table: FrameTable, handedUs: Float64Array): EndName {
  let madeCount = 0;
  let completeCount = 0;
  let shownCount = 0;
  const { complete_us, shown_us } = table.columns;
  for (let row = 0; row < table.count; row++) {
    if (Number.isNaN(handedUs[row])) continue;
    madeCount += 1;
    if (!Number.isNaN(complete_us[row])) completeCount += 1;
    if (!Number.isNaN(shown_us[row])) shownCount += 1;
  }
  if (shownCount > 0 && shownCount * 2 >= madeCount) return "shown";
  if (completeCount > 0 && completeCount * 2 >= madeCount) return "complete";
  return "handed_over";
}

/** A frame that the player said nothing about ends where the host handed it over. */
function addFarParts(table: FrameTable, found: Omit<FrameParts, "endUs">): Float64Array {
  const { handedUs, parts } = found;
  const endUs = new Float64Array(table.count);
  const completeUs = table.columns.complete_us;
  const shownUs = found.measuredUntil === "shown" ? table.columns.shown_us : undefined;
  for (let row = 0; row < table.count; row++) {
    const handed = handedUs[row] ?? Number.NaN;
    const there = Math.max(handed, completeUs[row] || 0);
    const end = Math.max(there, shownUs?.[row] || 0);
    parts.network[row] = there - handed || 0;
    parts.display[row] = end - there || 0;
    endUs[row] = end;
  }
  return endUs;
}
