/** What happens, recorded and read: state, events, checkpoints, exports and imports. */
import { type Static, Type } from "@sinclair/typebox";
import {
  ApiCallEvent,
  CheckpointRequest,
  EventPage,
  importBytesMax,
  Timeline,
  TimelineCheckpoint,
  TimelineImport,
  TimelineStart,
  TimelineState,
} from "../model/timeline.ts";
import type { TimelineReading, Timelines } from "../ports/timeline.ts";
import { EventsQuery, of, pageOf } from "./event-page.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation } from "./operation.ts";
import { listOf } from "./schema.ts";

const tag = "timeline";
const prefix = "/api/v1/timeline";

const OfQuery = Type.Object({ of }, { additionalProperties: false });
const BetweenQuery = Type.Object(
  {
    of,
    from: Type.String({ maxLength: 128, description: "Id of a checkpoint" }),
    to: Type.String({ maxLength: 128, description: "Id of another, earlier or later" }),
  },
  { additionalProperties: false },
);

export const timelineStatus = operation({
  id: "timeline_status",
  method: "GET",
  route: `${prefix}/status`,
  tag,
  summary: "List timelines",
  description:
    "Which of the two recordings is running (the capture’s or the manual one), and the ids of those that can still be read.",
  answers: { 200: TimelineState },
  act: ({ timeline }) => timeline.status(),
});

export const timelineStart = operation({
  id: "timeline_start",
  method: "POST",
  route: `${prefix}/start`,
  tag,
  summary: "Start a manual recording",
  description: "In addition to the one that runs with every capture. One at a time.",
  body: TimelineStart,
  isBodyOptional: true,
  answers: { 200: TimelineState },
  problems: [409],
  act: ({ timeline }, { body }) => timeline.start(body.id),
});

export const timelineStop = operation({
  id: "timeline_stop",
  method: "POST",
  route: `${prefix}/stop`,
  tag,
  summary: "Stop the manual recording",
  description: "Returns the whole recording; 204 when there was none.",
  answers: { 200: Timeline, 204: nothing },
  isLong: true,
  act: ({ timeline }) => timeline.stop(),
});

export const timelineCheckpoint = operation({
  id: "timeline_checkpoint",
  method: "POST",
  route: `${prefix}/checkpoint`,
  tag,
  summary: "Add a checkpoint",
  description:
    "Records the current state in every running recording. Answered once it would outlive a crash of the host, after 3 seconds at the latest.",
  body: CheckpointRequest,
  isBodyOptional: true,
  answers: { 200: TimelineCheckpoint },
  problems: [409],
  act: async ({ timeline }, { body }) => {
    const taken = timeline.checkpoint(body);
    await timeline.written();
    return taken;
  },
});

export const timelineEvents = operation({
  id: "timeline_events",
  method: "GET",
  route: `${prefix}/events`,
  tag,
  summary: "Events of a recording",
  description:
    "Oldest first, starting at an index or a time. `of` names the recording; the default is the current or the latest one.",
  query: EventsQuery,
  answers: { 200: EventPage },
  isLong: true,
  problems: [404],
  act: ({ timeline }, { query }) => pageOf(reading(timeline, query.of), query),
});

export const timelineCheckpoints = operation({
  id: "timeline_checkpoints",
  method: "GET",
  route: `${prefix}/checkpoints`,
  tag,
  summary: "Checkpoints of a recording",
  description: "Each with the state of the host at that moment.",
  query: OfQuery,
  answers: { 200: listOf(TimelineCheckpoint, "Oldest first") },
  isLong: true,
  problems: [404],
  act: ({ timeline }, { query }) => reading(timeline, query.of).checkpoints(),
});

export const timelineBetween = operation({
  id: "timeline_between",
  method: "GET",
  route: `${prefix}/between`,
  tag,
  summary: "Events between two checkpoints",
  description: "The events between two checkpoints of one recording, in either order.",
  query: BetweenQuery,
  answers: { 200: EventPage },
  isLong: true,
  problems: [404],
  act: ({ timeline }, { query }) => between(timeline, query),
});

export const timelineReplaySequence = operation({
  id: "timeline_replay_sequence",
  method: "GET",
  route: `${prefix}/replay-sequence`,
  tag,
  summary: "List the recorded API calls, in order",
  description: "The calls that a replay would make. Calls that a replay made are left out.",
  query: OfQuery,
  answers: { 200: Type.Array(ApiCallEvent) },
  isLong: true,
  problems: [404],
  act: ({ timeline }, { query }) => reading(timeline, query.of).replaySequence(),
});

export const timelineExport = operation({
  id: "timeline_export",
  method: "GET",
  route: `${prefix}/export`,
  tag,
  summary: "Export a timeline",
  description:
    "Can be imported on another host. Secrets were removed when the events were recorded.",
  query: OfQuery,
  answers: { 200: Timeline },
  problems: [404],
  act: ({ timeline }, { query }) => {
    const recording = reading(timeline, query.of);
    const name = `${recording.id.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.timeline.json`;
    const headers = { "content-disposition": `attachment; filename="${name}"` };
    return Response.json(recording.export(), { headers });
  },
});

export const timelineImport = operation({
  id: "timeline_import",
  method: "POST",
  route: `${prefix}/import`,
  tag,
  summary: "Import a timeline",
  description: "The timeline gets a local id and is never mixed with this host’s own events.",
  fileBytesMax: importBytesMax,
  answers: { 200: TimelineImport },
  problems: [413, 422],
  act: ({ timelineService }, { file }) => timelineService.import(file),
});

export const timelineResume = operation({
  id: "timeline_resume",
  method: "POST",
  route: `${prefix}/resume`,
  tag,
  summary: "Resume an imported recording",
  description: "It replaces the current manual recording.",
  fileBytesMax: importBytesMax,
  answers: { 200: TimelineState },
  problems: [413, 422],
  act: ({ timelineService }, { file }) => timelineService.resume(file),
});

export const timelineStream = operation({
  id: "timeline_stream",
  method: "GET",
  route: `${prefix}/stream`,
  tag,
  summary: "Event stream of the timeline",
  description: [
    "Events: `state` (TimelineState), first and whenever it changes; `event` (TimelineEvent);",
    "`checkpoint` (TimelineCheckpoint). The id is `<recording>:<index>`: a client that reconnects with it",
    "as `Last-Event-ID` gets the events after it, as far as they are still held. Without it, events",
    "start with the next one. A slow reader is disconnected.",
  ].join("\n"),
  query: OfQuery,
  answers: { 200: Type.String({ contentMediaType: "text/event-stream" }) },
  problems: [429],
  act: ({ feeds }, { query }, { request }) =>
    feeds.timeline.open({
      lastEventId: request.headers.get("last-event-id") ?? undefined,
      of: query.of,
    }),
});

/** @throws Failure `not_found` */
function reading(timeline: Timelines, name: string | undefined): TimelineReading {
  const found = timeline.reading(name);
  if (found !== undefined) return found;
  const what = name === undefined ? "a timeline" : `timeline "${name}"`;
  throw notFound(`Cannot find ${what}: there is no recording of that name`);
}

function between(timeline: Timelines, query: Static<typeof BetweenQuery>): EventPage {
  const recording = reading(timeline, query.of);
  const { events, reachesLost } = recording.eventsBetweenCheckpoints(query.from, query.to);
  const next_index = recording.nextIndex;
  return { id: recording.id, next_index, reaches_lost: reachesLost, events };
}
