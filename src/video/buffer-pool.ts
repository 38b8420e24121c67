/**
 * Hot path: the buffers in which encoded frames travel. There are never more than `bufferCount`
 * of them, so a consumer that gives none back stops the stream instead of filling memory.
 */
const growthBytes = 64 * 1024;

export class BufferPool {
  readonly #free: ArrayBuffer[] = [];
  readonly #bufferCount: number;

  constructor(options: { bufferCount: number; bufferBytes: number }) {
    this.#bufferCount = options.bufferCount;
    for (let i = 0; i < options.bufferCount; i += 1) {
      this.#free.push(new ArrayBuffer(options.bufferBytes));
    }
  }

  get freeCount(): number {
    return this.#free.length;
  }

  /** A buffer of at least this size, a larger one in its place where it was too small. */
  take(byteCount: number): ArrayBuffer | undefined {
    const buffer = this.#free.pop();
    if (buffer === undefined || buffer.byteLength >= byteCount) return buffer;
    return new ArrayBuffer(Math.ceil((byteCount * 1.25) / growthBytes) * growthBytes);
  }

  /** A buffer comes back; one that the pool has no place for is left to the collector. */
  give(buffer: ArrayBuffer): void {
    if (this.#free.length < this.#bufferCount) this.#free.push(buffer);
  }
}
