/** Single frames: of saved captures, of the one that records, and of the history; and keeping what was. */
import { type Static, Type } from "@sinclair/typebox";
import { Failure } from "../base/failure.ts";
import { CaptureMeta } from "../model/capture.ts";
import { type FrameColumnName, frameColumnNames } from "../model/frames.ts";
import { FramesOverview, overviewPoints } from "../model/frames-overview.ts";
import { FramesPage, HistoryState, KeepRequest } from "../model/frames-page.ts";
import type { FramesQuery } from "../ports/history.ts";
import { notFound } from "./not-found.ts";
import { operation } from "./operation.ts";
import { rangeQuery } from "./range-query.ts";

const tag = "stats";
const parquetType = "application/vnd.apache.parquet";

const Query = Type.Object(
  {
    ...rangeQuery("Rows"),
    session: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: "Only this session" }),
    ),
    columns: Type.Optional(
      Type.String({
        maxLength: 400,
        description: `Comma-separated; default: all: ${frameColumnNames.join(",")}`,
      }),
    ),
  },
  { additionalProperties: false },
);

const description =
  "Columns as JSON, at most 36,000 rows; with `Accept: application/vnd.apache.parquet` a Parquet file. One of the history has at most 4,000,000 rows; the header `onglass-truncated` says that there are more.";

export const statsRecordingFrames = operation({
  id: "stats_recording_frames",
  method: "GET",
  route: "/api/v1/stats/recordings/:id/frames",
  tag,
  summary: "Frames of a saved capture, one row per slot",
  description,
  query: Query,
  answers: { 200: FramesPage },
  problems: [404, 503],
  isLong: true,
  act: async ({ history }, { params: { id }, query }, { request }) => {
    if (!wantsParquet(request)) return await history.framesOfRecording(id, readQuery(query));
    const path = await history.framesPath(id);
    if (path === undefined) {
      throw new Failure("no_frames", `Cannot find the frames of recording "${id.slice(0, 128)}"`);
    }
    return parquetAnswer(Bun.file(path), id);
  },
});

export const statsCaptureFrames = operation({
  id: "stats_capture_frames",
  method: "GET",
  route: "/api/v1/stats/capture/frames",
  tag,
  summary: "Frames of the current capture",
  description,
  query: Query,
  answers: { 200: FramesPage },
  problems: [404, 503],
  isLong: true,
  act: async ({ history }, { query }, { request }) => {
    const read = readQuery(query);
    if (wantsParquet(request)) {
      const file = await history.parquetOfCapture(read);
      if (file !== undefined) return parquetAnswer(new Blob([file.bytes]), "capture", file);
    } else {
      const page = await history.framesOfCapture(read);
      if (page !== undefined) return page;
    }
    throw notFound("Cannot find a capture: none is recording");
  },
});

const { columns: _columns, ...rangeFields } = Query.properties;
const OverviewQuery = Type.Object(
  {
    ...rangeFields,
    points: Type.Optional(
      Type.Integer({
        minimum: overviewPoints.min,
        maximum: overviewPoints.max,
        default: overviewPoints.standard,
        description: "Number of parts",
      }),
    ),
  },
  { additionalProperties: false },
);
const overviewText =
  "For each part of the range: how many frames were how late, and the slowest one. For the range: the distributions of total, intervals and age. Covers one session: the requested one, or that of the first row.";

export const statsRecordingOverview = operation({
  id: "stats_recording_overview",
  method: "GET",
  route: "/api/v1/stats/recordings/:id/overview",
  tag,
  summary: "Frame overview of a saved capture",
  description: overviewText,
  query: OverviewQuery,
  answers: { 200: FramesOverview },
  problems: [404, 503],
  isLong: true,
  act: async ({ history }, { params: { id }, query }) =>
    await history.overviewOfRecording(id, query),
});

export const statsCaptureOverview = operation({
  id: "stats_capture_overview",
  method: "GET",
  route: "/api/v1/stats/capture/overview",
  tag,
  summary: "Frame overview of the current capture",
  description: overviewText,
  query: OverviewQuery,
  answers: { 200: FramesOverview },
  problems: [404, 503],
  isLong: true,
  act: async ({ history }, { query }) => {
    const overview = await history.overviewOfCapture(query);
    if (overview === undefined) throw notFound("Cannot find a capture: none is recording");
    return overview;
  },
});

export const historyOverview = operation({
  id: "history_overview",
  method: "GET",
  route: "/api/v1/history/:id/overview",
  tag: "history",
  summary: "Frame overview of a session in the history",
  description: `${overviewText} Of a range longer than three hours, the last part.`,
  query: OverviewQuery,
  answers: { 200: FramesOverview },
  problems: [404, 503],
  isLong: true,
  act: async ({ history }, { params: { id }, query }) => {
    const overview = await history.overviewOfSession(id, query);
    if (overview !== undefined) return overview;
    throw notFound(`Cannot find session "${id.slice(0, 64)}" in the history`);
  },
});

export const historyState = operation({
  id: "history_state",
  method: "GET",
  route: "/api/v1/history",
  tag: "history",
  summary: "List the sessions in the history, newest first",
  description: "Rows and samples are kept while streams run, with or without a capture.",
  answers: { 200: HistoryState },
  problems: [503],
  isLong: true,
  act: async ({ history }) => await history.state(),
});

export const historyFrames = operation({
  id: "history_frames",
  method: "GET",
  route: "/api/v1/history/:id/frames",
  tag: "history",
  summary: "Frames of a session in the history",
  description: `${description} The id is the one in the list; a session’s number alone means a session since the host started.`,
  query: Query,
  answers: { 200: FramesPage },
  problems: [404, 503],
  isLong: true,
  act: async ({ history }, { params: { id }, query }, { request }) => {
    const read = readQuery(query);
    if (wantsParquet(request)) {
      const file = await history.parquetOfSession(id, read);
      if (file !== undefined) return parquetAnswer(new Blob([file.bytes]), `session-${id}`, file);
    } else {
      const page = await history.framesOfSession(id, read);
      if (page !== undefined) return page;
    }
    throw notFound(`Cannot find session "${id.slice(0, 64)}" in the history`);
  },
});

export const statsCaptureKeep = operation({
  id: "stats_capture_keep",
  method: "POST",
  route: "/api/v1/stats/capture/keep",
  tag,
  summary: "Save a capture from the history",
  description:
    "`last_s`: the last N seconds of all sessions. `session_id`: a running or ended session, or a range of it. A running capture is not affected.",
  body: KeepRequest,
  answers: { 200: CaptureMeta },
  problems: [404, 503, 507],
  act: async ({ history }, { body }) => {
    const { last_s, session_id, from, to } = body;
    if (last_s !== undefined && session_id === undefined) return await history.keepLast(last_s);
    if (last_s === undefined && session_id !== undefined) {
      return await history.keepSession(`${session_id}`, { from, to });
    }
    throw new Failure("out_of_range", "Cannot keep a capture: it takes last_s or session_id");
  },
});

function readQuery({ columns, ...query }: Static<typeof Query>): FramesQuery {
  return { ...query, columns: columns === undefined ? undefined : readColumns(columns) };
}

/** @throws Failure `out_of_range` naming the first that is not a column */
function readColumns(text: string): FrameColumnName[] {
  return text.split(",").map((given) => {
    const name = frameColumnNames.find((known) => known === given.trim());
    if (name !== undefined) return name;
    const reason = `"${given.trim().slice(0, 32)}" is not a column`;
    throw new Failure("out_of_range", `Cannot use "columns" of the query: ${reason}`);
  });
}

function wantsParquet(request: Request): boolean {
  return request.headers.get("accept")?.includes(parquetType) === true;
}

function parquetAnswer(body: Blob, name: string, { isTruncated = false } = {}): Response {
  return new Response(body, {
    headers: {
      ...(isTruncated ? { "onglass-truncated": "true" } : {}),
      "content-type": parquetType,
      "content-disposition": `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.parquet"`,
      "x-content-type-options": "nosniff",
    },
  });
}
