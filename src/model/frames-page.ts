/** Rows as the API answers them: columns by their names, and what the history holds. */
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
    from_ms: Type.Number({ description: "Rows due from here on, since the start" }),
    to_ms: Type.Number({ description: "And before here" }),
    count: count("Rows in each column"),
    truncated: Type.Optional(
      Type.Boolean({
        description: `The range has more than ${pageRowsMax} rows; ask for the rest`,
      }),
    ),
    unread: Type.Optional(Unread),
    rows_until_ms: Type.Optional(RowsUntilMs),
    columns: Type.Object(
      Object.fromEntries(frameColumnNames.map((name) => [name, columnType(frameColumns[name])])),
      { description: "null where it was not measured" },
    ),
  },
  { $id: "FramesPage", description: "One row for each slot, by columns" },
);
/** Columns are those that were asked for. */
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
      description: "For /api/v1/history/{id}/frames; the host's start, then the session",
    }),
    session: CaptureSession,
    running: Type.Boolean(),
    started_unix_ms: count("By the wall clock"),
    duration_ms: count("Until it ended, or until now"),
    rows: count("Slots"),
    missed: count("Slots in which no frame was made"),
    dropped: count("Frames made and never sent"),
    lost: count("Frames the player could not complete"),
    minutes: Type.Object(
      {
        at_ms: Type.Array(Type.Integer(), { description: "When it began, since the session did" }),
        worst_ms: Type.Array(Type.Number(), { description: "Longest from due until handed over" }),
        missed: Type.Array(Type.Integer()),
        lost: Type.Array(Type.Integer()),
        // A host of an earlier version answers without it.
        dropped: Type.Optional(Type.Array(Type.Integer())),
      },
      { description: "One value for each minute that is over" },
    ),
  },
  { $id: "HistorySession", description: "A session of which the history holds rows" },
);
export type HistorySession = Static<typeof HistorySession>;

export const HistoryState = Type.Object(
  {
    on: Type.Boolean({ description: "Sessions are recorded without arming" }),
    bytes: count("On the disk"),
    segments: count("Files of about a minute each"),
    from_unix_ms: count("Oldest that is there, 0 when nothing is"),
    rows_overwritten: count("Rows that were lost before they were read, since the host began"),
    batches_dropped: count("What could not be written, since the host began"),
    unread_lists: Type.Optional(
      count("Starts of the host whose list of sessions cannot be read: theirs are missing below"),
    ),
    sessions: Type.Array(HistorySession, { description: "Newest first" }),
  },
  { $id: "HistoryState", description: "What the history holds" },
);
export type HistoryState = Static<typeof HistoryState>;

export const KeepRequest = Type.Object(
  {
    last_s: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, description: "The last so many seconds" }),
    ),
    session_id: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0 }), Type.String({ maxLength: 32 })], {
        description: "A session, by its number or by its id in /api/v1/history",
      }),
    ),
    from: Type.Optional(
      Type.Integer({ minimum: 0, maximum: rangeMsMax, description: "Milliseconds since it began" }),
    ),
    to: Type.Optional(
      Type.Integer({ minimum: 0, maximum: rangeMsMax, description: "And until here" }),
    ),
  },
  { $id: "KeepRequest", additionalProperties: false },
);
