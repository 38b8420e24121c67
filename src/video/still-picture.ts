/**
 * How long a picture that does not change may stand without being encoded again, of a source that says
 * when it has a new one.
 */

/** After a new picture the encoder improves it by repeats for so long. */
const refineUs = 500_000;
/** Then it is repeated after a quarter of the time that it has stood, within these bounds. */
const standingShare = 1 / 4;
const intervalUsMin = 100_000;
/** Where the player says nothing: one that takes a longer gap after an even rate for a freeze. */
export const stillMsDefault = intervalUsMin / 1000;

/** Of one stream. */
export class StillPicture {
  readonly #intervalUsMax: number;
  #newUs = 0;

  /** @param intervalMsMax the longest time without a frame that the player knows what to make of */
  constructor(intervalMsMax = stillMsDefault) {
    this.#intervalUsMax = intervalMsMax * 1000;
  }

  /** The source has a new picture. */
  onNew(atUs: number): void {
    this.#newUs = atUs;
  }

  /** Slots of the grid until the next frame, unless there is a new picture before. */
  slotCount(fps: number, nowUs: number): number {
    const standsUs = nowUs - this.#newUs;
    if (standsUs < refineUs) return 1;
    const intervalUs = Math.max(intervalUsMin, standsUs * standingShare);
    return Math.max(1, Math.round((fps * Math.min(intervalUs, this.#intervalUsMax)) / 1e6));
  }
}
