/**
 * The parts of a frame's time, from due to the known end, as columns in addition to its row. They
 * add up to that end; an unmeasured part is 0 here.
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
type HostPart = (typeof hostParts)[number];

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

/** One pass over the columns of one session. Parts that took no time share a column of zeros. */
export function partsOf(table: FrameTable): FrameParts {
  const none = new Float64Array(table.count);
  const handedUs = new Float64Array(table.count);
  const hostColumns = hostParts.map((part) => {
    const column = table.columns[`${part}_us`];
    return [part, hasTimes(column) ? hostPartOf(column, handedUs) : none] as const;
  });
  leaveOutMissed(table, handedUs);
  const measuredUntil = endNameOf(table, handedUs);
  const far =
    measuredUntil === "handed_over"
      ? { endUs: handedUs, network: none, display: none }
      : farPartsOf(table, { handedUs, isShown: measuredUntil === "shown" });
  const { endUs, network, display } = far;
  // Every name of `partNames` is in it.
  const byName = Object.fromEntries(hostColumns) as Record<HostPart, Float64Array>;
  return { endUs, handedUs, parts: { ...byName, network, display }, measuredUntil };
}

/** Whether some row has a time. */
export function hasTimes(values: Float64Array): boolean {
  for (let row = 0; row < values.length; row++) if ((values[row] ?? 0) > 0) return true;
  return false;
}

function hostPartOf(column: Float64Array, handedUs: Float64Array): Float64Array {
  const part = new Float64Array(column.length);
  for (let row = 0; row < column.length; row++) {
    const timeUs = column[row] ?? Number.NaN;
    if (!(timeUs > 0)) continue;
    part[row] = timeUs;
    handedUs[row] = (handedUs[row] ?? 0) + timeUs;
  }
  return part;
}

function leaveOutMissed({ columns }: FrameTable, handedUs: Float64Array): void {
  const { fate } = columns;
  for (let row = 0; row < handedUs.length; row++) {
    if (fate[row] === missed) handedUs[row] = Number.NaN;
  }
}

/**
 * The farthest end known for most frames: one measure for the whole range, so that frames are
 * comparable.
 */
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

/** A frame without a report of the player ends where the host handed it over. */
function farPartsOf(
  table: FrameTable,
  { handedUs, isShown }: { readonly handedUs: Float64Array; readonly isShown: boolean },
) {
  const endUs = new Float64Array(table.count);
  const network = new Float64Array(table.count);
  const display = new Float64Array(table.count);
  const completeUs = table.columns.complete_us;
  const shownUs = isShown ? table.columns.shown_us : undefined;
  for (let row = 0; row < table.count; row++) {
    const handed = handedUs[row] ?? Number.NaN;
    const there = Math.max(handed, completeUs[row] || 0);
    const end = Math.max(there, shownUs?.[row] || 0);
    network[row] = there - handed || 0;
    display[row] = end - there || 0;
    endUs[row] = end;
  }
  return { endUs, network, display };
}
