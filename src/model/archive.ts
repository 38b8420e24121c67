/** Captures of several hosts in one place, and the state of this host's uploads. */
import { type Static, Type } from "@sinclair/typebox";
import { CaptureMeta } from "./capture.ts";

/** Captures that a list of the archive has, at most. */
export const archivedCountMax = 20_000;

/** Possible problems of a store, by code, in English; `i18n/archive.ts` has the other language. */
export const archiveProblems = {
  not_a_store: "the store does not answer as one should",
  forgetful: "the store does not keep what was sent",
  too_slow: "the store does not answer in time",
  redirected:
    "the store redirects to another address, which is not followed; check endpoint and region",
  access_refused: "the store refuses access",
  disk_full: "the disk is full",
  file_in_the_way: "a file is where a directory should be",
  not_writable: "the directory may not be written",
  other_place: "the directory has gone, or is on another disk than before: is it mounted?",
  key_unknown: "the store does not know the access key",
  key_malformed: "the store cannot read the access key or the region",
  no_bucket: "there is no such bucket",
  clock_wrong: "the clock of this machine is wrong",
  secret_wrong: "the secret key is wrong",
  session_refused: "the session token has expired, or the store does not know it",
  region_wrong: "the store is in another region than the one given",
  store_full: "the store is full",
  too_large: "what the archive holds there is too large",
  unreachable: "the store cannot be reached",
  no_keys: "there are no keys for it",
  unusable: "the store cannot be used",
} as const;
/** A problem of a store. */
export type ArchiveProblem = keyof typeof archiveProblems;

export const ArchivedCapture = Type.Object(
  {
    key: Type.String({
      maxLength: 512,
      description: "Key in the archive, for opening it",
    }),
    meta: CaptureMeta,
    quality: Type.Optional(
      Type.String({ description: "Quality in its verdict; absent without a verdict" }),
    ),
    cause: Type.Optional(Type.String({ description: "The leading cause of its verdict" })),
  },
  { $id: "ArchivedCapture", description: "A capture in the archive" },
);
/** A capture in the archive. */
export type ArchivedCapture = Static<typeof ArchivedCapture>;

export const ArchiveStatus = Type.Object(
  {
    target: Type.Optional(
      Type.String({ description: "Where captures are sent; absent if nothing is archived" }),
    ),
    waiting: Type.Integer({
      minimum: 0,
      description: "Captures of this host that are still to be sent",
    }),
    sent: Type.Integer({ minimum: 0, description: "Captures sent since the host started" }),
    problem: Type.Optional(
      Type.String({ description: "Why the last attempt failed; absent if it succeeded" }),
    ),
    problem_code: Type.Optional(
      Type.String({ description: "Code of that problem, if it is a known one" }),
    ),
    problem_answer: Type.Optional(
      Type.String({ description: "Status and code with which the store answered" }),
    ),
    retry_in_ms: Type.Optional(
      Type.Integer({ minimum: 0, description: "Time until the next attempt, after a failed one" }),
    ),
  },
  { $id: "ArchiveStatus", description: "Progress of sending captures" },
);
/** State of the uploads. */
export type ArchiveStatus = Static<typeof ArchiveStatus>;

export const ArchiveOpening = Type.Object(
  { key: Type.String({ minLength: 1, maxLength: 512, description: "Key from the list" }) },
  { $id: "ArchiveOpening", additionalProperties: false },
);
/** The capture of the archive to open. */
export type ArchiveOpening = Static<typeof ArchiveOpening>;
