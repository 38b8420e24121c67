/** The recorder: start, stop, state, and what it has recorded so far. */
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Capture, StatsStatus } from "../../model/capture.ts";
import { done, shapeNames } from "../describe/shapes.ts";
import { numericQuery } from "../edge/input.ts";
import { notFound } from "../edge/problem.ts";
import type { Parts } from "../parts.ts";
import type { EventStreams } from "./event-stream.ts";

const tags = ["stats"];

const LiveQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: "Gives only the samples past the n-th",
      }),
    ),
  },
  { additionalProperties: false },
);

export function statsRoutes(parts: Parts) {
  return new Elysia({ prefix: "/api/v1/stats/capture" })
    .use(shapeNames)
    .post("/start", (): Promise<StatsStatus> => parts.stats.start(), {
      response: { 200: "StatsStatus", 507: "Problem" },
      detail: {
        tags,
        operationId: "stats_capture_start",
        summary: "Start a capture",
        description:
          "While one is recording this changes nothing. It is refused while a capture that could not be saved is held.",
      },
    })
    .post("/stop", () => stop(parts), {
      response: { 200: "CaptureMeta", 204: Type.Void(), 507: "Problem" },
      detail: {
        tags,
        operationId: "stats_capture_stop",
        summary: "Stop and save the capture",
        description: "204 when nothing was recording. A capture that cannot be saved is held.",
      },
    })
    .get("/status", (): StatsStatus => parts.stats.status(), {
      response: { 200: "StatsStatus" },
      detail: { tags, operationId: "stats_capture_status", summary: "State of the recorder" },
    })
    .get("/live", ({ query }) => Response.json(liveCapture(parts, query.after)), {
      ...numericQuery,
      query: LiveQuery,
      response: { 200: "Capture", 404: "Problem" },
      detail: { tags, operationId: "stats_capture_live", summary: "The capture so far" },
    });
}

export function streamRoutes(streams: EventStreams) {
  return new Elysia()
    .use(shapeNames)
    .get(
      "/api/v1/stats/stream",
      ({ request }) => streams.open(request.headers.get("last-event-id") ?? undefined),
      {
        response: { 200: Type.String({ contentMediaType: "text/event-stream" }), 429: "Problem" },
        detail: {
          tags,
          operationId: "stats_stream",
          summary: "Server-sent events of the recorder",
          description: [
            "Events: `status` (StatsStatus), first and whenever it changes; `sample` (StatsSample) as",
            "each window closes; `recording` (RecordingChange) when a saved capture came or went.",
            "The id is `<capture number>-<start>:<sample index>`: who reconnects with it as `Last-Event-ID`",
            "gets the samples from there on without a gap, as long as the capture is recording.",
            "Without it, samples begin with the next one. A slow reader is cut off.",
          ].join("\n"),
        },
      },
    );
}

/** @throws Failure `not_found` when nothing is recording or held */
export function liveCapture(parts: Parts, after?: number): Capture {
  const capture = parts.stats.live(after);
  if (capture === undefined) throw notFound("Cannot show the live capture: nothing is recording");
  return capture;
}

async function stop(parts: Parts): Promise<Response> {
  const meta = await parts.stats.stop();
  return meta === undefined ? done() : Response.json(meta);
}
