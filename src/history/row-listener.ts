/** What a part offers that follows the rows of all sessions. */
import type { CaptureSession, StatsSample } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";

/** Who looks at rows as they come, about once a second. Must not throw or wait. */
export type RowListener = {
  /** Before the first of its rows. */
  onStart?(session: CaptureSession): void;
  /** @param written rows that are new @param final rows that have become final */
  onRows(session: CaptureSession, written: FrameTable, final: FrameTable): void;
  /** @param atUs when the window ended, on the monotonic clock */
  onSample?(sample: StatsSample, atUs: number): void;
  onEnd(sessionId: number): void;
};
