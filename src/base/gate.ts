/**
 * Hot path: the gate that says whether to measure, one relaxed read of shared memory (1 ns).
 *
 * Relaxed is what a plain read of an aligned 32-bit element is: whole, and in no order with others.
 * (`Atomics.load` would order it too, for 2 to 8 ns.) A loop that never leaves its function could be
 * compiled to read once; a frame loop waits between two frames, so it reads again for every frame.
 *
 * Slot 0 holds the number of the open capture, 0 when none is open. Numbers only grow, so a worker
 * that sees another number than before knows that it must announce itself again.
 * Slot 1 is 1 when the performance log is on, armed or not; slot 2 while
 * somebody follows every row and window: the history, totals and live verdicts of a host.
 */
const captureSlot = 0;
const perfSlot = 1;
const followedSlot = 2;
const slotCount = 3;

/**
 * Whether to measure, shared by all threads. Main writes; any thread with the same memory reads.
 */
export class Gate {
  readonly memory: SharedArrayBuffer;
  readonly #slots: Int32Array;

  constructor(memory = new SharedArrayBuffer(slotCount * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#slots = new Int32Array(memory);
  }

  /** Number of the capture that is recording, 0 when none is. */
  captureNumber(): number {
    return this.#slots[captureSlot] ?? 0;
  }

  isArmed(): boolean {
    return this.#slots[captureSlot] !== 0;
  }

  isPerf(): boolean {
    return this.#slots[perfSlot] !== 0;
  }

  isFollowed(): boolean {
    return (this.#slots[followedSlot] ?? 0) !== 0;
  }

  /** `measure = perf || armed || followed`, read again for every frame. */
  isMeasuring(): boolean {
    return this.isArmed() || this.isPerf() || this.isFollowed();
  }

  /** Only the recorder opens and closes the gate. */
  open(captureNumber: number): void {
    Atomics.store(this.#slots, captureSlot, captureNumber);
  }

  close(): void {
    Atomics.store(this.#slots, captureSlot, 0);
  }

  setFollowed(on: boolean): void {
    Atomics.store(this.#slots, followedSlot, on ? 1 : 0);
  }

  setPerf(on: boolean): void {
    Atomics.store(this.#slots, perfSlot, on ? 1 : 0);
  }
}
