/**
 * Replaying recorded calls. Each is performed with the current rights of the person who replays: it
 * can do nothing that this person could not.
 */
import { Failure } from "../base/failure.ts";
import { ReplayRequest, ReplayRun } from "../model/replay.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation } from "./operation.ts";

const tag = "timeline";
const route = "/api/v1/timeline/replay";

export const timelineReplay = operation({
  id: "timeline_replay",
  method: "POST",
  route,
  tag,
  summary: "Replay the API calls of a recording",
  description:
    "Only a plan, unless dry_run is false. Stops at the first response whose status or shape differs.",
  body: ReplayRequest,
  isBodyOptional: true,
  answers: { 200: ReplayRun },
  isLong: true,
  problems: [404, 409],
  act: ({ timelineService }, { body }, { send }) => timelineService.startReplay(body, send),
});

export const timelineReplayGet = operation({
  id: "timeline_replay_get",
  method: "GET",
  route,
  tag,
  summary: "Replay status",
  description: "State of the running replay, or of the last one. 404 if there was none.",
  answers: { 200: ReplayRun },
  isLong: true,
  problems: [404],
  act: ({ timelineService }) => {
    const run = timelineService.replay();
    if (run === undefined) throw notFound("Cannot show the replay: none was started");
    return run;
  },
});

export const timelineReplayStep = operation({
  id: "timeline_replay_step",
  method: "POST",
  route: `${route}/step`,
  tag,
  summary: "Make the next call of a stepped replay",
  description: "Makes the next call of a replay with the pacing `step`, and returns its result.",
  answers: { 200: ReplayRun },
  isLong: true,
  problems: [409],
  act: ({ timelineService }) => timelineService.stepReplay(),
});

export const timelineReplayCancel = operation({
  id: "timeline_replay_cancel",
  method: "DELETE",
  route,
  tag,
  summary: "Stop the replay",
  description: "Stops after the current call. Calls already made are not undone.",
  answers: { 204: nothing },
  problems: [409],
  act: ({ timelineService }) => {
    if (timelineService.cancelReplay()) return;
    throw new Failure("not_stepping", "Cannot stop the replay: none is running");
  },
});
