/**
 * Hot path: the gate that says whether to measure, one relaxed read of shared memory (2 ns).
 *
 * Slot 0 holds the number of the open capture, 0 when none is open. Numbers only grow, so a worker
 * that sees another number than before knows that it must announce itself anew.
 * Slot 1 is 1 when the performance log is on, armed or not.
 */
const captureSlot = 0;
const perfSlot = 1;
const slotCount = 2;

export class Gate {
  readonly memory: SharedArrayBuffer;
  readonly #slots: Int32Array;

  constructor(memory = new SharedArrayBuffer(slotCount * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#slots = new Int32Array(memory);
  }

  /** Number of the capture that is recording, 0 when none is. */
  captureNumber(): number {
    return Atomics.load(this.#slots, captureSlot);
  }

  isArmed(): boolean {
    return Atomics.load(this.#slots, captureSlot) !== 0;
  }

  isPerf(): boolean {
    return Atomics.load(this.#slots, perfSlot) !== 0;
  }

  /** `measure = perf || armed`, read anew for every frame. */
  isMeasuring(): boolean {
    return this.isArmed() || this.isPerf();
  }

  /** Only the recorder opens and closes the gate. */
  open(captureNumber: number): void {
    Atomics.store(this.#slots, captureSlot, captureNumber);
  }

  close(): void {
    Atomics.store(this.#slots, captureSlot, 0);
  }

  setPerf(on: boolean): void {
    Atomics.store(this.#slots, perfSlot, on ? 1 : 0);
  }
}
