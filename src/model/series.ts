/**
 * A capture as columns for charts: the samples of each session, put into so many buckets of equal
 * length. A null says that nothing in the bucket was measured.
 */
import { type Static, Type } from "@sinclair/typebox";

const orNull = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);
const column = (description: string) => Type.Array(orNull, { description });
const numbers = (description: string) => Type.Array(Type.Number({ minimum: 0 }), { description });
const stack = (description: string) => Type.Array(Type.Array(orNull), { description });

export const SeriesMark = Type.Object(
  {
    field: Type.String({ description: "Name of a counter" }),
    buckets: Type.Array(Type.Integer({ minimum: 0 }), { description: "Indices, from 0" }),
  },
  { $id: "SeriesMark", description: "The buckets in which a counter may be too small" },
);
export type SeriesMark = Static<typeof SeriesMark>;

export const SeriesSession = Type.Object(
  {
    session_id: Type.Integer({ minimum: 0 }),
    kind: Type.String({ description: 'native, gamestream or moq; "" when not known' }),
    client: Type.String({ description: "The player's label" }),
    width: Type.Integer({ minimum: 0 }),
    height: Type.Integer({ minimum: 0 }),
    fps: Type.Integer({ minimum: 0, description: "Asked for" }),
    codec: Type.String({ description: 'h264, hevc or av1; "" when not known' }),
    stages: Type.Array(Type.String(), { description: "Names, in the order of the stage columns" }),
    t_ms: numbers("Of the bucket's last window"),
    window_count: numbers("Windows in the bucket"),
    stage_mean_us: stack("A column for each stage: mean over the bucket's frames"),
    stage_p50_us: stack("A column for each stage: mean of the windows' medians"),
    stage_p99_us: stack("A column for each stage: the worst window's p99"),
    stage_max_us: stack("A column for each stage: the longest"),
    total_mean_us: column("Mean over the bucket's frames; stage means and gap mean add up to it"),
    total_p50_us: column("Mean of the windows' medians"),
    total_p99_us: column("The worst window's p99"),
    gap_mean_us: column("Mean over the bucket's frames"),
    gap_p99_us: column("The worst window's p99"),
    new_fps: column("New frames a second, the worst window's"),
    new_fps_mean: column("New frames a second, mean"),
    repeat_fps: column("Repeated frames a second, mean"),
    repeat_fps_max: column("Repeated frames a second, the worst window's"),
    mbps: column("Mean"),
    bitrate_kbps: column("Target, that of the last window"),
    frames_dropped: column("Sum"),
    packets_dropped: column("Sum"),
    send_dropped: column("Sum"),
    fec_recovered: column("Sum"),
    missed_slots: column("Sum"),
    frames_lost: column("Sum"),
    idr_requests: column("Sum"),
    rtt_us: column("The longest"),
    client_fps: column("Frames shown a second by the slowest viewer, the worst window's"),
    client_age_p50_us: column("From capture until shown: mean of the windows' medians"),
    client_age_p99_us: column("From capture until shown: the worst window's p99"),
    client_dropped: column("Received and not shown: sum"),
    client_stalls: column("Sum"),
    lower_bounds: Type.Array(SeriesMark),
  },
  { $id: "SeriesSession", description: "One session of a series; all columns have one length" },
);
export type SeriesSession = Static<typeof SeriesSession>;

export const Series = Type.Object(
  {
    from_ms: Type.Number({
      minimum: 0,
      description: "Begin of the range, since the capture began",
    }),
    to_ms: Type.Number({ minimum: 0, description: "End of the range, included" }),
    duration_ms: Type.Integer({ minimum: 0, description: "Of the whole capture" }),
    sample_count: Type.Integer({ minimum: 0, description: "Samples in the range" }),
    sessions: Type.Array(SeriesSession),
  },
  { $id: "Series", description: "A range of a capture as columns for charts" },
);
export type Series = Static<typeof Series>;

/** Buckets a session is put into at most. */
export const seriesPoints = { min: 2, max: 2000, standard: 600 } as const;
