/** Encoded frames without an encoder, for what works on their bytes alone. */
import type { Micros } from "../../src/base/clock.ts";
import type { EncodedFrame } from "../../src/video/link.ts";

export type CountedFrame = EncodedFrame & { release(): void; releaseCount: number };

export function encodedFrame(change: Partial<EncodedFrame> = {}): CountedFrame {
  const byteCount = change.byteCount ?? 5000;
  const frame: CountedFrame = {
    buffer: new Uint8Array(byteCount).map((_, index) => index).buffer as ArrayBuffer,
    byteCount,
    index: 0,
    slot: change.index ?? 0,
    dueUs: change.captureStartUs ?? (0 as Micros),
    isKey: false,
    isRepeat: false,
    captureStartUs: 0 as Micros,
    isMeasured: true,
    captureUs: 100,
    submitUs: 10,
    encodeUs: 1000,
    droppedCount: 0,
    missedCount: 0,
    ...change,
    releaseCount: 0,
    release: () => {
      frame.releaseCount += 1;
    },
  };
  return frame;
}
