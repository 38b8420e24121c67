/** Streams for browsers: asking for one, what it does, and what a viewer says of it. */
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
        description: `${requestedForms}; the host's own unless given`,
      }),
    ),
    width: Type.Optional(side("Pixels; 1280")),
    height: Type.Optional(side("Pixels; 720")),
    fps: Type.Optional(
      Type.Number({
        minimum: modeLimits.fpsMin,
        maximum: modeLimits.fpsMax,
        description: "60; may be a fraction, such as 59.94",
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
  { $id: "StreamRequest", additionalProperties: false, description: "What to stream to browsers" },
);
export type StreamRequest = Static<typeof StreamRequest>;

export const StreamSize = Type.Object(
  { width: side("Pixels"), height: side("Pixels") },
  { $id: "StreamSize", additionalProperties: false, description: "Size of a stream’s pictures" },
);
export type StreamSize = Static<typeof StreamSize>;

export const WatchStream = Type.Object(
  {
    session_id: count("The session's id, the one that /api/v1/sessions shows"),
    broadcast: Type.String({ description: "Path of the MoQ broadcast" }),
    source: Type.String({ description: sourceForms }),
    width: count("Pixels"),
    height: count("Pixels"),
    fps: Type.Number({ minimum: 0, description: "Requested; may be a fraction, such as 59.94" }),
    codec: Type.String({ description: "h264 or av1" }),
    encoder: Type.String({ description: "What encodes, such as libx264" }),
    bitrate_kbps: count("Target bitrate"),
    started_unix_ms: count("Begin of the stream"),
    viewers: count(
      "Viewers now; 60 s after the last has left the stream ends, unless a capture records",
    ),
    listeners: Type.Optional(count("Viewers that have its sound on now")),
    frames: count("Frames encoded"),
    bytes: count("Bytes encoded; each counts once, however many watch"),
    skipped: count("Frames that viewers too slow did not get, all of them together"),
  },
  { $id: "WatchStream", description: "A stream that browsers can watch" },
);
export type WatchStream = Static<typeof WatchStream>;

/** A stream that is over, with what asks for the same again. */
export type EndedStream = {
  readonly ending: Ending;
  readonly request: Required<StreamRequest>;
};

/** Who watches a stream now; a relay and programs report nothing. */
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
    url: Type.String({ description: "What a MoQ client connects to, once" }),
    expires_s: count("How long it can be used"),
  },
  { $id: "WatchTicket", description: "Opens one MoQ connection" },
);
export type WatchTicket = Static<typeof WatchTicket>;

export const HostClock = Type.Object(
  { now_us: Type.Number({ description: "The clock that frames are stamped with, microseconds" }) },
  { $id: "HostClock", description: "For estimating the offset to a viewer's clock" },
);
export type HostClock = Static<typeof HostClock>;

const agesOf = (minimum: number, description: string) =>
  Type.Array(Type.Integer({ minimum, maximum: 60_000_000 }), { maxItems: 480, description });

/** Single frames of the last second; lists have a value a frame. */
const FramesSeen = Type.Object(
  {
    first_us: Type.Number({ minimum: 0, description: "Capture of the first, on the host's clock" }),
    at_us: agesOf(0, "Capture of each, after that of the first"),
    complete_us: agesOf(0, "From capture until the page had it whole"),
    decode_us: Type.Optional(agesOf(-1, "From capture until decoded; -1 = never")),
    shown_us: agesOf(-1, "From capture until shown; -1 = never"),
  },
  { description: "What became of single frames, each once" },
);
export type FramesSeen = Static<typeof FramesSeen>;

/**
 * What a viewer publishes once a second in `qoe.json`. Counts are totals since it began to watch,
 * so that a report that is lost loses nothing; ages are of the last second.
 */
export const ViewerReport = Type.Object(
  {
    v: Type.Literal(1),
    frames: count("Frames received"),
    bytes: count("Bytes of them"),
    shown: count("Frames shown"),
    dropped: count("Frames received and not shown"),
    stalls: count("Times the picture stood still"),
    decode_queue: count("Frames that wait for the decoder now"),
    decode_errors: Type.Optional(count("Times the decoder gave up")),
    jumps: Type.Optional(count("Times the page skipped to what is live, because it was behind")),
    behind_ms: Type.Optional(count("How far it was behind when it last did")),
    hidden_ms: Type.Optional(count("How long the page was not seen, up to when it was seen again")),
    late_ms: Type.Optional(count("How late the page's timers ran, all together")),
    unpainted_ms: Type.Optional(count("How long the page painted nothing, all together")),
    age_p50_us: Type.Optional(
      Type.Number({ minimum: 0, description: "From capture on the host until shown, median" }),
    ),
    age_p99_us: Type.Optional(
      Type.Number({ minimum: 0, description: "The same, 99th percentile" }),
    ),
    sound_ms: Type.Optional(
      count("How much sound was played, all together; absent while it is off"),
    ),
    sound_empty: Type.Optional(count("Times the sound ran out")),
    sound_offset_us: Type.Optional(
      Type.Integer({
        minimum: -60_000_000,
        maximum: 60_000_000,
        description: "How much later than its picture the sound is heard now",
      }),
    ),
    long_tasks: Type.Optional(count("Tasks of 50 ms or more in the page's thread")),
    long_task_ms: Type.Optional(count("How long they took, all together")),
    display_fps: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1000, description: "Refreshes of the display a second" }),
    ),
    decoder: Type.Optional(
      Type.Union([Type.Literal("hardware"), Type.Literal("software")], {
        description: "What decodes the video, where the browser lets it be told",
      }),
    ),
    frames_seen: Type.Optional(FramesSeen),
  },
  { $id: "ViewerReport", description: "How a viewer fares" },
);
export type ViewerReport = Static<typeof ViewerReport>;
