/**
 * Open streams end with the right that they were opened with, a sign-in or a named token: event
 * streams here, and MoQ connections by the same right.
 */
import type { Credentials } from "./credentials.ts";
import { readSessionCookie } from "./credentials.ts";
import { tokenIn } from "./guard.ts";
import type { Handler } from "./request-gate.ts";

/** Runs once when the right is over, at once if it already is; the returned call cancels that. */
export type EndingRight = (onOver: () => void) => () => void;

/** The right of a request, if it can end: the operator's own token never does. */
export function rightOf(request: Request, credentials: Credentials): EndingRight | undefined {
  const token = tokenIn(request);
  if (token !== undefined) return (onOver) => credentials.whenOver(token, onOver);
  const cookie = readSessionCookie(request);
  if (cookie === undefined || !credentials.isSession(cookie)) return undefined;
  return (onOver) => credentials.whenClosed(cookie, onOver);
}

/** Answers that continue are cut when the right they rest on ends; all others pass unchanged. */
export function endWithRight(handler: Handler, credentials: Credentials): Handler {
  return async (request) => {
    const response = await handler(request);
    const type = response?.headers.get("content-type") ?? "";
    if (!response?.body || !type.startsWith("text/event-stream")) return response;
    const right = rightOf(request, credentials);
    return right === undefined ? response : new Response(endedBy(right, response.body), response);
  };
}

/** Nothing is read ahead of the client: the queue stays where it is bounded. */
function endedBy(right: EndingRight, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
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
        // A stream that was cut rests on nothing any more: it must not block others that end.
        const { done, value } = await reader.read().catch((cause: unknown) => {
          takeBack?.();
          throw cause;
        });
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
