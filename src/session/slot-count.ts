/**
 * Hot path: how many slots of a stream's grid have passed without a frame. The encode worker's
 * count comes with each frame. While none comes the clock counts: a stall is counted while it
 * lasts, even if the stream never recovers. After a stop of this thread itself there may be unread
 * frames: the clock counts again after it had time to read them.
 */
import { restTickMs, sessionTickMs } from "./tick.ts";

/** Beyond this a frame is not only late: its stream has stalled. */
export const stallUs = 250_000;
/** The thread looks at each tick; when it has not for so much longer than a tick, it stood still. */
const awayShare = 1.5;
const restUs = restTickMs * 1000;
/** The slot of the frame being made, and the one in which it will be handed over. */
export const openSlotCount = 2;

/** Data of a frame when it comes out of the encoder. */
export type FrameInSlot = {
  /** Slots without a frame before it, since the stream began. */
  readonly missedCount: number;
  readonly dueUs: number;
  /** No further frame is due for this long: its picture is unchanged. */
  readonly quietUs?: number | undefined;
};

/**
 * Slots that passed without a frame, by the frames’ own count and, while none comes, by the clock.
 */
export class SlotCount {
  #frameCount = 0;
  #reportedCount = 0;
  /** Until then no further frame is expected. */
  #quietUntilUs = 0;
  #quietUs = 0;
  #missedCount = 0;
  #lookedUs: number | undefined;
  /** When the thread resumed after a stop. */
  #wokeUs = Number.NEGATIVE_INFINITY;

  /** A frame came out of the encoder. */
  onFrame(frame: FrameInSlot): void {
    this.#frameCount += 1;
    this.#reportedCount = frame.missedCount;
    this.#quietUs = frame.quietUs ?? 0;
    this.#quietUntilUs = frame.dueUs + this.#quietUs;
  }

  /** Its picture stands still, and none is due for so long that nobody need look often. */
  isAtRest(nowUs: number): boolean {
    return this.#quietUs >= 2 * restUs && nowUs < this.#quietUntilUs;
  }

  /** The thread runs: at every tick, before anything is asked. @param meantUs length of the tick */
  onLook(nowUs: number, meantUs = sessionTickMs * 1000): void {
    if (nowUs - (this.#lookedUs ?? nowUs) >= awayShare * meantUs) this.#wokeUs = nowUs;
    this.#lookedUs = nowUs;
  }

  /** Whether frames were coming and have stopped. */
  isStalled(nowUs: number): boolean {
    return this.#frameCount > 0 && nowUs - Math.max(this.#quietUntilUs, this.#wokeUs) >= stallUs;
  }

  /** Slots without a frame since the stream began; only grows. */
  missedBy(nowUs: number, fps: number): number {
    this.onLook(nowUs);
    let missedCount = this.#reportedCount;
    if (this.isStalled(nowUs)) {
      const passedCount = Math.floor(((nowUs - this.#quietUntilUs) * fps) / 1e6);
      missedCount += Math.max(0, passedCount - openSlotCount);
    }
    this.#missedCount = Math.max(this.#missedCount, missedCount);
    return this.#missedCount;
  }
}
