/**
 * Doing recorded calls again. Every call goes through the same door and guard as if the person who
 * replays had made it now: it can do nothing that this person could not.
 */
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../../base/failure.ts";
import type { ReplayRun } from "../../model/replay.ts";
import { done, shapeNames } from "../describe/shapes.ts";
import { jsonBodyOrNone } from "../edge/input.ts";
import { notFound } from "../edge/problem.ts";
import type { Parts } from "../parts.ts";
import type { SendCall } from "../timeline-part.ts";

const tags = ["timeline"];

type Answer = (request: Request) => Promise<Response>;

export function replayRoutes(parts: Parts, answer: Answer) {
  return new Elysia({ prefix: "/api/v1/timeline/replay" })
    .use(shapeNames)
    .post(
      "",
      ({ request, body }) =>
        Response.json(parts.timelineDesk.startReplay(body, senderFor(request, answer))),
      {
        ...jsonBodyOrNone,
        body: "ReplayRequest",
        response: { 200: "ReplayRun", 404: "Problem", 409: "Problem" },
        detail: {
          tags,
          operationId: "timeline_replay",
          summary: "Do the calls of a recording again",
          description:
            "A plan only, unless dry_run is false. Stops at the first answer that differs by status or shape.",
        },
      },
    )
    .get("", () => Response.json(present(parts.timelineDesk.replay())), {
      response: { 200: "ReplayRun", 404: "Problem" },
      detail: { tags, operationId: "timeline_replay_get", summary: "How far the replay is" },
    })
    .post("/step", async () => Response.json(await parts.timelineDesk.stepReplay()), {
      response: { 200: "ReplayRun", 409: "Problem" },
      detail: {
        tags,
        operationId: "timeline_replay_step",
        summary: "Do the next call of a replay by steps",
      },
    })
    .delete("", () => cancel(parts.timelineDesk.cancelReplay()), {
      response: { 204: Type.Void(), 409: "Problem" },
      detail: { tags, operationId: "timeline_replay_cancel", summary: "End the replay" },
    });
}

function present(run: ReplayRun | undefined): ReplayRun {
  if (run !== undefined) return run;
  throw notFound("Cannot show the replay: none was started");
}

function cancel(wasOn: boolean): Response {
  if (wasOn) return done();
  throw noReplay();
}

export function noReplay(): Failure {
  return new Failure("not_stepping", "Cannot end the replay: none is on its way");
}

/** Credentials of the person's own request, for every call of the replay. */
export function senderFor({ url, headers }: Request, answer: Answer): SendCall {
  const origin = new URL(url).origin;
  const own = new Headers({ origin, "sec-fetch-site": "same-origin" });
  for (const name of ["host", "authorization", "cookie"]) {
    const value = headers.get(name);
    if (value !== null) own.set(name, value);
  }
  return async ({ method, path, body }) => {
    const request = new Request(origin + path, withBody({ method, headers: own }, body));
    const response = await answer(request);
    const contentType = response.headers.get("content-type") ?? "";
    return { status: response.status, text: await response.text(), contentType };
  };
}

function withBody(init: { method: string; headers: Headers }, body: unknown): RequestInit {
  if (body === undefined) return init;
  const headers = new Headers(init.headers);
  headers.set("content-type", "application/json");
  return { ...init, headers, body: JSON.stringify(body) };
}
