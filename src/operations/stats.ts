/** The recorder: start, stop, state, and what it has recorded so far. */
import { Type } from "@sinclair/typebox";
import { Capture, CaptureMeta, StatsStatus } from "../model/capture.ts";
import type { Stats } from "../ports/stats.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation } from "./operation.ts";

const tag = "stats";
const prefix = "/api/v1/stats/capture";

export const statsCaptureStart = operation({
  id: "stats_capture_start",
  method: "POST",
  route: `${prefix}/start`,
  tag,
  summary: "Start a capture",
  description:
    "Has no effect while a capture is running. Refused while a capture that could not be saved is held in memory.",
  answers: { 200: StatsStatus },
  problems: [507],
  isRepeatable: true,
  act: ({ stats }) => stats.start(),
});

export const statsCaptureStop = operation({
  id: "stats_capture_stop",
  method: "POST",
  route: `${prefix}/stop`,
  tag,
  summary: "Stop and save the capture",
  description: "204 if nothing was recording. A capture that cannot be saved is held in memory.",
  answers: { 200: CaptureMeta, 204: nothing },
  problems: [507],
  isRepeatable: true,
  act: ({ stats }) => stats.stop(),
});

export const statsCaptureStatus = operation({
  id: "stats_capture_status",
  method: "GET",
  route: `${prefix}/status`,
  tag,
  summary: "State of the recorder",
  description:
    "Whether a capture is running, since when and with how many samples; also whether one could not be saved and is held in memory.",
  answers: { 200: StatsStatus },
  act: ({ stats }) => stats.status(),
});

export const statsCaptureLive = operation({
  id: "stats_capture_live",
  method: "GET",
  route: `${prefix}/live`,
  tag,
  summary: "The current capture",
  description:
    "Head and samples of the running capture, or of one held in memory. 404 if there is none.",
  query: Type.Object(
    {
      after: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 1_000_000,
          description: "Returns only the samples after the n-th",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  answers: { 200: Capture },
  isLong: true,
  problems: [404],
  act: ({ stats }, { query }) => liveCapture(stats, query.after),
});

export const statsStream = operation({
  id: "stats_stream",
  method: "GET",
  route: "/api/v1/stats/stream",
  tag,
  summary: "Event stream of the recorder",
  description: [
    "Events: `status` (StatsStatus), first and whenever it changes; `sample` (StatsSample) as",
    "each window closes; `recording` (RecordingChange) when a saved capture was added or removed.",
    "The id is `<capture number>-<start>:<sample index>`: a client that reconnects with it as `Last-Event-ID`",
    "gets the samples from there on without a gap, as long as the capture is recording.",
    "Without it, samples start with the next one. A slow reader is disconnected.",
  ].join("\n"),
  answers: { 200: Type.String({ contentMediaType: "text/event-stream" }) },
  problems: [429],
  act: ({ feeds }, _, { request }) =>
    feeds.stats.open({ lastEventId: request.headers.get("last-event-id") ?? undefined }),
});

/** @throws Failure `not_found` when nothing is recording or held */
export function liveCapture(stats: Pick<Stats, "live">, after?: number): Capture {
  const capture = stats.live(after);
  if (capture === undefined) throw notFound("Cannot show the live capture: nothing is recording");
  return capture;
}
