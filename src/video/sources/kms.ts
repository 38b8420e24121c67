/**
 * Per frame: what a graphics card shows, whatever draws it, by FFmpeg's kmsgrab. Experimental: it
 * needs rights over the whole card, sees no cursor plane, and compares pictures, since changes are
 * not reported.
 */

import type { Frame } from "node-av/lib";
import { Failure } from "../../base/failure.ts";
import type { InputTarget } from "../../desktop/input-target.ts";
import { check, newFrame } from "../ffmpeg.ts";
import { Fitter } from "./fitter.ts";
import { openPictureInput, type PictureInput } from "./picture-input.ts";
import type { PictureSize, Source } from "./source.ts";

/** Far above any stream's rate: the grabber would wait inside the read, but we wait ourselves. */
const grabRate = "1000";

/**
 * @param card such as `card1`; empty for the first.
 * @throws Failure `source_unavailable` without the card or the rights.
 */
export function openKmsSource(card: string, size: PictureSize): Source {
  const device = `/dev/dri/${card === "" ? "card0" : card}`;
  const input = openPictureInput({
    name: `kms:${card}`,
    url: "-",
    format: "kmsgrab",
    options: { device, framerate: grabRate },
    refusal: (code) =>
      `Cannot open "kms:${card}": ${device} is not there, or the right CAP_SYS_ADMIN is missing (${code})`,
  });
  return new CardSource(input, size);
}

class CardSource implements Source {
  readonly frame: Frame = newFrame();
  readonly #input: PictureInput;
  readonly #fitter: Fitter;
  readonly #onCard = newFrame();
  readonly #copy = newFrame();
  #shown = newFrame();
  #read = newFrame();
  /** Bytes of `#shown`, which keeps them alive. */
  #shownBytes: Buffer | undefined;

  constructor(input: PictureInput, size: PictureSize) {
    this.#input = input;
    this.#fitter = new Fitter(size);
  }

  get pictureSize(): PictureSize {
    return this.#input.pictureSize;
  }

  /** Without a desktop, input goes through devices of the machine. */
  openInputTarget(): InputTarget {
    return { kind: "seat", size: this.pictureSize };
  }

  capture(): boolean {
    if (!this.#input.read(this.#onCard)) throw new Failure("source_lost", "the card is gone");
    this.#read.unref();
    check(this.#onCard.hwframeTransferDataSync(this.#read), "Cannot read the card's memory");
    this.#onCard.unref();
    const bytes = this.#read.data?.[0];
    if (bytes !== undefined && this.#shownBytes?.equals(bytes) === true) return false;
    this.#shownBytes = bytes;
    [this.#shown, this.#read] = [this.#read, this.#shown];
    // The conversion takes over the frame it is given, and this one is compared with the next.
    this.#copy.ref(this.#shown);
    this.#fitter.convert(this.#copy, this.frame);
    return true;
  }

  close(): void {
    this.#shownBytes = undefined;
    for (const frame of [this.frame, this.#copy, this.#shown, this.#read, this.#onCard])
      frame.free();
    this.#fitter.close();
    this.#input.close();
  }
}
