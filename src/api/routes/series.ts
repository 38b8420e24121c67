/** Captures as columns for charts: the live one and saved ones, whole or zoomed into. */
import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../../base/failure.ts";
import type { Capture } from "../../model/capture.ts";
import { seriesPoints } from "../../model/series.ts";
import { shapeNames } from "../describe/shapes.ts";
import { numericQuery } from "../edge/input.ts";
import { TextCache } from "../edge/text-cache.ts";
import type { Parts } from "../parts.ts";
import { noRecording } from "./recordings.ts";
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

/** Characters of series that are kept: some 80 of the standard width. */
const keptLengthMax = 8 * 1024 * 1024;

export function seriesRoutes(parts: Parts) {
  const cache = new TextCache({ lengthMax: keptLengthMax });
  return new Elysia({ prefix: "/api/v1/stats" })
    .use(shapeNames)
    .get("/capture/series", ({ query }) => answerLive(liveCapture(parts), parts, query), {
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
      ({ params, query }) => answerSaved({ parts, cache, id: params.id }, query),
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

type Saved = { readonly parts: Parts; readonly cache: TextCache; readonly id: string };

/** Parsing a long capture takes some 15 ms: a series that was made is kept while the file stays the same. */
async function answerSaved({ parts, cache, id }: Saved, query: SeriesQuery): Promise<Response> {
  checkRange(query);
  const { points = seriesPoints.standard, from = "", to = "" } = query;
  // Read before the file is: a file that changes in between is found changed the next time.
  const version = await parts.recordings.version(id);
  if (version === undefined) throw noRecording(id);
  const text = await cache.get([id, version, points, from, to].join(" "), async () => {
    const capture = await parts.recordings.load(id);
    if (capture === undefined) throw noRecording(id);
    return JSON.stringify(parts.makeSeries(capture, query));
  });
  return new Response(text, { headers: { "content-type": "application/json" } });
}

function answerLive(capture: Capture, parts: Parts, query: SeriesQuery): Response {
  checkRange(query);
  return Response.json(parts.makeSeries(capture, query));
}

function checkRange({ from = 0, to = timeMsMax }: SeriesQuery): void {
  if (to >= from) return;
  throw new Failure("out_of_range", 'Cannot use "to" of the query: it lies before "from"');
}
