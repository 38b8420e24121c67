/** What happens, recorded and read: state, events, checkpoints, exports and imports. */
import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../../base/failure.ts";
import { type EventPage, importBytesMax, TimelineCheckpoint } from "../../model/timeline.ts";
import { done, listOf, shapeNames } from "../describe/shapes.ts";
import { jsonBodyOrNone, numericQuery } from "../edge/input.ts";
import { notFound } from "../edge/problem.ts";
import { tooLarge } from "../edge/request-gate.ts";
import type { Parts } from "../parts.ts";
import type { TimelineReading } from "../timeline-part.ts";
import { EventsQuery, of, pageOf } from "./event-page.ts";
import type { TimelineStreams } from "./timeline-stream.ts";

const tags = ["timeline"];
const OfQuery = Type.Object({ of }, { additionalProperties: false });
const BetweenQuery = Type.Object(
  {
    of,
    from: Type.String({ maxLength: 128, description: "Id of a checkpoint" }),
    to: Type.String({ maxLength: 128, description: "Id of another, earlier or later" }),
  },
  { additionalProperties: false },
);

export function timelineRoutes(parts: Parts, streams: TimelineStreams) {
  return new Elysia({ prefix: "/api/v1/timeline" })
    .use(shapeNames)
    .use(controlRoutes(parts))
    .use(readingRoutes(parts))
    .use(transferRoutes(parts))
    .get(
      "/stream",
      ({ request, query }) =>
        streams.open({ lastEventId: request.headers.get("last-event-id"), of: query.of }),
      {
        query: OfQuery,
        response: { 200: Type.String({ contentMediaType: "text/event-stream" }), 429: "Problem" },
        detail: {
          tags,
          operationId: "timeline_stream",
          summary: "Server-sent events of the timeline",
          description: [
            "Events: `state` (TimelineState), first and whenever it changes; `event` (TimelineEvent);",
            "`checkpoint` (TimelineCheckpoint). The id is `<recording>:<index>`: who reconnects with it",
            "as `Last-Event-ID` gets the events behind it, as far as they are held. Without it, events",
            "begin with the next one. A slow reader is cut off.",
          ].join("\n"),
        },
      },
    );
}

function controlRoutes(parts: Parts) {
  return new Elysia()
    .use(shapeNames)
    .get("/status", () => parts.timeline.status(), {
      response: { 200: "TimelineState" },
      detail: { tags, operationId: "timeline_status", summary: "Which recordings there are" },
    })
    .post("/start", ({ body }) => parts.timeline.start(body.id), {
      ...jsonBodyOrNone,
      body: "TimelineStart",
      response: { 200: "TimelineState", 409: "Problem" },
      detail: {
        tags,
        operationId: "timeline_start",
        summary: "Start a recording by hand",
        description: "Beside the one that runs with every capture. One at a time.",
      },
    })
    .post("/stop", () => answerOrDone(parts.timeline.stop()), {
      response: { 200: "Timeline", 204: Type.Void() },
      detail: {
        tags,
        operationId: "timeline_stop",
        summary: "Stop the recording by hand",
        description: "Answers the whole of it; 204 when there was none.",
      },
    })
    .post("/checkpoint", ({ body }) => Response.json(parts.timeline.checkpoint(body)), {
      ...jsonBodyOrNone,
      body: "CheckpointRequest",
      response: { 200: "TimelineCheckpoint", 409: "Problem" },
      detail: {
        tags,
        operationId: "timeline_checkpoint",
        summary: "Mark this moment",
        description: "Keeps how things stand now, in every recording that runs.",
      },
    });
}

function readingRoutes(parts: Parts) {
  const detail = { tags };
  return new Elysia()
    .use(shapeNames)
    .get("/events", ({ query }) => Response.json(pageOf(reading(parts, query.of), query)), {
      ...numericQuery,
      query: EventsQuery,
      response: { 200: "EventPage", 404: "Problem" },
      detail: { ...detail, operationId: "timeline_events", summary: "Events of a recording" },
    })
    .get("/checkpoints", ({ query }) => Response.json(reading(parts, query.of).checkpoints()), {
      query: OfQuery,
      response: { 200: listOf(TimelineCheckpoint, "Oldest first"), 404: "Problem" },
      detail: {
        ...detail,
        operationId: "timeline_checkpoints",
        summary: "Checkpoints of a recording",
      },
    })
    .get("/between", ({ query }) => Response.json(between(parts, query)), {
      query: BetweenQuery,
      response: { 200: "EventPage", 404: "Problem" },
      detail: {
        ...detail,
        operationId: "timeline_between",
        summary: "Events between two checkpoints",
      },
    })
    .get(
      "/replay-sequence",
      ({ query }) => Response.json(reading(parts, query.of).replaySequence()),
      {
        query: OfQuery,
        response: { 200: Type.Array(Type.Ref("ApiCallEvent")), 404: "Problem" },
        detail: {
          ...detail,
          operationId: "timeline_replay_sequence",
          summary: "Calls of the management API in order",
        },
      },
    );
}

function transferRoutes(parts: Parts) {
  // The body is read here, after the guard, and parsed only once it is known not to be too large.
  const foreign = { parse: () => null } as const;
  const problems = { 413: "Problem", 422: "Problem" } as const;
  return new Elysia()
    .use(shapeNames)
    .get("/export", ({ query }) => answerExport(reading(parts, query.of)), {
      query: OfQuery,
      response: { 200: "Timeline", 404: "Problem" },
      detail: {
        tags,
        operationId: "timeline_export",
        summary: "A whole recording, to be kept or shared",
      },
    })
    .post(
      "/import",
      async ({ request }) => Response.json(parts.timelineDesk.import(await readForeign(request))),
      {
        ...foreign,
        response: { 200: "TimelineImport", ...problems },
        detail: {
          tags,
          operationId: "timeline_import",
          summary: "Open an export to be read",
          description: "It gets a local id and is never mixed with what happens here.",
        },
      },
    )
    .post("/resume", async ({ request }) => parts.timelineDesk.resume(await readForeign(request)), {
      ...foreign,
      response: { 200: "TimelineState", ...problems },
      detail: {
        tags,
        operationId: "timeline_resume",
        summary: "Go on with an export as the recording by hand",
        description: "It takes the place of what is recorded by hand now.",
      },
    });
}

/** @throws Failure `not_found` */
function reading({ timeline }: Parts, name: string | undefined): TimelineReading {
  const found = timeline.reading(name);
  if (found !== undefined) return found;
  const what = name === undefined ? "a timeline" : `timeline "${name}"`;
  throw notFound(`Cannot find ${what}: nothing is recorded under this name`);
}

function between(parts: Parts, query: Static<typeof BetweenQuery>): EventPage {
  const recording = reading(parts, query.of);
  const { events, reachesLost } = recording.eventsBetweenCheckpoints(query.from, query.to);
  const next_index = recording.nextIndex;
  return { id: recording.id, next_index, reaches_lost: reachesLost, events };
}

function answerExport(recording: TimelineReading): Response {
  const name = `${recording.id.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.timeline.json`;
  const headers = { "content-disposition": `attachment; filename="${name}"` };
  return Response.json(recording.export(), { headers });
}

function answerOrDone(value: unknown): Response {
  return value === undefined ? done() : Response.json(value);
}

/** @throws Failure `unsupported_media_type`, `too_large` */
async function readForeign(request: Request): Promise<Uint8Array> {
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    const text = 'Cannot read the body: its Content-Type has to be "application/json"';
    throw new Failure("unsupported_media_type", text);
  }
  const bytes = await request.bytes();
  if (bytes.length > importBytesMax) throw tooLarge(importBytesMax);
  return bytes;
}
