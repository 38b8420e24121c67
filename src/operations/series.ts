/** Captures as columns for charts: the live one and saved ones, whole or zoomed into. */
import { type Static, Type } from "@sinclair/typebox";
import { makeSeries } from "../analysis/series.ts";
import { Failure } from "../base/failure.ts";
import { Series, seriesPoints } from "../model/series.ts";
import { notFound } from "./not-found.ts";
import { operation } from "./operation.ts";
import { liveCapture } from "./stats.ts";

const tag = "stats";
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
    from: time(
      "Start, in milliseconds since the start of the capture; the start of the capture if absent",
    ),
    to: time("End, inclusive; the end of the capture if absent"),
  },
  { additionalProperties: false },
);

export const statsCaptureSeries = operation({
  id: "stats_capture_series",
  method: "GET",
  route: "/api/v1/stats/capture/series",
  tag,
  summary: "Live chart data",
  description:
    "The samples of the running capture in buckets of equal length, one set of columns per session. A null means that nothing was measured in the bucket.",
  query: SeriesQuery,
  answers: { 200: Series },
  isLong: true,
  problems: [404],
  act: ({ stats }, { query }) => {
    const capture = liveCapture(stats);
    checkRange(query);
    return makeSeries(capture, query);
  },
});

export const statsRecordingSeries = operation({
  id: "stats_recording_series",
  method: "GET",
  route: "/api/v1/stats/recordings/:id/series",
  tag,
  summary: "Chart data of a saved capture",
  description:
    "The samples of a saved capture in buckets of equal length, one set of columns per session. `from` and `to` zoom in.",
  query: SeriesQuery,
  answers: { 200: Series },
  problems: [404, 503],
  act: async ({ savedSeries }, { params, query }) => {
    checkRange(query);
    const text = await savedSeries.text(params.id, query);
    return new Response(text, { headers: { "content-type": "application/json" } });
  },
});

export const historySeries = operation({
  id: "history_series",
  method: "GET",
  route: "/api/v1/history/:id/series",
  tag: "history",
  summary: "Chart data of a session in the history",
  description:
    "The samples of a session in the history, as for a capture. At most three hours at a time: of a longer range, the last part.",
  query: SeriesQuery,
  answers: { 200: Series },
  isLong: true,
  problems: [404, 503],
  act: async ({ history }, { params: { id }, query }) => {
    checkRange(query);
    const held = await history.held(id, query);
    if (held === undefined) {
      throw notFound(`Cannot find session "${id.slice(0, 64)}" in the history`);
    }
    return makeSeries(held.capture, { ...query, from: held.fromMs, to: held.toMs });
  },
});

function checkRange({ from = 0, to = timeMsMax }: Static<typeof SeriesQuery>): void {
  if (to >= from) return;
  throw new Failure("out_of_range", 'Cannot use "to" of the query: it lies before "from"');
}
