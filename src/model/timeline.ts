/**
 * What happened: events and checkpoints of state, the same shapes on the wire and on disk. Times
 * are UTC in ISO 8601 with milliseconds; `t_ms` is present where a capture's clock runs too.
 */
import { type Static, Type } from "@sinclair/typebox";
import { clickShape } from "./click.ts";
import { clientActions } from "./happening.ts";
import { reasonShape, valuesShape } from "./reason.ts";

/** Maximum lengths of an event's texts; longer ones are cut when recorded, refused in an import. */
export const textLengthMax = { name: 128, path: 512, message: 1024 } as const;
/** Limits of a recording; the oldest is dropped. Bytes are those of its JSON. */
export const eventCountMax = 50_000;
export const checkpointCountMax = 1000;
export const eventBytesMax = 32 * 1024 * 1024;
export const checkpointBytesMax = 16 * 1024 * 1024;
/** Largest export that can be imported: more than any of our own. */
export const importBytesMax = 64 * 1024 * 1024;

const count = (description: string) => Type.Integer({ minimum: 0, description });
const name = (description: string) => Type.String({ maxLength: textLengthMax.name, description });
const message = (description: string) =>
  Type.String({ maxLength: textLengthMax.message, description });
const oneOf = <T extends string>(values: readonly T[], description: string) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    { description },
  );
const time = (description: string) => Type.String({ maxLength: 32, description });
const anyValue = (description: string) => Type.Unknown({ description });

export const ApiCallEvent = Type.Object(
  {
    type: Type.Literal("api_call"),
    id: name("Id of this call"),
    method: name("Method of the request"),
    route: Type.String({ maxLength: textLengthMax.path, description: "Pattern of the route" }),
    path: Type.Optional(
      Type.String({ maxLength: textLengthMax.path, description: "Path, as requested" }),
    ),
    body: Type.Optional(anyValue("JSON of the request, without secrets")),
    redacted: Type.Optional(Type.Boolean({ description: "Something was removed from the body" })),
    status: Type.Integer({ minimum: 100, maximum: 599, description: "Status of the response" }),
    duration_us: count("Time until the response was ready"),
    actor: name("token or console; imported if another host states it"),
    answer_sha256: name("Hash of the response, in lower-case hex; empty if not computed"),
    answer_shape: Type.Optional(anyValue("Fields of the response, and their types")),
    replayed: Type.Optional(Type.Boolean({ description: "Made by a replay" })),
  },
  { $id: "ApiCallEvent", description: "An API call that may change something" },
);
export type ApiCallEvent = Static<typeof ApiCallEvent>;

export const StateChangeEvent = Type.Object(
  {
    type: Type.Literal("state_change"),
    key: name("What changed, such as settings.bitrate_kbps"),
    old: anyValue("Before"),
    new: anyValue("After"),
    caused_by: name("Who or what changed it"),
  },
  { $id: "StateChangeEvent", description: "A value changed" },
);
export type StateChangeEvent = Static<typeof StateChangeEvent>;

export const SessionEvent = Type.Object(
  {
    type: Type.Literal("session"),
    action: oneOf(["connected", "disconnected", "resumed"], "What happened"),
    session_id: count("The session's id"),
    client: name("Name of the player"),
    codec: name("h264, hevc or av1"),
    mode: name("Size and rate, such as 1280x720@60"),
    viewers: Type.Optional(count("Browsers watching, if the kind is moq")),
    reason: message("Reason; empty if it connected"),
    ...reasonShape,
  },
  { $id: "SessionEvent", description: "A player connected or disconnected" },
);
export type SessionEvent = Static<typeof SessionEvent>;

export const streamActions = [
  "idr_requested",
  "idr_sent",
  "bitrate_changed",
  "encoder_reset",
  "source_starved",
  "source_resumed",
  "source_resized",
  "source_gone",
  "source_back",
  "player_unreachable",
  "player_reachable",
  "host_stopped",
  "loss_burst",
  "slots_missed",
  "viewer_joined",
  "viewer_left",
  "verdict_turned",
  "picture_changed",
  "click_shown",
] as const;

export const StreamEvent = Type.Object(
  {
    type: Type.Literal("stream"),
    action: oneOf(streamActions, "What happened"),
    session_id: count("The session's id"),
    by: Type.Optional(name("Who asked: player, host or operator")),
    from_kbps: Type.Optional(count("Target bitrate before")),
    to_kbps: Type.Optional(count("Target bitrate after")),
    reason: Type.Optional(message("Why")),
    ...reasonShape,
    packets: Type.Optional(count("Packets lost in the burst")),
    slots: Type.Optional(count("Slots without a frame because the host was too slow")),
    ms: Type.Optional(count("How long it lasted, or the period in which it was noticed")),
    source: Type.Optional(name("The source, if the host is waiting for it")),
    viewers: Type.Optional(count("Browsers watching from then on")),
    width: Type.Optional(count("Size of the source’s picture from then on")),
    height: Type.Optional(count("Size of the source’s picture from then on")),
    quality: Type.Optional(name("Verdict from then on: smooth, stutter or bad")),
    to_host_us: Type.Optional(clickShape.to_host_us),
    to_capture_us: Type.Optional(clickShape.to_capture_us),
    to_encoded_us: Type.Optional(clickShape.to_encoded_us),
    to_shown_us: Type.Optional(clickShape.to_shown_us),
    total_us: Type.Optional(clickShape.total_us),
    cause: Type.Optional(name("Code of its leading cause; absent if there is none")),
  },
  { $id: "StreamEvent", description: "Something that happened to a stream" },
);
export type StreamEvent = Static<typeof StreamEvent>;

export const UiActionEvent = Type.Object(
  {
    type: Type.Literal("ui_action"),
    page: name("Page of the console"),
    control: name("Control that was used"),
    value: message("Its value, if it has one"),
  },
  { $id: "UiActionEvent", description: "Something done in the console" },
);
export type UiActionEvent = Static<typeof UiActionEvent>;

export const ClientEvent = Type.Object(
  {
    type: Type.Literal("client"),
    action: oneOf(clientActions, "What the player reported"),
    session_id: Type.Optional(count("The session's id")),
    client: Type.Optional(name("Name of the player")),
    ms: Type.Optional(count("How long it lasted")),
    reason: Type.Optional(message("Reason, as reported")),
    ...reasonShape,
  },
  { $id: "ClientEvent", description: "Reported by a player; not verified" },
);
export type ClientEvent = Static<typeof ClientEvent>;

export const LogEvent = Type.Object(
  {
    type: Type.Literal("log"),
    level: name("warn or above"),
    message: message("What the log says"),
    code: Type.Optional(name("The warning, for programs")),
    detail: Type.Optional(message("The cause, in the system’s own words")),
    ...reasonShape,
    failure_code: Type.Optional(name("Code of the failure behind it")),
    failure_values: Type.Optional(valuesShape("Values for the text of the failure")),
  },
  { $id: "LogEvent", description: "A line of the log" },
);
export type LogEvent = Static<typeof LogEvent>;

/** Every type of event, by its name. */
export const eventShapes = {
  api_call: ApiCallEvent,
  state_change: StateChangeEvent,
  session: SessionEvent,
  stream: StreamEvent,
  ui_action: UiActionEvent,
  client: ClientEvent,
  log: LogEvent,
} as const;
/** A type of event. */
export type EventType = keyof typeof eventShapes;
export const eventTypes = Object.keys(eventShapes) as EventType[];

/** What happened: an event of any type. */
export type HostAction =
  | ApiCallEvent
  | StateChangeEvent
  | SessionEvent
  | StreamEvent
  | UiActionEvent
  | ClientEvent
  | LogEvent;

export const TimelineEvent = Type.Object(
  {
    index: count("Index in the recording, from 0; the oldest may be missing"),
    timestamp: time("When it happened"),
    t_ms: Type.Optional(count("The same on the capture's clock")),
    event: Type.Union(Object.values(eventShapes), { description: "What happened" }),
  },
  { $id: "TimelineEvent", description: "One thing that happened" },
);
/** An event with its place and time. */
export type TimelineEvent = Omit<Static<typeof TimelineEvent>, "event"> & {
  event: HostAction;
};

export const TimelineCheckpoint = Type.Object(
  {
    id: name("Id; if two are equal, the first is found"),
    label: Type.Union([message("Label for people"), Type.Null()]),
    label_code: Type.Optional(name("Code of the label, if the host took the checkpoint")),
    label_values: Type.Optional(valuesShape("Values for the text of the label")),
    timestamp: time("When the checkpoint was taken"),
    t_ms: Type.Optional(count("The same on the capture's clock")),
    state: anyValue("Settings, encoder, sessions, counters, load and version"),
    event_index: count("Index of the next event"),
  },
  { $id: "TimelineCheckpoint", description: "State of the host at one moment" },
);
/** The host’s state at one moment. */
export type TimelineCheckpoint = Static<typeof TimelineCheckpoint>;

export const Timeline = Type.Object(
  {
    version: Type.Optional(count("Version of this format, 1")),
    kind: Type.Optional(Type.String({ description: "timeline" })),
    id: name("Id of the recording; for a capture, that of the capture"),
    started_at: time("Start of the recording"),
    host: Type.Optional(name("Name of the machine that recorded")),
    events_dropped: Type.Optional(count("Older events that were dropped")),
    checkpoints_dropped: Type.Optional(count("Older checkpoints that were dropped")),
    events_thinned: Type.Optional(count("Events of a flood that were only counted")),
    recovered: Type.Optional(
      Type.Boolean({ description: "Recovered from a journal after a crash" }),
    ),
    events: Type.Array(TimelineEvent),
    checkpoints: Type.Array(TimelineCheckpoint),
  },
  { $id: "Timeline", description: "A whole recording" },
);
/** A whole recording, as its file holds it. */
export type Timeline = Omit<Static<typeof Timeline>, "events"> & { events: TimelineEvent[] };

/** The one that runs with a capture, and a manual one. */
export type TimelineSource = "capture" | "manual";

export const TimelineRecording = Type.Object(
  {
    id: name("Id of the recording"),
    recording: Type.Boolean({ description: "It is running; otherwise it is the latest" }),
    started_at: time("Start of the recording"),
    event_count: count("Events held"),
    checkpoint_count: count("Checkpoints held"),
    events_dropped: count("Older events that were dropped"),
    events_thinned: count("Events of a flood that were only counted"),
  },
  { $id: "TimelineRecording", description: "Summary of a recording" },
);
export type TimelineRecording = Static<typeof TimelineRecording>;

export const TimelineState = Type.Object(
  {
    recording: Type.Boolean({ description: "Something is being recorded" }),
    capture: Type.Optional(TimelineRecording),
    manual: Type.Optional(TimelineRecording),
    readable: Type.Array(Type.String(), {
      description: "Ids of finished and imported recordings, to be used as `of`",
    }),
  },
  { $id: "TimelineState", description: "The available recordings" },
);
export type TimelineState = Static<typeof TimelineState>;

export const TimelineImport = Type.Object(
  {
    id: name("Local id, to be used as `of`"),
    imported_id: name("The id it came with"),
    event_count: count("Events held"),
    checkpoint_count: count("Checkpoints held"),
    events_dropped: count("Older events that exceeded the limits"),
    checkpoints_dropped: count("Older checkpoints that exceeded the limits"),
    checkpoints_clamped: count("Checkpoints that pointed to events outside the recording"),
    duplicate_ids: count("Checkpoints with the id of an earlier one"),
  },
  { $id: "TimelineImport", description: "Result of an import" },
);
export type TimelineImport = Static<typeof TimelineImport>;

export const EventPage = Type.Object(
  {
    id: name("Id of the recording"),
    next_index: count("Index of the next event; request events from there to continue"),
    reaches_lost: Type.Boolean({ description: "Older events of this range were dropped" }),
    events: Type.Array(TimelineEvent),
  },
  { $id: "EventPage", description: "Events of a recording, oldest first" },
);
export type EventPage = Omit<Static<typeof EventPage>, "events"> & { events: TimelineEvent[] };

export const CheckpointRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ minLength: 1, maxLength: textLengthMax.name })),
    label: Type.Optional(Type.String({ maxLength: textLengthMax.message })),
  },
  { $id: "CheckpointRequest", additionalProperties: false },
);
export type CheckpointRequest = Static<typeof CheckpointRequest>;

export const TimelineStart = Type.Object(
  { id: Type.Optional(Type.String({ maxLength: textLengthMax.name })) },
  { $id: "TimelineStart", additionalProperties: false },
);
export type TimelineStart = Static<typeof TimelineStart>;
