/** Captures as columns for charts: the live one and saved ones, whole or zoomed into. */
import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../base/failure.ts";
import type { Capture } from "../model/capture.ts";
import { seriesPoints } from "../model/series.ts";
import { numericQuery } from "./input.ts";
import type { Parts } from "./parts.ts";
import { noRecording } from "./recordings.ts";
import { shapes } from "./shapes.ts";
import { liveCapture } from "./stats.ts";

const tags = ["stats"];
/** Ten days: no capture is longer. */
const timeMsMax = 864_000_000;

const time = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: timeMsMax, description }));

const SeriesQuery = Type.Object(
  {
    points: Type.Optional(
      Type.Integer({
        minimum: seriesPoints.min,
        maximum: seriesPoints.max,
        default: seriesPoints.standard,
        description: "Buckets for each session",
      }),
    ),
    from: time("Begin in milliseconds since the capture began; its begin when absent"),
    to: time("End, included; the capture's end when absent"),
  },
  { additionalProperties: false },
);
type SeriesQuery = Static<typeof SeriesQuery>;

export function seriesRoutes(parts: Parts) {
  return new Elysia({ prefix: "/api/v1/stats" })
    .use(shapes)
    .get("/capture/series", ({ query }) => answer(parts, liveCapture(parts), query), {
      ...numericQuery,
      query: SeriesQuery,
      response: { 200: "Series", 404: "Problem" },
      detail: {
        tags,
        operationId: "stats_capture_series",
        summary: "The capture so far, as columns for charts",
      },
    })
    .get(
      "/recordings/:id/series",
      async ({ params, query }) => answer(parts, await load(parts, params.id), query),
      {
        ...numericQuery,
        query: SeriesQuery,
        response: { 200: "Series", 404: "Problem" },
        detail: {
          tags,
          operationId: "stats_recording_series",
          summary: "A saved capture, as columns for charts",
        },
      },
    );
}

async function load(parts: Parts, id: string): Promise<Capture> {
  const capture = await parts.recordings.load(id);
  if (capture === undefined) throw noRecording(id);
  return capture;
}

function answer(parts: Parts, capture: Capture, query: SeriesQuery): Response {
  const { from = 0, to = timeMsMax } = query;
  if (to < from) {
    throw new Failure("out_of_range", 'Cannot use "to" of the query: it lies before "from"');
  }
  return Response.json(parts.makeSeries(capture, query));
}
