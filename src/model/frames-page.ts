/** Rows as the API answers them: columns by name, and what the history holds. */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { CaptureSession } from "./capture.ts";
import { type FrameColumn, frameColumnNames, frameColumns } from "./frames.ts";
import { RowsUntilMs, Unread } from "./unread.ts";

const count = (description: string) => Type.Integer({ minimum: 0, description });

/** Ranges lie within a week. */
export const rangeMsMax = 7 * 24 * 60 * 60 * 1000;
/** Rows of one answer: ten minutes at 60 frames a second. */
export const pageRowsMax = 36_000;

const plainTypes = {
  uint32: Type.Integer(),
  int64: Type.Integer(),
  uint16: Type.Integer(),
  bool: Type.Boolean(),
  fate: Type.String(),
} as const satisfies Record<FrameColumn["type"], TSchema>;

function columnType({ type, isOptional, description }: FrameColumn) {
  const item = plainTypes[type];
  const items = isOptional ? Type.Union([item, Type.Null()]) : item;
  return Type.Optional(Type.Array(items, { description }));
}

export const FramesPage = Type.Object(
  {
    from_ms: Type.Number({
      description: "Start of the range, since the start; rows due from here on",
    }),
    to_ms: Type.Number({ description: "End of the range; rows due before it" }),
    count: count("Rows in each column"),
    truncated: Type.Optional(
      Type.Boolean({
        description: `The range has more than ${pageRowsMax} rows; request the rest`,
      }),
    ),
    unread: Type.Optional(Unread),
    rows_until_ms: Type.Optional(RowsUntilMs),
    columns: Type.Object(
      Object.fromEntries(frameColumnNames.map((name) => [name, columnType(frameColumns[name])])),
      { description: "null if it was not measured" },
    ),
  },
  { $id: "FramesPage", description: "One row per slot, as columns" },
);
/** Only the requested columns. */
export type FramesPage = {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly count: number;
  readonly truncated?: boolean;
  readonly unread?: Unread;
  readonly rows_until_ms?: number;
  readonly columns: Readonly<Record<string, readonly (number | string | boolean | null)[]>>;
};

export const HistorySession = Type.Object(
  {
    id: Type.String({
      description: "Id for /api/v1/history/{id}/frames: the start of the host, then the session",
    }),
    session: CaptureSession,
    running: Type.Boolean(),
    started_unix_ms: count("Start, on the wall clock"),
    duration_ms: count("Duration until its end, or until now"),
    rows: count("Slots"),
    missed: count("Slots without a frame"),
    dropped: count("Frames encoded but never sent"),
    lost: count("Frames that the player could not complete"),
    minutes: Type.Object(
      {
        at_ms: Type.Array(Type.Integer(), {
          description: "Start of the minute, since the session began",
        }),
        worst_ms: Type.Array(Type.Number(), { description: "Longest time from due until sent" }),
        missed: Type.Array(Type.Integer()),
        lost: Type.Array(Type.Integer()),
        // A host of an earlier version answers without it.
        dropped: Type.Optional(Type.Array(Type.Integer())),
      },
      { description: "One value per completed minute" },
    ),
  },
  { $id: "HistorySession", description: "A session whose rows are in the history" },
);
export type HistorySession = Static<typeof HistorySession>;

export const HistoryState = Type.Object(
  {
    on: Type.Boolean({ description: "Sessions are recorded without a capture" }),
    bytes: count("Size on disk"),
    segments: count("Number of files, of about a minute each"),
    from_unix_ms: count("Start of the oldest, 0 if there is none"),
    rows_overwritten: count("Rows lost before they were read, since the host started"),
    batches_dropped: count("Records that could not be written, since the host started"),
    stopped: Type.Optional(
      Type.Object(
        {
          disk: Type.String({ description: "Why, as a code such as `full`" }),
          reason: Type.String({ description: "The same in words" }),
        },
        { description: "The disk refuses: nothing is recorded now. Tried again every ten seconds" },
      ),
    ),
    unread_lists: Type.Optional(
      count("Starts of the host whose list of sessions cannot be read; their sessions are missing"),
    ),
    sessions: Type.Array(HistorySession, { description: "Newest first" }),
  },
  { $id: "HistoryState", description: "What the history holds" },
);
export type HistoryState = Static<typeof HistoryState>;

export const KeepRequest = Type.Object(
  {
    last_s: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, description: "The last N seconds" }),
    ),
    session_id: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0 }), Type.String({ maxLength: 32 })], {
        description: "A session, by its number or its id in /api/v1/history",
      }),
    ),
    from: Type.Optional(
      Type.Integer({ minimum: 0, maximum: rangeMsMax, description: "Milliseconds since it began" }),
    ),
    to: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: rangeMsMax,
        description: "End, in milliseconds since it began",
      }),
    ),
  },
  { $id: "KeepRequest", additionalProperties: false },
);
