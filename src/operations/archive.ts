/** Captures of several hosts in one place. */
import { Type } from "@sinclair/typebox";
import { ArchivedCapture, ArchiveOpening, ArchiveStatus } from "../model/archive.ts";
import { CaptureMeta } from "../model/capture.ts";
import { operation } from "./operation.ts";
import { listOf } from "./schema.ts";

const tag = "archive";

export const archiveStatus = operation({
  id: "archive_status",
  method: "GET",
  route: "/api/v1/archive",
  tag,
  summary: "State of the archive",
  description: "Where captures are sent, how many are waiting, and why the last attempt failed.",
  answers: { 200: ArchiveStatus },
  act: ({ archive }) => archive.status(),
});

export const archiveList = operation({
  id: "archive_list",
  method: "GET",
  route: "/api/v1/archive/captures",
  tag,
  summary: "List the captures in the archive",
  description:
    "Of this host and of others, newest first, with quality and cause of their verdicts.",
  query: Type.Object(
    {
      host: Type.Optional(
        Type.String({ maxLength: 64, description: "Only captures of this host" }),
      ),
    },
    { additionalProperties: false },
  ),
  answers: { 200: listOf(ArchivedCapture, "Newest first") },
  problems: [409, 502],
  isLong: true,
  act: async ({ archive }, { query }) => [...(await archive.list(query.host))],
});

export const archiveOpen = operation({
  id: "archive_open",
  method: "POST",
  route: "/api/v1/archive/open",
  tag,
  summary: "Copy a capture from the archive to this host",
  description:
    "With rows and timeline. A capture that is already here stays as it is; either way, its head is returned.",
  body: ArchiveOpening,
  answers: { 200: CaptureMeta },
  problems: [404, 409, 422, 502, 507],
  act: async ({ archive }, { body }) => await archive.open(body.key),
});
