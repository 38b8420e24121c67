/** The result of importing a file of another tool as a capture. */
import { type Static, Type } from "@sinclair/typebox";
import { CaptureMeta } from "./capture.ts";

/** Larger files are refused before they are read. */
export const recordingBytesMax = 64 * 1024 * 1024;

export const RecordingImport = Type.Object(
  {
    meta: CaptureMeta,
    tool: Type.String({ description: "MangoHud, PresentMon, CapFrameX, WiVRn or onglass" }),
    frames: Type.Integer({ minimum: 0, description: "Frames that were read" }),
    used: Type.Record(Type.String(), Type.String(), {
      description: "Columns that were used, and what they became",
    }),
    left_out: Type.Array(Type.String(), { description: "Columns that were ignored" }),
  },
  { $id: "RecordingImport", description: "A file of another tool, saved as a capture" },
);
/** A file of another tool, saved as a capture. */
export type RecordingImport = Static<typeof RecordingImport>;

export const ImportProgress = Type.Object(
  {
    is_running: Type.Boolean({ description: "A file is being imported" }),
    share: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: "Completed share; only while it is running",
      }),
    ),
  },
  { $id: "ImportProgress", description: "Progress of the running import" },
);
/** Progress of the running import. */
export type ImportProgress = Static<typeof ImportProgress>;

/** Why a file is not imported. */
export const importRefusals = [
  "empty",
  "not_text",
  "too_deep",
  "too_heavy",
  "unknown",
  "too_few",
  "sampled",
  "too_slow",
  "damaged",
] as const;
/** A reason to refuse a file. */
export type ImportRefusal = (typeof importRefusals)[number];
