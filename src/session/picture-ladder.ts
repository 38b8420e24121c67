/**
 * How a stream's picture is reduced if its bitrate is too low: first the frame rate, then the size,
 * and back up as soon as there are bits for more. Pure: quality per second in, a rung out.
 */
import { percentPerDoubling, rateExponent } from "../model/quality.ts";

/** Of the stream, as it is encoded. */
export type StreamPicture = {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
};

/**
 * Percent. Below the first, blocks dominate the picture; a rung is expected to reach at least the
 * second.
 */
const bearableMin = 15;
const wantedMin = 30;
/** The quality that the next rung up would have to reach. */
const upMin = 38;
/** The scale ends at 0, and the encoder may be far beyond it. */
const unknownMax = 3;
const unknownQuality = -15;
const downSeconds = 2;
const upSeconds = 4;
/** A new picture begins with a key frame, which is coarser than what follows. */
const settleSeconds = 2;
/**
 * A rung that could not be kept for this long was too high: the next attempt waits twice as long.
 */
const heldSeconds = 15;
const upSecondsMax = 64;
/** Longer than that wait: from then on attempts are as quick as the first. */
const forgetSeconds = 90;
const fpsMin = 24;
const shortSideMin = 180;
const sizeShares = [2 / 3, 1 / 2, 1 / 3, 1 / 4] as const;

/** From the request down to the minimum that is worth watching. */
export function rungsOf(asked: StreamPicture): StreamPicture[] {
  const rungs = [asked];
  let { fps } = asked;
  while (fps / 2 >= fpsMin) {
    fps /= 2;
    rungs.push({ ...asked, fps });
  }
  for (const share of sizeShares) {
    const size = { width: even(asked.width * share), height: even(asked.height * share) };
    if (Math.min(size.width, size.height) >= shortSideMin) rungs.push({ ...size, fps });
  }
  return rungs;
}

/** Owns nothing; called once a second. */
export class PictureLadder {
  readonly #rungs: readonly StreamPicture[];
  #rung = 0;
  #lowCount = 0;
  #highCount = 0;
  /** Seconds since the rung was taken. */
  #heldCount = settleSeconds;
  #upSeconds = upSeconds;
  #wasUp = false;

  constructor(asked: StreamPicture) {
    this.#rungs = rungsOf(asked);
  }

  /** The encoder's current output. */
  get picture(): StreamPicture {
    const picture = this.#rungs[this.#rung];
    if (picture === undefined) throw new Error("Bug: a rung that does not exist");
    return picture;
  }

  get isLowered(): boolean {
    return this.#rung > 0;
  }

  /**
   * A second has passed.
   * @param quality mean of its frames, percent; `undefined` if unknown
   * @returns whether the picture changes now
   */
  add(quality: number | undefined): boolean {
    this.#heldCount += 1;
    if (quality === undefined || this.#heldCount <= settleSeconds) return false;
    this.#lowCount = quality < bearableMin ? this.#lowCount + 1 : 0;
    this.#highCount = this.#isRoomAbove(quality) ? this.#highCount + 1 : 0;
    if (this.#lowCount >= downSeconds) return this.#lower(quality);
    if (this.#highCount >= this.#upSeconds) return this.#raise();
    if (this.#wasUp && this.#heldCount >= forgetSeconds) this.#upSeconds = upSeconds;
    return false;
  }

  #isRoomAbove(quality: number): boolean {
    const above = this.#rungs[this.#rung - 1];
    return above !== undefined && this.#expected(quality, above) >= upMin;
  }

  /** The first rung with an acceptable expected quality, or the last. */
  #lower(quality: number): boolean {
    const last = this.#rungs.length - 1;
    if (this.#rung === last) return false;
    if (this.#wasUp && this.#heldCount < heldSeconds) {
      this.#upSeconds = Math.min(2 * this.#upSeconds, upSecondsMax);
    }
    const seen = quality < unknownMax ? unknownQuality : quality;
    const below = this.#rungs.findIndex(
      (rung, index) => index > this.#rung && this.#expected(seen, rung) >= wantedMin,
    );
    return this.#take(below < 0 ? last : below, false);
  }

  #raise(): boolean {
    return this.#take(this.#rung - 1, true);
  }

  #take(rung: number, wasUp: boolean): true {
    this.#rung = rung;
    this.#wasUp = wasUp;
    this.#lowCount = 0;
    this.#highCount = 0;
    this.#heldCount = 0;
    return true;
  }

  /** The same bits spread over another picture. */
  #expected(quality: number, other: StreamPicture): number {
    return quality + percentPerDoubling * Math.log2(loadOf(this.picture) / loadOf(other));
  }
}

function loadOf({ width, height, fps }: StreamPicture): number {
  return width * height * fps ** rateExponent;
}

function even(side: number): number {
  return 2 * Math.round(side / 2);
}
