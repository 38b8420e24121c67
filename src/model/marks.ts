/** Events of a capture as marks for its charts: overlapping ones are merged. */
import type { EventType } from "./timeline.ts";

/** One event: a line of text, never markup. */
export type MarkLine = {
  /** On the capture's clock. */
  readonly t_ms: number;
  readonly kind: EventType;
  readonly text: string;
};

/** One event on a chart. */
export type EventMark = {
  /** Times of the first and the last event in it, on the capture's clock. */
  readonly from_ms: number;
  readonly to_ms: number;
  readonly count: number;
  /** Each once, in the order of `eventTypes`. */
  readonly kinds: readonly EventType[];
  /** The first ones. */
  readonly lines: readonly MarkLine[];
};

/** The events of a range, as shown by a chart. */
export type EventMarks = {
  readonly marks: readonly EventMark[];
  /** Events of the range, by kind; all kinds, whatever is shown. */
  readonly counts: Readonly<Partial<Record<EventType, number>>>;
};

/** Marks side by side in one chart, at most. */
export const markCounts = { min: 1, max: 120, standard: 60 } as const;
export const markLineCountMax = 5;
