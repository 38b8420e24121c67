/**
 * The stream that measures a link to a browser: frames of random bytes at a steady rate, each opening
 * with the time at which the host wrote it. Without a schema, so that pages can import it. Pure.
 */

/** Frames a second: as a picture comes. */
export const probeFps = 60;
/** At the head of each frame: the host's clock in microseconds, as a double, little-endian. */
export const stampBytes = 8;
/** Rounds that may be asked for. */
export const probeKbpsMax = 100_000;
export const probeMsMax = 6000;

/** Bytes of each frame of a round, its stamp included. */
export function probeFrameBytes(kbps: number): number {
  return Math.max(stampBytes, Math.round((kbps * 1000) / 8 / probeFps));
}

/** What one round came to; `undefined` values where nothing came. */
export type ProbeResult = {
  readonly received_kbps: number;
  /** The slowest frame in a hundred beyond the fastest: what waited on the way. */
  readonly jitter_us: number | undefined;
};

/** Reads the pieces of one round as they come. */
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

  /** @param nowUs of the reader's own clock; its distance from the host's falls out */
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

  /** @param nominalMs for how long the round was sent; a queue on the way may have taken longer */
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
