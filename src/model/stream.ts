/** Messages of the event stream besides statuses and samples. */
import { type Static, Type } from "@sinclair/typebox";
import { CaptureMeta } from "./capture.ts";

export const RecordingChange = Type.Object(
  {
    action: Type.Union([Type.Literal("added"), Type.Literal("changed"), Type.Literal("removed")]),
    id: Type.String({ description: "Of the saved capture" }),
    meta: Type.Optional(CaptureMeta),
  },
  {
    $id: "RecordingChange",
    description: "A saved capture was added, changed or removed; the first two include its head",
  },
);
export type RecordingChange = Static<typeof RecordingChange>;
