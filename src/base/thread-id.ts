/** Linux's number of a thread, under which `/proc/self/task` has its figures. */
import { readlinkSync } from "node:fs";

/** Name of encode threads; the threads of encoder libraries inherit it. */
export const encodeThreadName = "onglass-encode";

/** Of the calling thread; `undefined` if Linux does not report it. */
export function threadId(): number | undefined {
  try {
    const id = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    return Number.isInteger(id) && id > 0 ? id : undefined;
  } catch {
    // No /proc: not measured.
    return undefined;
  }
}
