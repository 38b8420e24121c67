/**
 * How long an unchanged picture may be shown without encoding it again, for a source that reports
 * new ones.
 */

/** After a new picture the encoder improves it by repeats for this long. */
const refineUs = 500_000;
/** Then it is repeated after a quarter of the time it has been unchanged, within these bounds. */
const standingShare = 1 / 4;
const intervalUsMin = 100_000;
/**
 * Default for players that report nothing: one that takes a longer gap after an even rate for a
 * freeze.
 */
export const stillMsDefault = intervalUsMin / 1000;

/** For one stream. */
export class StillPicture {
  readonly #intervalUsMax: number;
  #newUs = 0;

  /** @param intervalMsMax the longest time without a frame that the player tolerates */
  constructor(intervalMsMax = stillMsDefault) {
    this.#intervalUsMax = intervalMsMax * 1000;
  }

  /** The source has a new picture. */
  onNew(atUs: number): void {
    this.#newUs = atUs;
  }

  /** Slots of the grid until the next frame, unless there is a new picture earlier. */
  slotCount(fps: number, nowUs: number): number {
    const standsUs = nowUs - this.#newUs;
    if (standsUs < refineUs) return 1;
    const intervalUs = Math.max(intervalUsMin, standsUs * standingShare);
    return Math.max(1, Math.round((fps * Math.min(intervalUs, this.#intervalUsMax)) / 1e6));
  }
}
