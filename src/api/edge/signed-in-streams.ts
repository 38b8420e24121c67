/** What a signed-in page has opened ends with its sign-in: its event streams, as its MoQ connection does. */
import type { Credentials } from "./credentials.ts";
import { readSessionCookie } from "./credentials.ts";
import type { Handler } from "./request-gate.ts";

/** Runs once when the right is over, at once when it is over already; the answer takes it back. */
export type SignInRight = (onOver: () => void) => () => void;

/** The right of a signed-in page; a request with a token or a ticket has none, and keeps what it opens. */
export function signInOf(request: Request, credentials: Credentials): SignInRight | undefined {
  const cookie = readSessionCookie(request);
  if (cookie === undefined || !credentials.isSession(cookie)) return undefined;
  return (onOver) => credentials.whenClosed(cookie, onOver);
}

/** Answers that go on are cut when the sign-in they rest on ends; all others pass as they are. */
export function endWithSignIn(handler: Handler, credentials: Credentials): Handler {
  return async (request) => {
    const response = await handler(request);
    const type = response?.headers.get("content-type") ?? "";
    if (!response?.body || !type.startsWith("text/event-stream")) return response;
    const right = request.headers.has("authorization") ? undefined : signInOf(request, credentials);
    return right === undefined ? response : new Response(endedBy(right, response.body), response);
  };
}

/** Nothing is read ahead of the client: the queue stays where it is bounded. */
function endedBy(right: SignInRight, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let takeBack: (() => void) | undefined;
  let isOver = false;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        takeBack = right(() => {
          isOver = true;
          void reader.cancel();
          controller.close();
        });
      },
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (isOver) return;
        if (!done) return controller.enqueue(value);
        takeBack?.();
        controller.close();
      },
      cancel: async (reason) => {
        takeBack?.();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
