/**
 * The address that pages send input to, and who may use it: a browser that is signed in as the
 * operator, or that came by a link to play, on a page of this very origin; and a program with an
 * operator's token.
 */
import { Elysia } from "elysia";
import { Failure } from "../../base/failure.ts";
import type { FailureCode } from "../../base/failure-codes.ts";
import type { Guest, Guests } from "../../ports/links.ts";
import type { PlayConnections, PlayRight } from "../../ports/play.ts";
import { type Credentials, readSessionCookie } from "../edge/credentials.ts";
import { guestIn } from "../edge/guest-session.ts";

/** Not in the OpenAPI document: it becomes a WebSocket. The endpoint asks `admitPlay` itself. */
export function playRoute(play: PlayConnections) {
  return new Elysia().get(
    "/input",
    ({ request, server }) => {
      if (server === null) throw refusal("malformed", "it came over no socket");
      play.upgrade(request, server);
      // The runtime drops it: the connection is a WebSocket by now.
      return new Response();
    },
    { detail: { hide: true, security: [] } },
  );
}

type Admitting = {
  readonly credentials: Credentials;
  readonly guests: Guests;
  /** Whether the stream of the input is the one of this link. */
  isOfLink(guest: Guest): boolean;
};

/** The right to play one stream. @throws Failure `unauthorized`, `read_only` or `cross_origin` */
export function admitPlay(request: Request, admitting: Admitting): PlayRight {
  const { credentials, guests, isOfLink } = admitting;
  const origin = request.headers.get("origin");
  // Browsers send it with every WebSocket: a page of another origin must not type for the operator.
  if (origin !== null && origin !== new URL(request.url).origin) {
    throw refusal("cross_origin", "it comes from another origin");
  }
  const header = request.headers.get("authorization");
  if (header !== null) return tokenRight(header, credentials);
  const cookie = readSessionCookie(request);
  // Not a page: browsers always send their origin.
  if (origin === null) throw refusal("unauthorized", "a signed-in page or a token is needed");
  if (cookie !== undefined && credentials.isSession(cookie)) {
    return {
      isGood: () => credentials.isSession(cookie),
      whenOver: (onOver) => credentials.whenClosed(cookie, onOver),
    };
  }
  const guest = guestIn(request, guests);
  if (guest === undefined || !isOfLink(guest)) {
    throw refusal("unauthorized", "a signed-in page, a link to this stream or a token is needed");
  }
  if (guest.rights !== "play") throw refusal("read_only", "the link is for watching");
  return {
    guest: guest.browser,
    isGood: () => guests.isGood(guest.linkId),
    whenOver: (onOver) => guests.whenOver(guest.linkId, onOver),
  };
}

function tokenRight(header: string, credentials: Credentials): PlayRight {
  const text = header.startsWith("Bearer ") ? header.slice("Bearer ".length) : undefined;
  if (text === undefined || !credentials.isToken(text)) {
    throw refusal("unauthorized", "the token is not the right one");
  }
  return {
    isGood: () => credentials.isToken(text),
    whenOver: (onOver) => credentials.whenOver(text, onOver),
  };
}

function refusal(code: FailureCode, reason: string): Failure {
  return new Failure(code, `Cannot open the connection for input: ${reason}`);
}
