/**
 * The MoQ endpoint's address, and who may open it: the operator's token in a header, a signed-in
 * browser on a page of this very origin, or a program with a one-time ticket.
 */
import { Elysia } from "elysia";
import { Failure } from "../../base/failure.ts";
import type { MoqConnections } from "../../ports/streams.ts";
import { type Credentials, readSessionCookie } from "../edge/credentials.ts";

/** Not in the OpenAPI document: it becomes a WebSocket. The endpoint asks `admitMoq` itself. */
export function moqRoute(moq: MoqConnections) {
  return new Elysia().get(
    "/moq",
    ({ request, server }) => {
      if (server === null) {
        throw new Failure("malformed", "Cannot open the connection: it came over no socket");
      }
      moq.upgrade(request, server);
      // The runtime drops it: the connection is a WebSocket by now.
      return new Response();
    },
    { detail: { hide: true, security: [] } },
  );
}

type Admitting = {
  readonly credentials: Credentials;
  redeem(ticket: string): boolean;
};

/** @throws Failure `unauthorized` or `cross_origin` */
export function admitMoq(request: Request, { credentials, redeem }: Admitting): void {
  const url = new URL(request.url);
  const origin = request.headers.get("origin");
  // Browsers send it with every WebSocket: a page of another origin is not the operator's.
  if (origin !== null && origin !== url.origin) {
    throw new Failure("cross_origin", "Cannot open the connection: it comes from another origin");
  }
  const header = request.headers.get("authorization");
  const ticket = url.searchParams.get("ticket");
  const isGood =
    header !== null
      ? header.startsWith("Bearer ") && credentials.isToken(header.slice("Bearer ".length))
      : (ticket !== null && redeem(ticket)) ||
        (origin !== null && credentials.isSession(readSessionCookie(request)));
  if (!isGood) {
    const text = "Cannot open the connection: a token, a ticket or a signed-in page is needed";
    throw new Failure("unauthorized", text);
  }
}
