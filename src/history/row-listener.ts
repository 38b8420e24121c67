/** The interface for parts that follow the rows of all sessions. */
import type { CaptureSession, StatsSample } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";

/** Receives rows as they arrive, about once a second. Must not throw or wait. */
export type RowListener = {
  /** Before the first of its rows. */
  onStart?(session: CaptureSession): void;
  /** @param written rows that are new @param final rows that have become final */
  onRows(session: CaptureSession, written: FrameTable, final: FrameTable): void;
  /** @param atUs when the window ended, on the monotonic clock */
  onSample?(sample: StatsSample, atUs: number): void;
  onEnd(sessionId: number): void;
};
