/** Whether a source may have another thread, or hangs too often. */
import { Failure } from "../base/failure.ts";
import { nativeThreads } from "../base/native-threads.ts";

/** Workers of one source that may hang at a time, for each thread that opens streams. */
const hangingCountMax = 2;

/**
 * A source that hangs again and again gets no further threads until an earlier one has ended.
 * @throws Failure `stream_failed`
 */
export function checkAnswering(source: string): void {
  const count = nativeThreads.leftCount(source);
  if (count < hangingCountMax) return;
  const reason = `it does not answer, and ${count} earlier attempts are still waiting for it`;
  throw new Failure("stream_failed", `Cannot stream "${source}": ${reason}`);
}
