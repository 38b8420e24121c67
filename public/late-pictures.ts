/**
 * Which decoded pictures are drawn if a page cannot draw all of them. Browsers give drawing
 * priority over receiving and decoding: a page that draws each of too many pictures shows all of
 * them late. Pure.
 */

/** With this many waiting to be decoded, newer ones will follow at once. */
const waitingCountMin = 3;
/** At least one picture out of this many is drawn: the picture moves, however late it is. */
const skippedCountMax = 4;

/** For one decoder. */
export class LatePictures {
  #skippedCount = 0;

  /** @param waitingCount frames that the decoder still has to decode */
  isDrawn(waitingCount: number): boolean {
    const isLate = waitingCount >= waitingCountMin;
    const isDrawn = !isLate || this.#skippedCount >= skippedCountMax;
    this.#skippedCount = isDrawn ? 0 : this.#skippedCount + 1;
    return isDrawn;
  }
}
