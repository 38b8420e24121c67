/** Whose fault it was: of saved captures, of the one that records, and of sessions of the history. */
import { Type } from "@sinclair/typebox";
import { Verdict } from "../model/verdict.ts";
import { notFound } from "./not-found.ts";
import { operation } from "./operation.ts";
import { rangeQuery } from "./range-query.ts";

const tag = "stats";

const Query = Type.Object(
  {
    ...rangeQuery("Frames"),
    session: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2 ** 32 - 1,
        description: "Default: the session with the most frames in the range",
      }),
    ),
  },
  { additionalProperties: false },
);

const description =
  "How many frames were in time, what made the others late or absent, with the figures that show it, and what cannot be decided. Facts and codes, without text in any language.";

export const statsRecordingVerdict = operation({
  id: "stats_recording_verdict",
  method: "GET",
  route: "/api/v1/stats/recordings/:id/verdict",
  tag,
  summary: "Verdict on a saved capture",
  description,
  query: Query,
  answers: { 200: Verdict },
  problems: [404, 503],
  isLong: true,
  act: async ({ verdicts }, { params: { id }, query }) =>
    await verdicts.verdictOfRecording(id, query),
});

export const statsCaptureVerdict = operation({
  id: "stats_capture_verdict",
  method: "GET",
  route: "/api/v1/stats/capture/verdict",
  tag,
  summary: "Verdict on the current capture",
  description,
  query: Query,
  answers: { 200: Verdict },
  problems: [404, 503],
  isLong: true,
  act: async ({ verdicts }, { query }) => {
    const verdict = await verdicts.verdictOfCapture(query);
    if (verdict === undefined) throw notFound("Cannot find a capture: none is recording");
    return verdict;
  },
});

export const historyVerdict = operation({
  id: "history_verdict",
  method: "GET",
  route: "/api/v1/history/:id/verdict",
  tag: "history",
  summary: "Verdict on a session in the history",
  description: `${description} The id is the one in the list; a session’s number alone means a session since the host started. If the range is longer than three hours, its last part is judged.`,
  query: Query,
  answers: { 200: Verdict },
  problems: [404, 503],
  isLong: true,
  act: async ({ verdicts }, { params: { id }, query }) => {
    const verdict = await verdicts.verdictOfSession(id, query);
    if (verdict !== undefined) return verdict;
    throw notFound(`Cannot find session "${id.slice(0, 64)}" in the history`);
  },
});
