/**
 * How long a picture that does not change may stand without being encoded again, of a source that says
 * when it has a new one.
 */

/** After a new picture the encoder improves it by repeats for so long. */
const refineUs = 500_000;
/**
 * Then it is repeated so often: players take longer gaps after an even rate for a freeze, and the host
 * one of 250 ms for a stall.
 */
const intervalUs = 100_000;

/** Of one stream. */
export class StillPicture {
  #newUs = 0;

  /** The source has a new picture. */
  onNew(atUs: number): void {
    this.#newUs = atUs;
  }

  /** Slots of the grid until the next frame, unless there is a new picture before. */
  slotCount(fps: number, nowUs: number): number {
    if (nowUs - this.#newUs < refineUs) return 1;
    return Math.max(1, Math.round((fps * intervalUs) / 1e6));
  }
}
