/**
 * Hot path: the screen of an X server, grabbed whole. Pictures are compared byte for byte with the
 * last one; where nothing has changed, conversion is spared and the slot repeats.
 */
import type { Frame } from "node-av/lib";
import { Failure } from "../../base/failure.ts";
import { newFrame } from "../ffmpeg.ts";
import { Fitter } from "./fitter.ts";
import { openPictureInput, type PictureInput } from "./picture-input.ts";
import type { PictureSize, Source } from "./source.ts";

/** Far above any stream's rate: the grabber would wait inside the read, which we do ourselves. */
const grabRate = "1000";
const displayPattern = /^[A-Za-z0-9.-]{0,253}:[0-9]{1,5}(\.[0-9]{1,2})?$/;

/** @throws Failure `source_unavailable` when the display cannot be opened */
export function openScreenSource(display: string, size: PictureSize): Source {
  const name = `x11:${display}`;
  if (!displayPattern.test(display)) {
    throw new Failure("source_unavailable", `Cannot open "${name}": it does not name a display`);
  }
  const options = { framerate: grabRate, draw_mouse: "1" };
  const refusal = `Cannot open display ${display}. Is an X server running there? (XAUTHORITY?)`;
  const input = openPictureInput({ name, url: display, format: "x11grab", options, refusal });
  return new ScreenSource(input, size);
}

class ScreenSource implements Source {
  readonly frame: Frame = newFrame();
  readonly #input: PictureInput;
  readonly #fitter: Fitter;
  readonly #copy = newFrame();
  #shown = newFrame();
  #grabbed = newFrame();
  /** Bytes of `#shown`, which keeps them alive. */
  #shownBytes: Buffer | undefined;

  constructor(input: PictureInput, size: PictureSize) {
    this.#input = input;
    this.#fitter = new Fitter(size);
  }

  capture(): boolean {
    if (!this.#input.read(this.#grabbed)) throw new Failure("source_lost", "The display is gone");
    const bytes = this.#grabbed.data?.[0];
    const isSame = bytes !== undefined && this.#shownBytes?.equals(bytes) === true;
    if (isSame) {
      this.#grabbed.unref();
      return false;
    }
    this.#shownBytes = bytes;
    [this.#shown, this.#grabbed] = [this.#grabbed, this.#shown];
    this.#grabbed.unref();
    // The conversion takes the frame it is given, and this one is compared with the next.
    this.#copy.ref(this.#shown);
    this.#fitter.convert(this.#copy, this.frame);
    return true;
  }

  close(): void {
    this.#shownBytes = undefined;
    for (const frame of [this.frame, this.#copy, this.#shown, this.#grabbed]) frame.free();
    this.#fitter.close();
    this.#input.close();
  }
}
