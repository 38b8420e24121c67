/**
 * The picture of one stream follows what its bitrate allows: collects the quality of its frames,
 * asks the ladder once a second, and forwards its answer.
 */
import { PictureLadder, type StreamPicture } from "./picture-ladder.ts";

type Options = {
  /** Requested by the player or the operator. */
  asked(): StreamPicture;
  /** The encoder's output from now on. */
  onPicture(picture: StreamPicture, change: PictureChange): void;
};

/** Why a picture changes. */
export type PictureChange = {
  readonly from: StreamPicture;
  /** Until it is back at the request. */
  readonly isLowered: boolean;
  /** It was requested, or should not follow any more: the bitrate has no influence. */
  readonly isAsked: boolean;
};

const secondUs = 1_000_000;
/** Fewer frames say nothing about a second. */
const frameCountMin = 5;

/** One per stream; all calls from its thread. */
export class PictureFollower {
  readonly #options: Options;
  #asked: StreamPicture;
  #ladder: PictureLadder;
  #sum = 0;
  #count = 0;
  #secondUs: number | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#asked = options.asked();
    this.#ladder = new PictureLadder(this.#asked);
  }

  /** Hot path: a frame came out of the encoder. */
  onFrame(frame: { readonly quality?: number | undefined }): void {
    if (frame.quality === undefined) return;
    this.#sum += frame.quality;
    this.#count += 1;
  }

  /** A few times a second. */
  tick(nowUs: number): void {
    this.#secondUs ??= nowUs;
    if (nowUs - this.#secondUs < secondUs) return;
    this.#secondUs = nowUs;
    const quality = this.#count < frameCountMin ? undefined : this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    if (this.#restarted()) return;
    const from = this.#ladder.picture;
    if (!this.#ladder.add(quality)) return;
    const { picture, isLowered } = this.#ladder;
    this.#options.onPicture(picture, { from, isLowered, isAsked: false });
  }

  /** Restores the request, if it was lowered. Observations until now are dropped. */
  release(): void {
    this.#sum = 0;
    this.#count = 0;
    this.#secondUs = undefined;
    if (this.#ladder.isLowered) this.#restart();
  }

  #restart(): void {
    const { picture: from, isLowered } = this.#ladder;
    this.#asked = this.#options.asked();
    this.#ladder = new PictureLadder(this.#asked);
    if (isLowered) this.#options.onPicture(this.#asked, { from, isLowered: false, isAsked: true });
  }

  /** Another mode is requested: that is tried first. */
  #restarted(): boolean {
    const { width, height, fps } = this.#options.asked();
    const before = this.#asked;
    if (width === before.width && height === before.height && fps === before.fps) return false;
    this.#restart();
    return true;
  }
}
