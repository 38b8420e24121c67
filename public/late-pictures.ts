/**
 * Which decoded pictures are drawn where a page cannot draw all of them. Drawing goes before receiving
 * and decoding in a browser: a page that draws each picture of too many shows all of them late. Pure.
 */

/** So many that wait to be decoded are newer ones that come at once. */
const waitingCountMin = 3;
/** At least one picture in so many is drawn: it moves, however late it is. */
const skippedCountMax = 4;

/** Of one decoder. */
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
