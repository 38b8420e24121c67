/** Streams for browsers: the request for one, its state, and the reports of its viewers. */
import { type Static, Type } from "@sinclair/typebox";
import type { Ending } from "./ending.ts";
import { modeLimits } from "./limits.ts";
import { requestedForms, sourceForms, sourcePattern } from "./source.ts";

const count = (description: string) => Type.Integer({ minimum: 0, description });

const side = (description: string) =>
  Type.Integer({
    minimum: modeLimits.sizeMin,
    maximum: modeLimits.sizeMax,
    multipleOf: 2,
    description,
  });

export const StreamRequest = Type.Object(
  {
    source: Type.Optional(
      Type.String({
        maxLength: 1024,
        pattern: sourcePattern,
        description: `${requestedForms}; default: the host’s own source`,
      }),
    ),
    width: Type.Optional(side("Pixels; default 1280")),
    height: Type.Optional(side("Pixels; default 720")),
    fps: Type.Optional(
      Type.Number({
        minimum: modeLimits.fpsMin,
        maximum: modeLimits.fpsMax,
        description: "Default 60; may be a fraction, such as 59.94",
      }),
    ),
    codec: Type.Optional(
      Type.Union([Type.Literal("h264"), Type.Literal("av1")], { description: "h264" }),
    ),
    bitrate_kbps: Type.Optional(
      Type.Integer({
        minimum: modeLimits.bitrateKbpsMin,
        maximum: modeLimits.bitrateKbpsMax,
        description: "5,000",
      }),
    ),
  },
  {
    $id: "StreamRequest",
    additionalProperties: false,
    description: "Stream settings for browsers",
  },
);
export type StreamRequest = Static<typeof StreamRequest>;

export const StreamSize = Type.Object(
  { width: side("Pixels"), height: side("Pixels") },
  { $id: "StreamSize", additionalProperties: false, description: "Size of a stream’s pictures" },
);
export type StreamSize = Static<typeof StreamSize>;

export const WatchStream = Type.Object(
  {
    session_id: count("Id of the session, as in /api/v1/sessions"),
    broadcast: Type.String({ description: "Path of the MoQ broadcast" }),
    source: Type.String({ description: sourceForms }),
    width: count("Pixels"),
    height: count("Pixels"),
    fps: Type.Number({ minimum: 0, description: "Requested; may be a fraction, such as 59.94" }),
    codec: Type.String({ description: "h264 or av1" }),
    encoder: Type.String({ description: "Encoder, such as libx264" }),
    bitrate_kbps: count("Target bitrate"),
    started_unix_ms: count("Start of the stream"),
    viewers: count(
      "Current viewers; the stream ends 60 s after the last one has left, unless a capture is recording",
    ),
    listeners: Type.Optional(count("Viewers that have sound on")),
    frames: count("Frames encoded"),
    bytes: count("Bytes encoded; counted once, regardless of the number of viewers"),
    skipped: count("Frames not sent to viewers that were too slow, all viewers together"),
  },
  { $id: "WatchStream", description: "A stream that browsers can watch" },
);
export type WatchStream = Static<typeof WatchStream>;

/** An ended stream, with the request for the same again. */
export type EndedStream = {
  readonly ending: Ending;
  readonly request: Required<StreamRequest>;
};

/** Current viewers of a stream; a relay and programs report nothing. */
export type WatchViewer = {
  /** Numbers connections since the host began. */
  readonly id: number;
  readonly isRelay: boolean;
  /** Its pictures come through the relay. */
  readonly isRelayed?: boolean;
  readonly report: ViewerReport | undefined;
};

export const WatchTicket = Type.Object(
  {
    url: Type.String({ description: "Address to which a MoQ client connects, once" }),
    expires_s: count("How long it is valid"),
  },
  { $id: "WatchTicket", description: "Opens one MoQ connection" },
);
export type WatchTicket = Static<typeof WatchTicket>;

export const HostClock = Type.Object(
  { now_us: Type.Number({ description: "The clock of frame timestamps, in microseconds" }) },
  { $id: "HostClock", description: "For estimating the offset to a viewer’s clock" },
);
export type HostClock = Static<typeof HostClock>;

const agesOf = (minimum: number, description: string) =>
  Type.Array(Type.Integer({ minimum, maximum: 60_000_000 }), { maxItems: 480, description });

/** Single frames of the last second; each list has a value per frame. */
const FramesSeen = Type.Object(
  {
    first_us: Type.Number({
      minimum: 0,
      description: "Capture time of the first frame, on the host’s clock",
    }),
    at_us: agesOf(0, "Capture time of each frame, after that of the first"),
    complete_us: agesOf(0, "From capture until the page had it complete"),
    decode_us: Type.Optional(agesOf(-1, "From capture until decoded; -1 = never")),
    shown_us: agesOf(-1, "From capture until displayed; -1 = never"),
  },
  { description: "Reports of single frames, each once" },
);
export type FramesSeen = Static<typeof FramesSeen>;

/**
 * What a viewer publishes once a second in `qoe.json`. Counts are totals since it began to watch,
 * so that a lost report loses nothing; ages are of the last second.
 */
export const ViewerReport = Type.Object(
  {
    v: Type.Literal(1),
    frames: count("Frames received"),
    bytes: count("Bytes received"),
    shown: count("Frames displayed"),
    dropped: count("Frames received but not displayed"),
    stalls: count("Times the picture froze"),
    decode_queue: count("Frames waiting for the decoder"),
    decode_errors: Type.Optional(count("Times the decoder failed")),
    jumps: Type.Optional(count("Times the page jumped to the live picture because it was behind")),
    behind_ms: Type.Optional(count("How far it was behind at the last jump")),
    hidden_ms: Type.Optional(count("How long the page was hidden, until it was visible again")),
    late_ms: Type.Optional(count("Total delay of the page’s timers")),
    unpainted_ms: Type.Optional(count("Total time in which the page painted nothing")),
    age_p50_us: Type.Optional(
      Type.Number({ minimum: 0, description: "From capture on the host until displayed, median" }),
    ),
    age_p99_us: Type.Optional(
      Type.Number({ minimum: 0, description: "The same, 99th percentile" }),
    ),
    sound_ms: Type.Optional(count("Total amount of sound played; absent while sound is off")),
    sound_empty: Type.Optional(count("Times the sound ran out")),
    sound_offset_us: Type.Optional(
      Type.Integer({
        minimum: -60_000_000,
        maximum: 60_000_000,
        description: "How much later than its picture the sound is heard",
      }),
    ),
    long_tasks: Type.Optional(count("Tasks of 50 ms or more on the page’s main thread")),
    long_task_ms: Type.Optional(count("Their total time")),
    display_fps: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1000, description: "Refresh rate of the display" }),
    ),
    decoder: Type.Optional(
      Type.Union([Type.Literal("hardware"), Type.Literal("software")], {
        description: "What decodes the video, if the browser reports it",
      }),
    ),
    frames_seen: Type.Optional(FramesSeen),
  },
  { $id: "ViewerReport", description: "Report of a viewer" },
);
export type ViewerReport = Static<typeof ViewerReport>;
