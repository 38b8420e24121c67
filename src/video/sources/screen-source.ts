/**
 * Per frame: a screen whose desktop reports new pictures: nothing is compared, a still screen costs
 * next to nothing, and the loop wakes up with the picture.
 */
import type { Frame } from "node-av/lib";
import type { Micros } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import type { InputTarget } from "../../desktop/input-target.ts";
import type { AbsenceCode } from "../../model/reason.ts";
import type { PackedPicture } from "../convert.ts";
import { newFrame } from "../ffmpeg.ts";
import { PackedFitter, uprightSize } from "./packed-fitter.ts";
import type { PictureSize, Source, SourceMode } from "./source.ts";

/** A picture of a screen; valid until the next one is requested. */
export type FeedPicture = PackedPicture & {
  /** When it was on the screen, on CLOCK_MONOTONIC; 0 if not reported. */
  readonly shownUs: number;
};

/** A desktop's way of providing pictures. Used from one thread. */
export type ScreenFeed = {
  /** The newest picture since the last call; waits this long for something to arrive. */
  next(waitMs: number): FeedPicture | undefined;
  /** As of a source: readable when there may be a picture. */
  readonly readyDescriptor: number | undefined;
  /** Why no more pictures will arrive; `undefined` while they may. */
  readonly fault: string | undefined;
  /** Why there is nothing to show for now. */
  readonly absence?: AbsenceCode | undefined;
  /** The sound server's output that only its own programs play to. */
  readonly soundOutput?: string | undefined;
  /** Where input must go to reach the screen. The caller owns a descriptor in it. */
  openInputTarget?(size: PictureSize): InputTarget | undefined;
  /** Blocks until the screen’s server has answered; returns a picture that arrived meanwhile. */
  confirm?(): FeedPicture | undefined;
  /** Checks for unreported changes. Called about once a second. */
  check?(): void;
  /** The same screen for a stream of another mode, while this feed is still open. */
  reopen?(mode: SourceMode): Source;
  close(): void;
};

/** A stamp further away than this is on another clock. */
const ageUsMax = 10_000_000;

/** The source around a feed, which it owns. Black until the first picture arrives. */
export class ScreenSource implements Source {
  readonly frame: Frame = newFrame();
  readonly #feed: ScreenFeed;
  readonly #into: PictureSize;
  readonly #fitter: PackedFitter;
  /** Arrived, but not captured yet. */
  #waiting: FeedPicture | undefined;
  #size: PictureSize | undefined;
  #isBegun = false;
  #absence: AbsenceCode | undefined;
  pictureUs: number | undefined;

  /** @param first a picture captured while opening. */
  constructor(feed: ScreenFeed, size: PictureSize, first?: FeedPicture) {
    this.#feed = feed;
    this.#into = { width: size.width, height: size.height };
    this.#fitter = new PackedFitter(size);
    this.#waiting = first;
  }

  get pictureSize(): PictureSize | undefined {
    return this.#size;
  }

  get soundOutput(): string | undefined {
    return this.#feed.soundOutput;
  }

  /** Before the first picture has arrived, the stream's own size is used for the screen's. */
  openInputTarget(): InputTarget | undefined {
    const picture = this.#waiting;
    const size = picture === undefined ? (this.#size ?? this.#into) : uprightSize(picture);
    return this.#feed.openInputTarget?.(size);
  }

  reopen(mode: SourceMode): Source | undefined {
    return this.#feed.reopen?.(mode);
  }

  get readyDescriptor(): number | undefined {
    return this.#feed.readyDescriptor;
  }

  wait(ms: number): boolean {
    this.#waiting ??= this.#feed.next(ms);
    if (this.#waiting !== undefined) return true;
    return this.#feed.fault !== undefined || this.#isAbsenceNew;
  }

  capture(_index: number, captureStartUs: Micros): boolean {
    // A screen that disappeared while a picture was awaited is shown as gone, even if it is back at
    // once.
    const isGone = this.#waiting === undefined && this.#isAbsenceNew;
    const picture = isGone ? undefined : (this.#waiting ?? this.#newest());
    this.#waiting = undefined;
    if (picture !== undefined) {
      this.#take(picture, captureStartUs);
      return true;
    }
    const { fault, absence } = this.#feed;
    if (this.#isAbsenceNew) return this.#follow(absence);
    if (fault !== undefined) throw new Failure("source_lost", `The screen is gone: ${fault}`);
    return this.#begin();
  }

  checkSize(): void {
    this.#feed.check?.();
  }

  close(): void {
    this.frame.free();
    this.#fitter.close();
    this.#feed.close();
  }

  /**
   * Without one the slot repeats: whether the screen really has nothing new is verified, if
   * possible.
   */
  #newest(): FeedPicture | undefined {
    return this.#feed.next(0) ?? this.#feed.confirm?.();
  }

  get absence(): AbsenceCode | undefined {
    return this.#absence;
  }

  get #isAbsenceNew(): boolean {
    return this.#feed.absence !== this.#absence;
  }

  /** The last picture of a screen that is off must not pass for a current one. */
  #follow(absence: AbsenceCode | undefined): boolean {
    const wasThere = this.#absence === undefined;
    this.#absence = absence;
    if (absence === undefined || !wasThere) return false;
    this.pictureUs = undefined;
    this.#isBegun = true;
    this.#fitter.clear(this.frame);
    return true;
  }

  #take(picture: FeedPicture, captureStartUs: Micros): void {
    this.#isBegun = true;
    this.#absence = undefined;
    const size = uprightSize(picture);
    const { width, height } = this.#size ?? {};
    if (size.width !== width || size.height !== height) this.#size = size;
    this.#fitter.convert(picture, this.frame);
    const { shownUs } = picture;
    const isKnown = shownUs > 0 && Math.abs(captureStartUs - shownUs) < ageUsMax;
    this.pictureUs = isKnown ? shownUs : undefined;
  }

  /** Black, once: there must be a picture to repeat. */
  #begin(): boolean {
    if (this.#isBegun) return false;
    this.#isBegun = true;
    this.#fitter.clear(this.frame);
    return true;
  }
}
