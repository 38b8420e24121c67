/** Captures of several hosts in one place, and how the sending of this host's own is going. */
import { type Static, Type } from "@sinclair/typebox";
import { CaptureMeta } from "./capture.ts";

/** Captures that a list of the archive has, at most. */
export const archivedCountMax = 20_000;

export const ArchivedCapture = Type.Object(
  {
    key: Type.String({
      maxLength: 512,
      description: "Where it is in the archive; what opens it",
    }),
    meta: CaptureMeta,
    quality: Type.Optional(Type.String({ description: "Of its verdict; absent without one" })),
    cause: Type.Optional(Type.String({ description: "The leading cause of its verdict" })),
  },
  { $id: "ArchivedCapture", description: "A capture in the archive" },
);
/** A capture in the archive. */
export type ArchivedCapture = Static<typeof ArchivedCapture>;

export const ArchiveStatus = Type.Object(
  {
    target: Type.Optional(
      Type.String({ description: "Where captures are sent; absent where nothing is archived" }),
    ),
    waiting: Type.Integer({ minimum: 0, description: "Captures of this host still to be sent" }),
    sent: Type.Integer({ minimum: 0, description: "Sent since the host started" }),
    problem: Type.Optional(
      Type.String({ description: "Why the last attempt failed; absent while all is well" }),
    ),
    retry_in_ms: Type.Optional(
      Type.Integer({ minimum: 0, description: "Until the next attempt, after one that failed" }),
    ),
  },
  { $id: "ArchiveStatus", description: "How the sending of captures is going" },
);
/** How the sending of captures is going. */
export type ArchiveStatus = Static<typeof ArchiveStatus>;

export const ArchiveOpening = Type.Object(
  { key: Type.String({ minLength: 1, maxLength: 512, description: "Of the list" }) },
  { $id: "ArchiveOpening", additionalProperties: false },
);
/** Which capture of the archive is opened. */
export type ArchiveOpening = Static<typeof ArchiveOpening>;
