/** Streams for browsers, and the prerequisites of a MoQ client's connection. */
import { HostClock, StreamRequest, StreamSize, WatchStream, WatchTicket } from "../model/watch.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation, readId } from "./operation.ts";
import { listOf } from "./schema.ts";

const tag = "watch";
const streams = "/api/v1/streams";

export const streamsList = operation({
  id: "streams_list",
  method: "GET",
  route: streams,
  tag,
  summary: "List browser streams",
  description: "Streams for browsers, with their mode, encoder and number of viewers.",
  answers: { 200: listOf(WatchStream, "Running streams") },
  act: (parts) => parts.streams.streams(),
});

export const streamOpen = operation({
  id: "stream_open",
  method: "POST",
  route: streams,
  tag,
  summary: "Start a browser stream, or get the one with the same settings",
  description:
    "It ends 60 seconds after the last viewer has left, or if none comes; not while a capture is recording.",
  body: StreamRequest,
  answers: { 200: WatchStream },
  problems: [400, 422, 429, 503],
  act: (parts, { body }) => parts.streams.open(body),
});

export const streamResize = operation({
  id: "stream_resize",
  method: "PATCH",
  route: `${streams}/:id`,
  tag,
  summary: "Change the size of a browser stream",
  description:
    "For all its viewers, without a break, from the next key frame. Only for sources that produce pictures at the size of the stream: private desktops, own screens, the test picture, a colour. For other sources, start another stream.",
  body: StreamSize,
  answers: { 200: WatchStream },
  problems: [400, 404, 422],
  act: (parts, { params, body }) => {
    const id = readId(params.id);
    const stream = id === undefined ? undefined : parts.streams.resize(id, body);
    if (stream !== undefined) return stream;
    throw noStream(params.id);
  },
});

export const streamClose = operation({
  id: "stream_close",
  method: "DELETE",
  route: `${streams}/:id`,
  tag,
  summary: "Stop a stream for all its viewers",
  description: "Ends the stream; its viewers see why.",
  answers: { 204: nothing },
  problems: [404],
  act: async (parts, { params }) => {
    const id = readId(params.id);
    if (id !== undefined && (await parts.streams.close(id))) return;
    throw noStream(params.id);
  },
});

function noStream(id: string) {
  return notFound(`Cannot find stream "${id.slice(0, 32)}": none runs with this id`);
}

export const moqTicket = operation({
  id: "moq_ticket",
  method: "POST",
  route: "/api/v1/moq/tickets",
  tag,
  summary: "Create a one-time address for a MoQ client",
  description:
    "For a client that can send neither a cookie nor a header. The address is valid for one connection within 30 s; the connection ends when the token or sign-in that requested it does.",
  answers: { 200: WatchTicket },
  problems: [429],
  // The request gate has checked the Host header that the address is made from.
  act: ({ moq }, _, { request }): WatchTicket => {
    const { ticket, expires_s } = moq.issueTicket(request);
    return { url: new URL(`/moq?ticket=${ticket}`, request.url).href, expires_s };
  },
});

export const moqClock = operation({
  id: "moq_clock",
  method: "GET",
  route: "/api/v1/moq/clock",
  tag,
  summary: "The clock that frames are stamped with",
  description: "A viewer estimates the offset to its own clock from round trips.",
  answers: { 200: HostClock },
  act: ({ moq }) => ({ now_us: moq.nowUs() }),
});
