/**
 * Per frame: the queue between an encode stream and its sender. Frames are sent one at a time; the
 * next waits in a short queue. If it is full, the oldest frame that is not a key frame is dropped,
 * and so are those after it up to the next key frame, because no player could decode them: all are
 * counted, and an IDR is requested.
 */
import type { EncodedFrame } from "../video/link.ts";

/** An encoded frame on loan; released when it is sent or dropped. */
export type LentFrame = EncodedFrame & { release(): void };

/** What happens to frames that leave the queue. */
export type FrameQueueOptions = {
  /** False when the frame could not be sent: it is dropped, and the stream has a gap. */
  send(frame: LentFrame): Promise<boolean>;
  /** Called before it is released: the stream has a gap that only a key frame repairs. */
  onDropped(frame: LentFrame): void;
};

const frameCountMax = 4;

/**
 * Frames that wait for the sender. Bounded; owns each frame until it is sent or dropped, and
 * releases it once.
 */
export class FrameQueue {
  readonly #options: FrameQueueOptions;
  readonly #frames: LentFrame[] = [];
  #isSending = false;
  #needsKey = true;
  isClosed = false;
  /** Frames that were encoded but not sent. */
  droppedCount = 0;

  constructor(options: FrameQueueOptions) {
    this.#options = options;
  }

  /** Takes the frame over. Never waits. */
  push(frame: LentFrame): void {
    if (this.isClosed) {
      frame.release();
      return;
    }
    if (this.#frames.length === frameCountMax) this.#makeRoom();
    const isWanted = frame.isKey || !this.#needsKey;
    this.#needsKey = !isWanted || this.#frames.length === frameCountMax;
    if (this.#needsKey) this.#drop(frame);
    else this.#frames.push(frame);
    if (!this.#isSending) {
      this.#isSending = true;
      void this.#sendAll();
    }
  }

  /** Releases queued frames; the one being sent stops at its next group. */
  close(): void {
    this.isClosed = true;
    for (const frame of this.#frames.splice(0)) frame.release();
  }

  /** Drops the oldest frame that is not a key frame, and the frames that depend on it. */
  #makeRoom(): void {
    const oldest = this.#frames.findIndex((frame) => !frame.isKey);
    if (oldest === -1) return;
    const nextKey = this.#frames.findIndex((frame, index) => index > oldest && frame.isKey);
    const end = nextKey === -1 ? this.#frames.length : nextKey;
    for (const frame of this.#frames.splice(oldest, end - oldest)) this.#drop(frame);
    if (nextKey === -1) this.#needsKey = true;
  }

  #drop(frame: LentFrame): void {
    this.droppedCount += 1;
    this.#options.onDropped(frame);
    frame.release();
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame === undefined) break;
      if (await this.#options.send(frame)) frame.release();
      else {
        this.#needsKey = true;
        this.#drop(frame);
      }
    }
    this.#isSending = false;
  }
}
