/** Numbers that never repeat in a process, from any thread: 1, 2, 3, … */
export class SharedSequence {
  readonly memory: SharedArrayBuffer;
  readonly #last: Int32Array;

  constructor(memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#last = new Int32Array(memory);
  }

  next(): number {
    return Atomics.add(this.#last, 0, 1) + 1;
  }
}
