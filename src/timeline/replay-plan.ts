/**
 * The plan of a replay: the management calls of a recording in order, each allowed or skipped with
 * the reason. The recording's description of a call is not trusted: the path itself must be on the
 * list.
 */
import {
  type ReplayCall,
  type ReplayReason,
  replayCodeFields,
  replayReasonText,
} from "../model/replay.ts";
import type { ApiCallEvent, TimelineEvent } from "../model/timeline.ts";
import type { Recording } from "./recording.ts";

/** Whether an operation takes this call, and may be called again. */
export type IsRepeatable = (call: { readonly method: string; readonly path: string }) => boolean;

const waitMsMax = 3_600_000;

/** The calls of a recording, in order, each with whether it will be made. */
export type ReplayPlan = {
  readonly calls: ReplayCall[];
  /** The recording is no longer complete. */
  readonly isIncomplete: boolean;
};

/** Which of the recorded calls a replay makes. Pure. */
export function planReplay(recording: Recording, isRepeatable: IsRepeatable): ReplayPlan {
  let beforeMs: number | undefined;
  const calls = recording.eventsSince(0).flatMap((recorded) => {
    const call = callOf(recorded);
    if (call === undefined) return [];
    const atMs = recorded.t_ms ?? Date.parse(recorded.timestamp);
    const after_ms = Math.max(0, Math.min(atMs - (beforeMs ?? atMs), waitMsMax));
    beforeMs = atMs;
    return [planCall(call, { after_ms, isRepeatable })];
  });
  const { eventsDroppedCount, thinnedCount } = recording;
  return { calls, isIncomplete: eventsDroppedCount > 0 || thinnedCount > 0 };
}

/** Calls made by a replay do not count as the recording's own. */
function callOf({ event }: TimelineEvent): ApiCallEvent | undefined {
  return event.type === "api_call" && event.replayed !== true ? event : undefined;
}

type Planning = { readonly after_ms: number; readonly isRepeatable: IsRepeatable };

function planCall(call: ApiCallEvent, { after_ms, isRepeatable }: Planning): ReplayCall {
  const path = call.path ?? call.route;
  const skipped = reasonToSkip(call, isRepeatable({ method: call.method, path }));
  return {
    id: call.id,
    method: call.method,
    path,
    ...(call.body === undefined ? {} : { body: call.body }),
    after_ms,
    ...(skipped === undefined ? {} : skippedFields(skipped)),
    state: skipped === undefined ? "waiting" : "skipped",
    expected: { status: call.status, shape: call.answer_shape ?? "anything" },
  };
}

function reasonToSkip(call: ApiCallEvent, isAllowed: boolean): ReplayReason | undefined {
  if (!isAllowed) return { code: "not_repeatable", values: {} };
  return call.redacted === true ? { code: "body_redacted", values: {} } : undefined;
}

function skippedFields(why: ReplayReason) {
  return { skipped: replayReasonText(why) ?? why.code, ...replayCodeFields(why) };
}
