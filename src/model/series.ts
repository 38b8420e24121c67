/**
 * A capture as columns for charts: the samples of each session, in buckets of equal length. A null
 * means that nothing in the bucket was measured.
 */
import { type Static, Type } from "@sinclair/typebox";
import { assert } from "../base/assert.ts";
import { recordOf } from "../base/record.ts";
import { machineLineNames, machineLines } from "./machine-lines.ts";
import { type ColumnName, metricColumns } from "./metric-columns.ts";
import type { Fold } from "./metric-fold.ts";
import { metricRows } from "./metrics.ts";

const orNull = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);
const column = (description: string) => Type.Array(orNull, { description });
const numbers = (description: string) => Type.Array(Type.Number({ minimum: 0 }), { description });
const stack = (description: string) => Type.Array(Type.Array(orNull), { description });

export const SeriesMark = Type.Object(
  {
    field: Type.String({ description: "Name of a metric" }),
    buckets: Type.Array(Type.Integer({ minimum: 0 }), { description: "Indices, from 0" }),
  },
  { $id: "SeriesMark", description: "Buckets in which a metric may be too small" },
);
export type SeriesMark = Static<typeof SeriesMark>;

const foldTexts: Readonly<Record<Fold, string>> = {
  sum: "sum of the windows",
  last: "of the last window",
  min: "the lowest window's",
  max: "the highest window's",
  time_mean: "mean over time",
  frame_mean: "mean over the bucket's frames",
  window_mean: "mean of the windows' values",
};

const metricSchemas = recordOf(
  metricColumns.map(({ column: name }) => name),
  (name) => column(describeColumn(name)),
);

const machineSchemas = recordOf(machineLineNames, (name) =>
  column(`${machineLines[name].description}: the highest window's`),
);

function describeColumn(name: ColumnName): string {
  const found = metricColumns.find(({ column: own }) => own === name);
  assert(found !== undefined, "a column is of a metric");
  return `${metricRows[found.metric].description}: ${foldTexts[found.fold]}`;
}

export const SeriesSession = Type.Object(
  {
    session_id: Type.Integer({ minimum: 0 }),
    kind: Type.String({ description: 'native, gamestream or moq; "" if not known' }),
    client: Type.String({ description: "Name of the player" }),
    width: Type.Integer({ minimum: 0 }),
    height: Type.Integer({ minimum: 0 }),
    fps: Type.Number({ minimum: 0, description: "Requested frame rate" }),
    codec: Type.String({ description: 'h264, hevc or av1; "" if not known' }),
    stages: Type.Array(Type.String(), { description: "Names, in the order of the stage columns" }),
    t_ms: numbers("End of the last window in the bucket"),
    window_count: numbers("Windows in the bucket"),
    stage_mean_us: stack("One column per stage: mean over the bucket’s frames"),
    stage_p50_us: stack("One column per stage: mean of the windows’ medians"),
    stage_p99_us: stack("One column per stage: p99 of the worst window"),
    stage_max_us: stack("One column per stage: the longest"),
    ...metricSchemas,
    machine: Type.Optional(
      Type.Object(machineSchemas, {
        description: "The machine during the bucket, as shares from 0 to 1",
      }),
    ),
    lower_bounds: Type.Array(SeriesMark),
  },
  { $id: "SeriesSession", description: "One session of a series; all columns have one length" },
);
export type SeriesSession = Static<typeof SeriesSession>;

export const Series = Type.Object(
  {
    from_ms: Type.Number({
      minimum: 0,
      description: "Start of the range, since the capture began",
    }),
    to_ms: Type.Number({ minimum: 0, description: "End of the range, inclusive" }),
    duration_ms: Type.Integer({ minimum: 0, description: "Duration of the whole capture" }),
    sample_count: Type.Integer({ minimum: 0, description: "Samples in the range" }),
    sessions: Type.Array(SeriesSession),
  },
  { $id: "Series", description: "A range of a capture as columns for charts" },
);
export type Series = Static<typeof Series>;

/** Maximum number of buckets of a session. */
export const seriesPoints = { min: 2, max: 2000, standard: 600 } as const;
