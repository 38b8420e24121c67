/** Hot path: what a session sent, in shared memory, for counters in another thread. */
import { SharedCounts } from "../base/shared-counts.ts";
import { mediaSlotCount, mediaSlots } from "../model/media-totals.ts";

/** Totals sent by a session, in shared memory: one writer, any reader. */
export class SentTotals {
  readonly #counts = new SharedCounts(mediaSlotCount);

  get memory(): SharedArrayBuffer {
    return this.#counts.memory;
  }

  get frameCount(): number {
    return this.#counts.total(mediaSlots.frames);
  }

  get byteCount(): number {
    return this.#counts.total(mediaSlots.bytes);
  }

  add(byteCount: number, isKey: boolean): void {
    this.#counts.add(mediaSlots.bytes, byteCount);
    this.#counts.add(mediaSlots.frames, 1);
    if (isKey) this.#counts.add(mediaSlots.groups, 1);
  }
}
