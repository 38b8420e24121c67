/**
 * The MoQ endpoint's address, and who may open it: the operator's token in a header, a signed-in
 * browser on a page of this very origin, a browser that came by a link, or a program with a
 * one-time ticket.
 */
import { Elysia } from "elysia";
import { Failure } from "../../base/failure.ts";
import type { Guest, Guests } from "../../ports/links.ts";
import type { MoqConnections } from "../../ports/streams.ts";
import type { Credentials } from "../edge/credentials.ts";
import { guestIn } from "../edge/guest-session.ts";
import { type EndingRight, rightOf } from "../edge/signed-in-streams.ts";

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
  readonly guests: Guests;
  redeem(ticket: string): { readonly right: EndingRight | undefined } | undefined;
};

/** The right that a request for the endpoint is admitted with. */
export type MoqEntry = {
  readonly right: EndingRight | undefined;
  /** Came by a link: sees its stream and nothing else. */
  readonly guest?: Guest;
};

/** @throws Failure `unauthorized` or `cross_origin` */
export function admitMoq(request: Request, admitting: Admitting): MoqEntry {
  const url = new URL(request.url);
  const origin = request.headers.get("origin");
  // Browsers send it with every WebSocket: a page of another origin is not the operator's.
  if (origin !== null && origin !== url.origin) {
    throw new Failure("cross_origin", "Cannot open the connection: it comes from another origin");
  }
  const entry = entryOf(request, url.searchParams.get("ticket"), admitting);
  if (entry === undefined) {
    const text = "Cannot open the connection: a token, a ticket or a signed-in page is needed";
    throw new Failure("unauthorized", text);
  }
  return entry;
}

/** A token in a header counts alone; of the cookies the operator's takes precedence. */
function entryOf(
  request: Request,
  ticket: string | null,
  { credentials, guests, redeem }: Admitting,
): MoqEntry | undefined {
  const token = request.headers.get("authorization");
  if (token !== null) {
    const isGood = token.startsWith("Bearer ") && credentials.isToken(token.slice(7));
    return isGood ? { right: rightOf(request, credentials) } : undefined;
  }
  const issued = ticket === null ? undefined : redeem(ticket);
  if (issued !== undefined) return issued;
  // Not a page: browsers always send their origin.
  if (!request.headers.has("origin")) return undefined;
  const right = rightOf(request, credentials);
  if (right !== undefined) return { right };
  const guest = guestIn(request, guests);
  return guest && { guest, right: (onOver) => guests.whenOver(guest.linkId, onOver) };
}
