/**
 * The address that pages send input to, and who may: a browser that is signed in as the operator, on a
 * page of this very origin, or a program with the operator's token in a header.
 */
import { Elysia } from "elysia";
import { Failure } from "../../base/failure.ts";
import type { PlayConnections, PlayRight } from "../../ports/play.ts";
import { type Credentials, readSessionCookie } from "../edge/credentials.ts";

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

/** The operator's right to play. @throws Failure `unauthorized` or `cross_origin` */
export function admitPlay(request: Request, credentials: Credentials): PlayRight {
  const origin = request.headers.get("origin");
  // Browsers send it with every WebSocket: a page of another origin must not type for the operator.
  if (origin !== null && origin !== new URL(request.url).origin) {
    throw refusal("cross_origin", "it comes from another origin");
  }
  const header = request.headers.get("authorization");
  if (header !== null) {
    const text = header.startsWith("Bearer ") ? header.slice("Bearer ".length) : undefined;
    if (text === undefined || !credentials.isToken(text)) {
      throw refusal("unauthorized", "the token is not the right one");
    }
    return {
      isGood: () => credentials.isToken(text),
      whenOver: (onOver) => credentials.whenOver(text, onOver),
    };
  }
  const cookie = readSessionCookie(request);
  if (origin === null || cookie === undefined || !credentials.isSession(cookie)) {
    throw refusal("unauthorized", "a signed-in page or a token is needed");
  }
  return {
    isGood: () => credentials.isSession(cookie),
    whenOver: (onOver) => credentials.whenClosed(cookie, onOver),
  };
}

function refusal(code: "malformed" | "cross_origin" | "unauthorized", reason: string): Failure {
  return new Failure(code, `Cannot open the connection for input: ${reason}`);
}
