/** Streams for browsers, and what a MoQ client needs before it connects. */
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Failure } from "../../base/failure.ts";
import type { HostClock, WatchStream, WatchTicket } from "../../model/watch.ts";
import { WatchStream as WatchStreamShape } from "../../model/watch.ts";
import { done, listOf, shapeNames } from "../describe/shapes.ts";
import { jsonBody } from "../edge/input.ts";
import { notFound } from "../edge/problem.ts";
import type { Parts } from "../parts.ts";

const tags = ["watch"];

export function watchRoutes(parts: Parts) {
  return new Elysia()
    .use(shapeNames)
    .get("/api/v1/streams", () => [...parts.streams.streams()], {
      response: { 200: listOf(WatchStreamShape, "Streams that run now") },
      detail: { tags, operationId: "streams_list", summary: "What browsers can watch now" },
    })
    .post("/api/v1/streams", ({ body }): Promise<WatchStream> => parts.streams.open(body), {
      ...jsonBody,
      body: "StreamRequest",
      response: {
        200: "WatchStream",
        400: "Problem",
        422: "Problem",
        429: "Problem",
        503: "Problem",
      },
      detail: {
        tags,
        operationId: "stream_open",
        summary: "Start a stream, or get the one that runs with these very settings",
        description: "It ends ten seconds after the last viewer has left, or if none comes.",
      },
    })
    .delete("/api/v1/streams/:id", ({ params }) => closeStream(parts, params.id), {
      response: { 204: Type.Void(), 404: "Problem" },
      detail: { tags, operationId: "stream_close", summary: "End a stream for all its viewers" },
    })
    .post("/api/v1/moq/tickets", ({ request }) => issueTicket(parts, request), {
      response: { 200: "WatchTicket", 429: "Problem" },
      detail: {
        tags,
        operationId: "moq_ticket",
        summary: "A one-time address for a MoQ client that can send neither cookie nor header",
      },
    })
    .get("/api/v1/moq/clock", (): HostClock => ({ now_us: parts.moq.nowUs() }), {
      response: { 200: "HostClock" },
      detail: {
        tags,
        operationId: "moq_clock",
        summary: "The clock that frames are stamped with",
        description: "A viewer estimates the offset to its own clock by round trips.",
      },
    });
}

async function closeStream(parts: Parts, text: string): Promise<Response> {
  const isId = /^[1-9]\d{0,14}$/.test(text);
  if (isId && (await parts.streams.close(Number(text)))) return done();
  throw noStream(text);
}

export function noStream(text: string): Failure {
  return notFound(`Cannot find stream "${text.slice(0, 32)}": none runs with this id`);
}

/** The door has checked the Host header that the address is made from. */
function issueTicket(parts: Parts, request: Request): WatchTicket {
  const { ticket, expires_s } = parts.moq.issueTicket();
  return { url: new URL(`/moq?ticket=${ticket}`, request.url).href, expires_s };
}
