/**
 * The stream that measures a link to a browser: frames of random bytes at a steady rate, each
 * starting with the time at which the host wrote it. Without a schema, so that pages can import it.
 * Pure.
 */

/** Frames per second: like a picture. */
export const probeFps = 60;
/** At the start of each frame: the host's clock in microseconds, as a double, little-endian. */
export const stampBytes = 8;
/** Allowed rounds. */
export const probeKbpsMax = 100_000;
export const probeMsMax = 6000;

/** Bytes of each frame of a round, including its stamp. */
export function probeFrameBytes(kbps: number): number {
  return Math.max(stampBytes, Math.round((kbps * 1000) / 8 / probeFps));
}

/** The result of one round; `undefined` values if nothing arrived. */
export type ProbeResult = {
  readonly received_kbps: number;
  /** The slowest frame in a hundred beyond the fastest: the queueing delay. */
  readonly jitter_us: number | undefined;
};

/** Reads the pieces of one round as they arrive. */
export class ProbeMeter {
  readonly #frameBytes: number;
  readonly #stamp = new DataView(new ArrayBuffer(stampBytes));
  readonly #waysUs: number[] = [];
  /** Of the frame that is being read. */
  #read = 0;
  #bytes = 0;
  #firstUs: number | undefined;
  #lastUs = 0;

  constructor(frameBytes: number) {
    this.#frameBytes = frameBytes;
  }

  /** @param nowUs on the reader's own clock; its offset to the host's cancels out */
  push(piece: Uint8Array, nowUs: number): void {
    this.#firstUs ??= nowUs;
    this.#lastUs = nowUs;
    this.#bytes += piece.byteLength;
    let at = 0;
    while (at < piece.byteLength) {
      for (; this.#read < stampBytes && at < piece.byteLength; at++)
        this.#stamp.setUint8(this.#read++, piece[at] ?? 0);
      const step = Math.min(this.#frameBytes - this.#read, piece.byteLength - at);
      at += step;
      this.#read += step;
      if (this.#read < this.#frameBytes) return;
      this.#waysUs.push(nowUs - this.#stamp.getFloat64(0, true));
      this.#read = 0;
    }
  }

  /** @param nominalMs how long the round was sent; a queue on the way may have taken longer */
  result(nominalMs: number): ProbeResult {
    const tookUs = Math.max(nominalMs * 1000, this.#lastUs - (this.#firstUs ?? this.#lastUs));
    const sorted = this.#waysUs.toSorted((a, b) => a - b);
    const slow = sorted[Math.ceil(sorted.length * 0.99) - 1];
    const fast = sorted[0];
    return {
      received_kbps: Math.round((this.#bytes * 8 * 1000) / tookUs),
      jitter_us: slow === undefined || fast === undefined ? undefined : Math.round(slow - fast),
    };
  }
}
