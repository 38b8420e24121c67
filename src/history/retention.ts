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

/** @returns the segments to remove, oldest first */
export function expired<T extends KeptSegment>(
  segments: readonly T[],
  limits: RetentionLimits,
  nowUnixMs: number,
): T[] {
  const ordered = segments.toSorted(compareSegments);
  const dates = believedDates(ordered, nowUnixMs);
  let bytes = ordered.reduce((sum, segment) => sum + segment.bytes, 0);
  const gone: T[] = [];
  for (const [place, segment] of ordered.entries()) {
    const ageMs = nowUnixMs - (dates[place] ?? nowUnixMs);
    const isOld = limits.ageMsMax === 0 || ageMs > limits.ageMsMax;
    if (segment.isPinned || !(isOld || bytes > limits.bytesMax)) continue;
    bytes -= segment.bytes;
    gone.push(segment);
  }
  return gone;
}

/**
 * When each began, as far as that can be believed. One dated ahead of now was written by a clock that
 * was wrong, or is read by one that is: a machine may start in 1970 until it has asked for the time,
 * and must not lose its history to that. Such a segment is as old as the next one with a date that
 * can be right, or new where there is none.
 */
function believedDates(ordered: readonly SegmentName[], nowUnixMs: number): number[] {
  const dates: number[] = [];
  let next = nowUnixMs;
  for (const { beginUnixMs } of ordered.toReversed()) {
    if (beginUnixMs <= nowUnixMs) next = beginUnixMs;
    dates.push(next);
  }
  return dates.reverse();
}
