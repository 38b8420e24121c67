/** Hot path: when the last frames of a stream were encoded, by capture time. */

/** Two seconds at 120 per second: no page takes longer to report a picture. */
const frameCountMax = 256;

/** Times of the newest frames of one stream; the oldest are overwritten. */
export class RecentFrames {
  readonly #capturedUs = new Float64Array(frameCountMax);
  readonly #encodedUs = new Float64Array(frameCountMax);
  #count = 0;

  /** @param encodedUs when the frame came out of the encoder’s channel */
  add(capturedUs: number, encodedUs: number): void {
    const at = this.#count % frameCountMax;
    this.#capturedUs[at] = capturedUs;
    this.#encodedUs[at] = encodedUs;
    this.#count += 1;
  }

  /** For the frame with this exact capture time; `undefined` when there is none. */
  encodedUs(capturedUs: number): number | undefined {
    const at = this.#capturedUs.indexOf(capturedUs);
    return at < 0 ? undefined : this.#encodedUs[at];
  }
}
