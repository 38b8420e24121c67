/** One request to a collector, and the consequence of its answer. Never throws. */

import { timers } from "../../base/scheduler.ts";

/** The result for a batch. */
export type Outcome =
  | { readonly kind: "accepted"; readonly rejectedCount: number }
  /** It would be refused again. */
  | { readonly kind: "refused"; readonly why: string }
  /** It may be accepted later. */
  | { readonly kind: "failed"; readonly why: string; readonly afterMs?: number | undefined };

/** One message to one address. */
export type Post = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  /** Of the host. */
  readonly ending: AbortSignal;
};

/** A longer answer is not read. */
const answerBytesMax = 64 * 1024;
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const afterSecondsMax = 300;

/** Follows no redirect: the headers are for this address only. */
export async function post({ url, headers, body, ...until }: Post): Promise<Outcome> {
  const late = new AbortController();
  const cancel = timers.after(until.timeoutMs, () => late.abort());
  try {
    const answer = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { ...headers, "content-type": "application/json" },
      signal: AbortSignal.any([late.signal, until.ending]),
    });
    if (answer.status === 200) return accepted(await bodyOf(answer));
    await answer.body?.cancel();
    return notAccepted(answer);
  } catch (cause) {
    const why = late.signal.aborted ? "it did not answer in time" : reasonOf(cause);
    return { kind: "failed", why };
  } finally {
    cancel();
  }
}

function notAccepted({ status, headers }: Response): Outcome {
  const why = `it answered ${status}`;
  if (!retryable.has(status)) return { kind: "refused", why };
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const afterMs = seconds >= 0 ? Math.min(seconds, afterSecondsMax) * 1000 : undefined;
  return { kind: "failed", why, afterMs };
}

async function bodyOf(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return "";
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > answerBytesMax) {
      await reader.cancel();
      return "";
    }
    parts.push(read.value);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The rejected part of a partially accepted batch. */
function accepted(text: string): Outcome {
  const partial = /"rejected(?:Spans|DataPoints|LogRecords)"\s*:\s*"?(\d{1,9})/.exec(text);
  return { kind: "accepted", rejectedCount: Number(partial?.[1] ?? 0) };
}

/** Only the kind of failure: a message may contain the address with its secrets. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "it could not be reached";
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
  return `it could not be reached (${code})`;
}
