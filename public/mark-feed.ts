/** Where the marks come from: fetched for the shown range, again when something happens. */
import type { EventMarks } from "../src/model/marks.ts";
import type { Range } from "./range.ts";
import { openStream, type Stream } from "./shared-stream.ts";

const streamAddress = "/api/v1/timeline/stream?of=capture";
/** Events at the same moment are fetched together. */
const gatherMs = 400;
const retryMs = 5000;

export type Wanted = {
  readonly range: Range;
  /** Absent means all. */
  readonly kinds: readonly string[] | undefined;
  readonly markCount: number;
};

/** `undefined` on failure: charts are useful without. */
export async function fetchMarks(address: string, wanted: Wanted): Promise<EventMarks | undefined> {
  const query = new URLSearchParams({
    from: String(Math.floor(wanted.range.fromMs)),
    to: String(Math.ceil(wanted.range.toMs)),
    marks: String(wanted.markCount),
  });
  if (wanted.kinds !== undefined) query.set("kinds", wanted.kinds.join(","));
  const answer = await fetch(`${address}?${query}`).catch(() => undefined);
  const isMarks = answer?.ok && answer.headers.get("content-type")?.startsWith("application/json");
  return isMarks ? await answer?.json().catch(() => undefined) : undefined;
}

/** Follows the timeline of the live capture while the page is visible. */
export function followEvents(happened: () => void, signal: AbortSignal): void {
  let stream: Stream | undefined;
  let timer = 0;
  let isNotifying = false;
  const notify = () => {
    if (isNotifying) return;
    isNotifying = true;
    timer = window.setTimeout(() => {
      isNotifying = false;
      happened();
    }, gatherMs);
  };
  const close = () => {
    clearTimeout(timer);
    isNotifying = false;
    stream?.close();
    stream = undefined;
  };
  const follow = () => {
    close();
    if (document.visibilityState === "hidden" || signal.aborted) return;
    stream = openStream(streamAddress, {
      // The first event on every connection: what was missed in between is fetched.
      events: { state: notify, event: notify },
      onError: (isClosed) => {
        if (!isClosed) return;
        clearTimeout(timer);
        timer = window.setTimeout(follow, retryMs);
      },
    });
  };
  document.addEventListener("visibilitychange", follow, { signal });
  window.addEventListener("pagehide", close, { signal });
  signal.addEventListener("abort", close);
  follow();
}
