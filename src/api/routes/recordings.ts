/** Saved captures: their heads, their very bytes, and taking them away. */
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { CaptureMeta } from "../../model/capture.ts";
import { done, listOf, shapeNames } from "../describe/shapes.ts";
import { notFound } from "../edge/problem.ts";
import type { Parts } from "../parts.ts";

const tags = ["stats"];

export function recordingRoutes(parts: Parts) {
  return new Elysia({ prefix: "/api/v1/stats/recordings" })
    .use(shapeNames)
    .get("", async () => [...(await parts.recordings.list()).captures], {
      response: { 200: listOf(CaptureMeta, "Newest first") },
      detail: {
        tags,
        operationId: "stats_recordings_list",
        summary: "Heads of the saved captures, newest first",
      },
    })
    .get("/:id", ({ params }) => answerFile(parts, params.id), {
      response: { 200: "Capture", 404: "Problem" },
      detail: {
        tags,
        operationId: "stats_recording_get",
        summary: "A saved capture, as the bytes of its file",
      },
    })
    .get("/:id/timeline", ({ params }) => answerTimeline(parts, params.id), {
      response: { 200: "Timeline", 404: "Problem" },
      detail: {
        tags,
        operationId: "stats_recording_timeline",
        summary: "What happened during a saved capture, as the bytes of its file",
      },
    })
    .delete("/:id", ({ params }) => removeRecording(parts, params.id), {
      response: { 204: Type.Void(), 404: "Problem" },
      detail: { tags, operationId: "stats_recording_delete", summary: "Delete a saved capture" },
    });
}

export function noRecording(id: string) {
  return notFound(`Cannot find recording "${id.slice(0, 128)}": nothing is saved under this id`);
}

/** The file goes from disk to socket: neither parsed nor held in memory. */
async function answerFile(parts: Parts, id: string): Promise<Response> {
  const path = await parts.recordings.filePath(id);
  return await answerWith(path, { name: `${id}.json`, missing: () => noRecording(id) });
}

async function answerTimeline(parts: Parts, id: string): Promise<Response> {
  const path = await parts.recordings.timelinePath(id);
  const missing = () =>
    notFound(`Cannot find the timeline of recording "${id.slice(0, 128)}": none is saved with it`);
  return await answerWith(path, { name: `${id}.timeline.json`, missing });
}

async function answerWith(
  path: string | undefined,
  { name, missing }: { name: string; missing: () => Error },
): Promise<Response> {
  const file = path === undefined ? undefined : Bun.file(path);
  // Deleted since it was found: the name is gone, so is the recording.
  if (file === undefined || !(await file.exists())) throw missing();
  return new Response(file, {
    headers: {
      "content-type": "application/json",
      "content-disposition": `inline; filename="${name}"`,
    },
  });
}

async function removeRecording(parts: Parts, id: string): Promise<Response> {
  if (!(await parts.stats.remove(id))) throw noRecording(id);
  return done();
}
