/** Whether a source may use another thread, or hangs too often. */
import { Failure } from "../base/failure.ts";
import { nativeThreads } from "../base/native-threads.ts";

/** Workers of one source that may hang at a time, for each thread that opens streams. */
const hangingCountMax = 2;

/**
 * A repeatedly hanging source gets no further threads until an earlier one has exited.
 * @throws Failure `stream_failed`
 */
export function checkAnswering(source: string): void {
  const count = nativeThreads.leftCount(source);
  if (count < hangingCountMax) return;
  const reason = `it does not answer, and ${count} earlier attempts are still waiting for it`;
  throw new Failure("stream_failed", `Cannot stream "${source}": ${reason}`);
}
