/**
 * Per frame: the screen of an X server that is not of this machine, or has unusual pixels, grabbed whole.
 * Pictures are compared byte for byte with the last one; lines that have not changed are not converted
 * again, and where none has the slot repeats. A screen as large as the stream is converted where it was
 * grabbed, another by the filter graph. The grabber takes the screen's size once, when it is opened: a
 * screen that changes its size is opened again.
 */
import { AV_PIX_FMT_BGR0, AV_PIX_FMT_RGB0, AVERROR_PATCHWELCOME } from "node-av/constants";
import type { Frame } from "node-av/lib";
import { Failure } from "../../base/failure.ts";
import { changedLines, type LineRange } from "../../base/line-range.ts";
import type { InputTarget } from "../../desktop/input-target.ts";
import { newFrame } from "../ffmpeg.ts";
import { Fitter } from "./fitter.ts";
import { PackedFitter } from "./packed-fitter.ts";
import { openPictureInput, type PictureInput, readPictureSize } from "./picture-input.ts";
import type { PictureSize, Source } from "./source.ts";

/** Far above any stream's rate: the grabber would wait inside the read, which we do ourselves. */
const grabRate = "1000";

/** @throws Failure `source_unavailable` when the display cannot be opened */
export function openGrabber(display: string, size: PictureSize): Source {
  return new GrabbedScreen(screenOf(display), size);
}

function screenOf(display: string) {
  return {
    name: `x11:${display}`,
    url: display,
    format: "x11grab",
    options: { framerate: grabRate, draw_mouse: "1" },
    refusal: (code: number) =>
      code === AVERROR_PATCHWELCOME
        ? `Cannot show display ${display}: the colour depth of its screen is not supported; depth 24 is`
        : `Cannot open display ${display}. Is an X server running there? (XAUTHORITY?)`,
  };
}

class GrabbedScreen implements Source {
  readonly frame: Frame = newFrame();
  readonly #screen: ReturnType<typeof screenOf>;
  #input: PictureInput;
  readonly #into: PictureSize;
  /** For a picture of four bytes per pixel and the stream's size, and for any other. */
  readonly #packedFitter: PackedFitter;
  readonly #fitter: Fitter;
  readonly #copy = newFrame();
  #shown = newFrame();
  #grabbed = newFrame();
  /** Bytes of `#shown`, which keeps them alive. */
  #shownBytes: Buffer | undefined;

  constructor(screen: ReturnType<typeof screenOf>, size: PictureSize) {
    this.#screen = screen;
    this.#input = openPictureInput(screen);
    this.#into = size;
    this.#packedFitter = new PackedFitter(size);
    this.#fitter = new Fitter(size);
  }

  openInputTarget(): InputTarget {
    return { kind: "x11", display: this.#screen.url };
  }

  get pictureSize(): PictureSize {
    return this.#input.pictureSize;
  }

  capture(): boolean {
    this.#grab();
    const bytes = this.#grabbed.data?.[0];
    const changed = this.#changedIn(bytes);
    if (changed?.length === 0) {
      this.#grabbed.unref();
      return false;
    }
    this.#shownBytes = bytes;
    [this.#shown, this.#grabbed] = [this.#grabbed, this.#shown];
    this.#grabbed.unref();
    this.#convert(changed);
    return true;
  }

  /** Of the captured picture; `undefined` for all, as of one of another size. */
  #changedIn(bytes: Buffer | undefined): LineRange[] | undefined {
    const before = this.#shownBytes;
    const stride = this.#grabbed.linesize[0] ?? 0;
    const isSameShape = stride > 0 && stride === this.#shown.linesize[0];
    if (bytes === undefined || before?.length !== bytes.length || !isSameShape) return undefined;
    return changedLines(before, bytes, stride);
  }

  /** An enlarged screen is grabbed without an error, but only its upper left corner. */
  checkSize(): void {
    const now = readPictureSize(this.#screen);
    const { width, height } = this.pictureSize;
    if (now !== undefined && (now.width !== width || now.height !== height)) this.#reopen();
  }

  close(): void {
    this.#shownBytes = undefined;
    for (const frame of [this.frame, this.#copy, this.#shown, this.#grabbed]) frame.free();
    this.#packedFitter.close();
    this.#fitter.close();
    this.#input.close();
  }

  #convert(changed: readonly LineRange[] | undefined): void {
    const { width, height, format } = this.#shown;
    const isBlueFirst = format === AV_PIX_FMT_BGR0;
    const isPacked = isBlueFirst || format === AV_PIX_FMT_RGB0;
    const isSameSize = width === this.#into.width && height === this.#into.height;
    const bytes = this.#shownBytes;
    if (isPacked && isSameSize && bytes !== undefined) {
      const stride = this.#shown.linesize[0] ?? 0;
      const picture = { bytes, width, height, stride, isBlueFirst, changed };
      this.#packedFitter.convert(picture, this.frame);
      return;
    }
    // The graph takes over the frame it is given, and this one is compared with the next.
    this.#copy.ref(this.#shown);
    this.#fitter.convert(this.#copy, this.frame);
  }

  /** A reduced screen cannot be grabbed in its old size any more. */
  #grab(): void {
    try {
      if (this.#input.read(this.#grabbed)) return;
    } catch {
      if (this.#isReopened() && this.#input.read(this.#grabbed)) return;
    }
    throw new Failure("source_lost", `display ${this.#screen.url} is gone`);
  }

  #isReopened(): boolean {
    try {
      this.#reopen();
      return true;
    } catch {
      return false;
    }
  }

  #reopen(): void {
    const before = this.#input;
    this.#input = openPictureInput(this.#screen);
    before.close();
  }
}
