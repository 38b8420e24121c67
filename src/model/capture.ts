/** The recorder's output: the same shapes in memory, on disk and on the wire. */
import { type Static, type TInteger, type TNumber, Type } from "@sinclair/typebox";
import { recordOf } from "../base/record.ts";
import { captureNoteFields } from "./capture-note.ts";
import { ClickTimes, clickCountMax } from "./click.ts";
import { Machine } from "./machine.ts";
import {
  type MetricName,
  metricRows,
  optionalMetricNames,
  requiredMetricNames,
} from "./metrics.ts";
import { unixMs } from "./unix-ms.ts";
import { type RowMarks, RowsUntilMs, Unread } from "./unread.ts";

const count = (description: string) => Type.Integer({ minimum: 0, description });
const number = (description: string) => Type.Number({ minimum: 0, description });

/** Stage names of every path, in the order in which a frame meets them. */
export const stageNames = ["capture", "submit", "encode", "packetize", "send"] as const;
/** A stage that some path times. */
export type StageName = (typeof stageNames)[number];

export const kinds = ["native", "gamestream", "moq"] as const;
/** A path, as captures and sessions name it. */
export type Kind = (typeof kinds)[number];

export const codecs = ["h264", "hevc", "av1"] as const;
/** A codec, as captures and the wire name it. */
export type CodecName = (typeof codecs)[number];

export const StageTiming = Type.Object(
  {
    name: Type.String({
      description:
        "capture, submit, encode, packetize or send; without packetize, send includes parity and encryption",
    }),
    p50_us: number("Median over the window's frames, nearest rank"),
    p99_us: number("99th percentile over the window's frames, nearest rank"),
    mean_us: Type.Optional(number("Mean; means of stages and gap add up to total_mean_us")),
    max_us: Type.Optional(number("Longest")),
  },
  { $id: "StageTiming", description: "One stage in one window, in microseconds" },
);
/** The times of one stage in one window. */
export type StageTiming = Static<typeof StageTiming>;

/** The schema of a metric's field, by its row. */
function metricField(name: MetricName): TInteger | TNumber {
  const { unit, isWhole, description } = metricRows[name];
  const isCount = isWhole === true || unit === "count" || unit === "kbps";
  return isCount ? count(description) : number(description);
}

export const StatsSample = Type.Object(
  {
    t_ms: count("End of the window, milliseconds since the capture began"),
    session_id: count("Id of the session, as in /api/v1/sessions"),
    stages: Type.Array(StageTiming, { description: "In the order in which a frame passes them" }),
    ...recordOf(requiredMetricNames, metricField),
    ...recordOf(optionalMetricNames, (name) => Type.Optional(metricField(name))),
    frame_count: Type.Optional(count("Frames behind the percentiles")),
    window_us: Type.Optional(count("Actual length of the window")),
    machine: Type.Optional(Machine),
    clicks: Type.Optional(
      Type.Array(ClickTimes, {
        maxItems: clickCountMax,
        description: "Inputs whose pictures were displayed in the window, each with its parts",
      }),
    ),
    unmeasured: Type.Optional(
      Type.Array(Type.String(), {
        description: "Metrics that this path could not know in this window",
      }),
    ),
    lower_bounds: Type.Optional(
      Type.Array(Type.String(), { description: "Metrics that are lower bounds" }),
    ),
  },
  { $id: "StatsSample", description: "One window of one session" },
);
/** One window of one session. */
export type StatsSample = Static<typeof StatsSample>;

export const CaptureSession = Type.Object(
  {
    session_id: count("Unique within a process"),
    kind: Type.String({ description: "native, gamestream or moq" }),
    width: count("Pixels"),
    height: count("Pixels"),
    fps: Type.Number({ minimum: 0, description: "Requested; may be a fraction, such as 59.94" }),
    codec: Type.String({ description: "h264, hevc or av1" }),
    client: Type.String({ description: "Name of the player" }),
    viewers: Type.Optional(count("Browsers watching when it began, if the kind is moq")),
  },
  { $id: "CaptureSession", description: "A session that recorded in this capture" },
);
/** A session that recorded in a capture. */
export type CaptureSession = Static<typeof CaptureSession>;

export const CaptureMeta = Type.Object(
  {
    id: Type.String({ description: "Start in UTC and mode; the name of the file" }),
    started_unix_ms: unixMs("Start, on the wall clock"),
    duration_ms: count("Duration, on the monotonic clock"),
    kind: Type.String({ description: 'Of the first session; "" if no one played' }),
    width: count("Of the first session"),
    height: count("Of the first session"),
    fps: Type.Number({ minimum: 0, description: "Of the first session" }),
    codec: Type.String({ description: "Of the first session" }),
    client: Type.String({ description: "Of the first session" }),
    viewers: Type.Optional(count("Viewers of the first session, if its kind is moq")),
    sample_count: count("Samples kept"),
    version: Type.Optional(count("Version of this format, 1")),
    truncated: Type.Optional(
      Type.Boolean({ description: "The maximum length was reached; the rest was not recorded" }),
    ),
    recovered: Type.Optional(
      Type.Boolean({ description: "Recovered from a journal after a crash" }),
    ),
    mended: Type.Optional(
      count("Invalid values in the file; they are left out and listed as unmeasured"),
    ),
    unread: Type.Optional(Unread),
    rows_until_ms: Type.Optional(RowsUntilMs),
    sessions: Type.Optional(Type.Array(CaptureSession)),
    host: Type.Optional(Type.String({ description: "Name of the machine that recorded" })),
    origin: Type.Optional(
      Type.Union([Type.Literal("kept"), Type.Literal("automatic"), Type.Literal("imported")], {
        description:
          "How it was made: from the history by a person or a rule, or from another tool’s file; absent if it was armed",
      }),
    ),
    trigger: Type.Optional(
      Type.Object(
        {
          rule: Type.String({ description: "late, missed, lost, stall or verdict" }),
          session_id: count("Session whose frames triggered it"),
          t_ms: count("When it triggered, milliseconds since the capture began"),
          value: Type.Number({
            description: "Measured value: intervals late, slots, frames or ms",
          }),
          limit: Type.Number({ description: "Limit of the rule" }),
        },
        { description: "Why it was saved automatically" },
      ),
    ),
    ...captureNoteFields,
  },
  { $id: "CaptureMeta", description: "The head of a capture" },
);
/** The head of a capture. */
export type CaptureMeta = Static<typeof CaptureMeta>;

/** Added after saving: what its rows lack, and its length if a crash ended it. */
export type LaterMarks = RowMarks & Partial<Pick<CaptureMeta, "duration_ms">>;

export const Capture = Type.Object(
  { meta: CaptureMeta, samples: Type.Array(StatsSample) },
  { $id: "Capture", description: "A capture; meta comes first in the file" },
);
/** A whole capture, as its file holds it. */
export type Capture = Static<typeof Capture>;

export const StatsStatus = Type.Object(
  {
    armed: Type.Boolean({ description: "A capture is recording" }),
    sample_count: count("Samples in the capture; 0 when idle"),
    started_unix_ms: count("Start of the capture; 0 when idle"),
    kind: Type.String({
      description: 'Kind of its first session; "" when idle or before anyone has played',
    }),
    held: Type.Optional(
      Type.Boolean({ description: "A capture could not be saved and is held in memory" }),
    ),
    elapsed_ms: Type.Optional(count("Duration so far; 0 when idle")),
  },
  { $id: "StatsStatus", description: "State of the recorder" },
);
/** Whether a capture is recording, and its progress. */
export type StatsStatus = Static<typeof StatsStatus>;
