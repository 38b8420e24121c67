/**
 * Which segments go: by age and by size, whichever comes first, the oldest first; never one that a
 * capture still needs. Pure.
 */
import { compareSegments, type SegmentName } from "./segment-names.ts";

/** A segment on the disk, with what decides whether it goes. */
export type KeptSegment = SegmentName & {
  readonly bytes: number;
  /** It is being written, or a capture still needs it. */
  readonly isPinned: boolean;
};

/** How much history is kept, in milliseconds and bytes. */
export type RetentionLimits = {
  /** 0 switches the history off, as does `bytesMax` 0: whatever is not pinned goes. */
  readonly ageMsMax: number;
  readonly bytesMax: number;
};

/**
 * A date further ahead than this cannot be right: the clock was set back since. What is not right
 * would never grow old, so it counts as old.
 */
const aheadMsMax = 24 * 60 * 60 * 1000;

/** @returns the segments to remove, oldest first */
export function expired<T extends KeptSegment>(
  segments: readonly T[],
  limits: RetentionLimits,
  nowUnixMs: number,
): T[] {
  const ordered = segments.toSorted(compareSegments);
  let bytes = ordered.reduce((sum, segment) => sum + segment.bytes, 0);
  const gone: T[] = [];
  for (const segment of ordered) {
    const ageMs = nowUnixMs - segment.beginUnixMs;
    const isOld = ageMs > limits.ageMsMax || ageMs < -aheadMsMax;
    if (segment.isPinned || !(isOld || bytes > limits.bytesMax)) continue;
    bytes -= segment.bytes;
    gone.push(segment);
  }
  return gone;
}
