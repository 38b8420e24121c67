/** The host itself, and who is playing now. */
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Failure } from "../../base/failure.ts";
import { Session } from "../../model/session.ts";
import type { HostStatus } from "../../model/status.ts";
import { done, listOf, shapeNames } from "../describe/shapes.ts";
import { jsonBody } from "../edge/input.ts";
import { notFound } from "../edge/problem.ts";
import type { Parts } from "../parts.ts";

export function hostRoutes(parts: Parts) {
  return new Elysia()
    .use(shapeNames)
    .get("/healthz", () => new Response("ok"), {
      response: { 200: Type.String({ description: "ok", contentMediaType: "text/plain" }) },
      detail: {
        tags: ["host"],
        operationId: "health",
        summary: "Whether the host answers; open to everyone",
        security: [],
      },
    })
    .get("/api/v1/status", (): HostStatus | Promise<HostStatus> => parts.status(), {
      response: { 200: "HostStatus" },
      detail: { tags: ["host"], operationId: "host_status", summary: "State of the host" },
    });
}

const tags = ["sessions"];

export function sessionRoutes(parts: Parts) {
  return new Elysia({ prefix: "/api/v1/sessions" })
    .use(shapeNames)
    .get("", () => [...parts.sessions.sessions()], {
      response: { 200: listOf(Session, "Sessions that stream now") },
      detail: { tags, operationId: "sessions_list", summary: "Who is playing now" },
    })
    .get("/:id", ({ params }) => findSession(parts, params.id), {
      response: { 200: "Session", 404: "Problem" },
      detail: { tags, operationId: "session_get", summary: "One session" },
    })
    .delete("/:id", ({ params }) => change(params.id, (id) => parts.sessions.disconnect(id)), {
      response: { 204: Type.Void(), 404: "Problem" },
      detail: { tags, operationId: "session_disconnect", summary: "Disconnect the player" },
    })
    .post("/:id/idr", ({ params }) => change(params.id, (id) => parts.sessions.requestIdr(id)), {
      response: { 204: Type.Void(), 404: "Problem" },
      detail: { tags, operationId: "session_idr", summary: "Ask the encoder for an IDR frame" },
    })
    .post(
      "/:id/bitrate",
      ({ params, body }) =>
        change(params.id, (id) => parts.sessions.setBitrate(id, body.bitrate_kbps)),
      {
        ...jsonBody,
        body: "BitrateChange",
        response: { 204: Type.Void(), 404: "Problem" },
        detail: { tags, operationId: "session_bitrate", summary: "Change the target bitrate" },
      },
    );
}

function findSession(parts: Parts, text: string): Session {
  const id = readId(text);
  const session = parts.sessions.sessions().find(({ session_id }) => session_id === id);
  if (session === undefined) throw noSession(text);
  return session;
}

/** @throws Failure `not_found` when no session has this id any more */
function change(text: string, action: (id: number) => boolean): Response {
  const id = readId(text);
  if (id === undefined || !action(id)) throw noSession(text);
  return done();
}

function readId(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

export function noSession(text: string): Failure {
  return notFound(`Cannot find session "${text.slice(0, 32)}": no session has this id now`);
}
