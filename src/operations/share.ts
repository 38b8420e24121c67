/** A saved capture as a file for somebody who has no onglass. */
import { Type } from "@sinclair/typebox";
import { ShareList, shareFormats } from "../model/share.ts";
import type { Shares } from "../ports/shares.ts";
import { noRecording } from "./not-found.ts";
import { operation } from "./operation.ts";

const tag = "stats";
const route = "/api/v1/stats/recordings/:id/share";
const types = { html: "text/html; charset=utf-8", zip: "application/zip" } as const;

export const statsRecordingShare = operation({
  id: "stats_recording_share",
  method: "GET",
  route,
  tag,
  summary: "Download a capture as one file to share",
  description:
    "`html`: a page with verdict, charts, figures and events, offline and under a strict policy. `zip`: the same with rows (Parquet), timeline, machine figures, settings, versions and warnings of the log. Names, addresses, paths and secrets are replaced; `…/share/replaced` lists them.",
  query: Type.Object(
    {
      format: Type.Optional(Type.Union(shareFormats.map((format) => Type.Literal(format)))),
      language: Type.Optional(Type.Union([Type.Literal("en"), Type.Literal("de")])),
    },
    { additionalProperties: false },
  ),
  answers: { 200: Type.String({ description: "The page, or the archive" }) },
  isLong: true,
  problems: [404],
  act: async ({ shares }, { params: { id }, query: { format = "html", language = "en" } }) => {
    const shared = await find(shares, id, language);
    const body = format === "zip" ? shared.zip() : shared.html();
    const name = `onglass-${id.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.${format}`;
    return new Response(body, {
      headers: {
        "content-type": types[format],
        "content-disposition": `attachment; filename="${name}"`,
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
      },
    });
  },
});

export const statsRecordingShareList = operation({
  id: "stats_recording_share_list",
  method: "GET",
  route: `${route}/replaced`,
  tag,
  summary: "List what a shared file replaces",
  description: "Names, addresses and paths with their placeholders; secrets are only counted.",
  answers: { 200: ShareList },
  isLong: true,
  problems: [404],
  act: async ({ shares }, { params: { id } }) => {
    const { replaced } = await find(shares, id, "en");
    return { replaced: [...replaced] };
  },
});

async function find(shares: Shares, id: string, language: string) {
  const shared = await shares.share(id, language);
  if (shared === undefined) throw noRecording(id);
  return shared;
}
