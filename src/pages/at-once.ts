/**
 * Pages that are shown at once: slower parts, such as other machines' answers, are loaded later.
 */
import { inTime } from "../base/scheduler.ts";

/** How long opening a page may wait. */
const firstMs = 300;

/** The value if available within 300 ms; `undefined` when it takes longer. */
export async function atOnce<Value>(asking: Promise<Value>): Promise<Value | undefined> {
  return await inTime(asking, { ms: firstMs }, () => undefined);
}
