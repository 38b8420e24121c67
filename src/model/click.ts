/** From an input in the page to the picture that answers it. */
import { type Static, Type } from "@sinclair/typebox";

const time = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 60_000_000, description: `${description}, microseconds` });

/** The consecutive parts of the time; they add up to `total_us` except for rounding. */
export const clickShape = {
  to_host_us: time("From the input in the page until the host had it"),
  to_capture_us: time("From there until the capture of the picture that answers it"),
  to_encoded_us: time("From there until that picture was encoded"),
  to_shown_us: time("From there until it was displayed in the page"),
  total_us: time("From the input until its picture was displayed"),
  to_window_us: Type.Optional(
    time(
      "From the host until the probe window had it, in addition to the other parts; absent for the test picture",
    ),
  ),
};

export const ClickTimes = Type.Object(clickShape);
/** The time from one input until its picture was seen. */
export type ClickTimes = Static<typeof ClickTimes>;

/** The parts, in order, as their fields are named. */
export const clickParts = ["to_host_us", "to_capture_us", "to_encoded_us", "to_shown_us"] as const;
/** One part of the way from an input to its picture. */
export type ClickPart = (typeof clickParts)[number];

/** A sample keeps this many clicks of its window; it counts the others. */
export const clickCountMax = 64;

/** Clicks of a range, to be looked at together. Percentiles are over single clicks, nearest rank. */
export type ClickSummary = {
  readonly count: number;
  readonly p50_us: number;
  readonly p99_us: number;
  /** Medians; medians do not add up. */
  readonly parts: Readonly<Record<ClickPart, number>>;
  /** Histogram: bars of `step_us` from 0, the last one also holds all longer times. */
  readonly histogram: { readonly step_us: number; readonly counts: readonly number[] };
};
