/**
 * The rows of a range folded for a picture of all of it: how many frames were how late when, the
 * slowest frame of each part, and the distributions of total, intervals and age. No slow frame is
 * lost, however long the range.
 */
import { type Static, Type } from "@sinclair/typebox";
import { RowsUntilMs, Unread } from "./unread.ts";

const count = (description: string) => Type.Integer({ minimum: 0, description });
const numbers = (description: string) => Type.Array(Type.Number(), { description });
const orNull = (description: string) =>
  Type.Array(Type.Union([Type.Number(), Type.Null()]), { description });
const figure = (description: string) =>
  Type.Union([Type.Number({ description }), Type.Null()], { description });

/** Parts a range is cut into. */
export const overviewPoints = { min: 10, max: 1000, standard: 300 } as const;
/** Bins per doubling of the time; the first begins at 0, the second after this. */
export const binsPerOctave = 6;
export const binLowUs = 250;
export const binCount = 1 + 14 * binsPerOctave;

/** Start of a bin, in µs. Times beyond the last bin are in the last. */
export function binBeginUs(bin: number): number {
  return bin === 0 ? 0 : binLowUs * 2 ** ((bin - 1) / binsPerOctave);
}

export const Distribution = Type.Object(
  {
    count: count("Values"),
    measured_until: Type.Union(
      ["handed_over", "complete", "shown"].map((name) => Type.Literal(name)),
      { description: "The end point that is measured" },
    ),
    counts: Type.Array(Type.Integer(), { description: "Values in each bin" }),
    mean_us: figure("Mean"),
    p50_us: figure("Median, nearest rank"),
    p99_us: figure("99th percentile, nearest rank"),
    max_us: figure("Longest"),
  },
  { $id: "Distribution", description: "Histogram of the values in a range" },
);
export type Distribution = Omit<Static<typeof Distribution>, "measured_until"> & {
  readonly measured_until: "handed_over" | "complete" | "shown";
};

export const FramesOverview = Type.Object(
  {
    from_ms: Type.Number({ description: "Start of the range, since the start" }),
    to_ms: Type.Number({ description: "End" }),
    frames: count("Rows of the range"),
    unread: Type.Optional(Unread),
    rows_until_ms: Type.Optional(RowsUntilMs),
    bins_us: numbers("Start of each bin; larger values are in the last one"),
    buckets: Type.Object(
      {
        frames: numbers("Rows due in this part"),
        gone: numbers("Of these, missed, dropped, refused, lost or skipped"),
        worst_us: orNull("Longest time from due until sent"),
        worst_at_us: orNull("When that frame was due"),
      },
      { description: "The range in parts of equal length" },
    ),
    cells: Type.Object(
      {
        bucket: numbers("Part of the range, from 0"),
        bin: numbers("Index by how late the frame was sent, from 0"),
        count: numbers("Frames"),
      },
      { description: "Only cells that contain a frame" },
    ),
    total: Distribution,
    interval: Distribution,
    age: Distribution,
    lows: Type.Object(
      {
        average_fps: figure("New frames by the sum of their intervals"),
        p1_fps: figure("1 / 99th percentile of the intervals"),
        low_average_fps: figure("1 / mean of the intervals at that percentile and above"),
        low_integral_fps: figure(
          "1 / the interval at which the longest ones together make up 1% of the time",
        ),
      },
      { description: "Of the intervals between new frames" },
    ),
  },
  { $id: "FramesOverview", description: "Aggregated rows of a range" },
);
export type FramesOverview = Omit<Static<typeof FramesOverview>, "total" | "interval" | "age"> & {
  readonly total: Distribution;
  readonly interval: Distribution;
  readonly age: Distribution;
};
