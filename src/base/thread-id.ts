/** Linux's number of a thread, under which `/proc/self/task` has its figures. */
import { readlinkSync } from "node:fs";

/** What encode threads call themselves; the threads of encoder libraries inherit the name. */
export const encodeThreadName = "onglass-encode";

/** Of the thread that asks; `undefined` where Linux does not tell. */
export function threadId(): number | undefined {
  try {
    const id = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    return Number.isInteger(id) && id > 0 ? id : undefined;
  } catch {
    // No /proc: not measured.
    return undefined;
  }
}
