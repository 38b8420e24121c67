/** Saved captures: their heads, their very bytes, deleting them, and one before and after a change. */
import { type Static, Type } from "@sinclair/typebox";
import { compareAround } from "../analysis/comparison.ts";
import { Capture, CaptureMeta } from "../model/capture.ts";
import { CaptureChange } from "../model/capture-note.ts";
import { Comparison } from "../model/comparison.ts";
import { Timeline } from "../model/timeline.ts";
import type { Recordings } from "../ports/recordings.ts";
import { answerFile } from "./file-answer.ts";
import { noRecording, notFound } from "./not-found.ts";
import { nothing, operation } from "./operation.ts";
import { listOf } from "./schema.ts";

const tag = "stats";
const prefix = "/api/v1/stats/recordings";

export const statsRecordingsList = operation({
  id: "stats_recordings_list",
  method: "GET",
  route: prefix,
  tag,
  summary: "List captures, newest first",
  description:
    "Read from the heads of the files only. Damaged files are not listed; they are moved to `captures/damaged/` in the data directory.",
  answers: { 200: listOf(CaptureMeta, "Newest first") },
  act: async ({ recordings }) => (await recordings.list()).captures,
});

export const statsRecordingGet = operation({
  id: "stats_recording_get",
  method: "GET",
  route: `${prefix}/:id`,
  tag,
  summary: "Download a capture",
  description:
    "Sent as it is in the file, even if single values are not valid. `Range` resumes an interrupted download; `If-None-Match` with the tag of the last response returns 304.",
  answers: { 200: Capture },
  isFile: true,
  problems: [404, 416],
  act: async ({ recordings }, { params: { id } }, { request }) =>
    await answerFile({
      path: await recordings.filePath(id),
      name: `${id}.json`,
      request,
      missing: () => noRecording(id),
    }),
});

export const statsRecordingTimeline = operation({
  id: "stats_recording_timeline",
  method: "GET",
  route: `${prefix}/:id/timeline`,
  tag,
  summary: "Download the timeline of a capture",
  description:
    "Events and checkpoints of the capture, sent as they are in the file. `Range` and `If-None-Match` work as for the capture.",
  answers: { 200: Timeline },
  isFile: true,
  problems: [404, 416],
  act: async ({ recordings }, { params: { id } }, { request }) =>
    await answerFile({
      path: await recordings.timelinePath(id),
      name: `${id}.timeline.json`,
      request,
      missing: () => {
        const what = `the timeline of recording "${id.slice(0, 128)}"`;
        return notFound(`Cannot find ${what}: none is saved with it`);
      },
    }),
});

export const statsRecordingDelete = operation({
  id: "stats_recording_delete",
  method: "DELETE",
  route: `${prefix}/:id`,
  tag,
  summary: "Delete a saved capture",
  description: "Deletes the file of the capture and its timeline. This cannot be undone.",
  answers: { 204: nothing },
  problems: [404, 507],
  act: async ({ stats }, { params: { id } }) => {
    if (!(await stats.remove(id))) throw noRecording(id);
  },
});

export const statsRecordingChange = operation({
  id: "stats_recording_change",
  method: "PATCH",
  route: `${prefix}/:id`,
  tag,
  summary: "Change name, note, labels or baseline of a capture",
  description:
    "Stored beside the capture, whose file does not change. At most one capture is the baseline. Automatically saved captures that were named, noted, labelled or made the baseline are not deleted to make room.",
  body: CaptureChange,
  answers: { 200: CaptureMeta },
  problems: [404, 507],
  act: async ({ stats }, { params: { id }, body }) => {
    const meta = await stats.change(id, body);
    if (meta === undefined) throw noRecording(id);
    return meta;
  },
});

const BeforeAfterQuery = Type.Object(
  {
    checkpoint: Type.String({ maxLength: 128, description: "Id of the checkpoint" }),
    seconds: Type.Optional(
      Type.Integer({ minimum: 5, maximum: 300, default: 30, description: "Length of each side" }),
    ),
    settle_ms: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 60_000,
        default: 2000,
        description: "Skipped after the checkpoint",
      }),
    ),
  },
  { additionalProperties: false },
);

export const statsRecordingBeforeAfter = operation({
  id: "stats_recording_before_after",
  method: "GET",
  route: `${prefix}/:id/before-after`,
  tag: "timeline",
  summary: "Compare samples before and after a checkpoint",
  description: "Medians of five-second blocks; the 95% interval is that of the rank-sum test.",
  query: BeforeAfterQuery,
  answers: { 200: Comparison },
  problems: [404],
  act: ({ recordings }, { params, query }) => compare(recordings, params.id, query),
});

async function compare(
  recordings: Recordings,
  id: string,
  query: Static<typeof BeforeAfterQuery>,
): Promise<Comparison> {
  const capture = await recordings.load(id);
  if (capture === undefined) throw noRecording(id);
  const timeline = await recordings.loadTimeline(id);
  const found = timeline?.checkpoints.find((one) => one.id === query.checkpoint);
  if (found === undefined) {
    throw notFound(`Cannot find checkpoint "${query.checkpoint}": recording "${id}" has none`);
  }
  return compareAround(capture, {
    checkpoint: found.id,
    atMs: found.t_ms ?? 0,
    seconds: query.seconds ?? 30,
    settleMs: query.settle_ms ?? 2000,
  });
}
