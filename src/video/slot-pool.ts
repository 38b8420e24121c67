/**
 * Per frame: the memory of encoded frames. There are never more than `slotCount` of them, so a
 * consumer that returns none stops the stream instead of filling memory.
 */
import { assert } from "../base/assert.ts";

const growthBytes = 64 * 1024;

/** Sizes of a pool, and the receiver of its memory. */
export type SlotPoolOptions = {
  readonly slotCount: number;
  /** Of each slot at first. */
  readonly slotBytes: number;
  /** The slot has this memory from now on; called for each at its first use. */
  onMemory(slot: number, buffer: SharedArrayBuffer): void;
};

/** Shared memory in a fixed number of slots, each with its own bytes. */
export class SlotPool {
  readonly #options: SlotPoolOptions;
  readonly #memory: (Uint8Array<SharedArrayBuffer> | undefined)[];
  readonly #free: number[];

  constructor(options: SlotPoolOptions) {
    this.#options = options;
    this.#free = Array.from({ length: options.slotCount }, (_, slot) => slot);
    this.#memory = this.#free.map(() => undefined);
  }

  get freeCount(): number {
    return this.#free.length;
  }

  /** Copies `bytes` into a free slot and gives its number; undefined when all are in use. */
  put(bytes: Uint8Array): number | undefined {
    const slot = this.#free.pop();
    if (slot === undefined) return undefined;
    let memory = this.#memory[slot];
    if (memory === undefined || memory.length < bytes.length) {
      memory = this.#grow(slot, bytes.length);
    }
    memory.set(bytes);
    return slot;
  }

  /** A slot is returned. */
  give(slot: number): void {
    assert(this.#memory[slot] !== undefined, "a slot comes back that was given out");
    assert(!this.#free.includes(slot), "a slot comes back once");
    this.#free.push(slot);
  }

  #grow(slot: number, byteCount: number): Uint8Array<SharedArrayBuffer> {
    const { slotBytes, onMemory } = this.#options;
    const wanted =
      byteCount <= slotBytes
        ? slotBytes
        : Math.ceil((byteCount * 1.25) / growthBytes) * growthBytes;
    const memory = new Uint8Array(new SharedArrayBuffer(wanted));
    this.#memory[slot] = memory;
    onMemory(slot, memory.buffer);
    return memory;
  }
}
