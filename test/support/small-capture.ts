/** The smallest capture that a store keeps: one sample of one session. */
import type { Capture } from "../../src/model/capture.ts";
import { ManualClock } from "./manual-clock.ts";
import { sampleOf } from "./recorder-parts.ts";

/** A minute after a test writes its files. */
export const later = new ManualClock({ wallMs: Date.now() + 60_000 });

/** When it began, and the id that follows from that. */
export const startedMs = Date.UTC(2026, 5, 26, 20, 14, 3);
export const smallCaptureId = "2026-06-26T20-14-03Z_1280x720";

/** With `fields` in place of those of its head. */
export function smallCapture(fields: Partial<Capture["meta"]> = {}): Capture {
  return {
    meta: {
      id: smallCaptureId,
      started_unix_ms: startedMs,
      duration_ms: 2000,
      kind: "native",
      width: 1280,
      height: 720,
      fps: 60,
      codec: "h264",
      client: "",
      sample_count: 1,
      ...fields,
    },
    samples: [sampleOf({ t_ms: 2000, session_id: 1 })],
  };
}
