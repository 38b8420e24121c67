/** Endings of a failed encode stream, in the system's own words if there are no better ones. */
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";
import { type Ending, ending } from "../model/ending.ts";

/** Of a stream that ran or was about to. `code` is that of the failure, where it was one. */
export function streamFailed(
  source: string,
  {
    reason,
    code = "internal",
  }: { readonly reason: string; readonly code?: FailureCode | undefined },
): Ending {
  if (code === "source_refused") return ending(code, { source });
  if (code === "source_unavailable") return ending(code, { source, detail: reason });
  return ending("stream_failed", { source, failure: code, detail: reason });
}

/** For a rejection of `openStream`. */
export function notOpened(cause: unknown): Ending {
  const failure = cause instanceof Failure ? cause.code : "internal";
  const detail = messageOf(cause);
  return ending("stream_not_opened", { failure, detail });
}
