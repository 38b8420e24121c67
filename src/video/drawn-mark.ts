/** Per frame: requested marks that are not yet in an encoded picture. */
import type { Micros } from "../base/clock.ts";
import type { EncodedFrame } from "./link.ts";

/** The first picture with a mark, on the one clock. */
export type DrawnMark = { readonly capturedUs: Micros; readonly encodedUs: Micros };

/** Waiting marks of one stream. */
const markCountMax = 32;

/** By number: who waits for it. Of too many, the oldest is dropped. */
export class WaitingMarks {
  readonly #waiting = new Map<number, (drawn: DrawnMark) => void>();

  add(mark: number, onDrawn: (drawn: DrawnMark) => void): void {
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= markCountMax) this.#waiting.delete(oldest);
    this.#waiting.set(mark, onDrawn);
  }

  onFrame(frame: Pick<EncodedFrame, "mark" | "markEncodedUs" | "captureStartUs">): void {
    const { mark, markEncodedUs: encodedUs, captureStartUs: capturedUs } = frame;
    if (mark === undefined || encodedUs === undefined) return;
    const onDrawn = this.#waiting.get(mark);
    this.#waiting.delete(mark);
    onDrawn?.({ capturedUs, encodedUs });
  }
}
