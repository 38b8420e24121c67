/**
 * Which segments are removed: by age and by size, whichever comes first, the oldest first; never
 * one that a capture still needs. Pure.
 */
import { compareSegments, type SegmentName } from "./segment-names.ts";

/** A segment on disk, with the facts that decide whether it is removed. */
export type KeptSegment = SegmentName & {
  readonly bytes: number;
  /** It is being written, or a capture still needs it. */
  readonly isPinned: boolean;
};

/** How much history is kept, in milliseconds and bytes. */
export type RetentionLimits = {
  /** 0 switches the history off, as does `bytesMax` 0: everything not pinned is removed. */
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
 * When each began, as far as the date is plausible. One dated in the future was written by a wrong
 * clock, or is read by one: a machine may start in 1970 until it has synchronized its time, and
 * must not lose its history to that. Such a segment is as old as the next one with a plausible
 * date, or new if there is none.
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
