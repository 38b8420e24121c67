/** Whether two heads are of one run: copies on several hosts may have different ids. */
import type { CaptureMeta } from "./capture.ts";

/** The same run, whatever its id is here and there. */
export function isSameCapture(one: CaptureMeta, other: CaptureMeta): boolean {
  return (
    one.started_unix_ms === other.started_unix_ms &&
    one.host === other.host &&
    one.sample_count === other.sample_count &&
    one.duration_ms === other.duration_ms
  );
}
