/** Pages that are shown at once: what takes longer, such as other machines' answers, comes into them later. */
import { inTime } from "../base/scheduler.ts";

/** A page that is opened waits so long. */
const firstMs = 300;

/** What is there within 300 ms; `undefined` when it takes longer. */
export async function atOnce<Value>(asking: Promise<Value>): Promise<Value | undefined> {
  return await inTime(asking, { ms: firstMs }, () => undefined);
}
