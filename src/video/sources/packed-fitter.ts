/**
 * Per frame: a picture of four bytes a pixel into the encoder's format: by our own kernel if the
 * sizes are equal, by the filter graph if it must be scaled.
 */
import {
  AV_PIX_FMT_BGR0,
  AV_PIX_FMT_RGB0,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
} from "node-av/constants";
import type { Frame } from "node-av/lib";
import { Converter, type PackedPicture } from "../convert.ts";
import { check, newFrame } from "../ffmpeg.ts";
import { Fitter } from "./fitter.ts";
import { undoing } from "./orientation.ts";
import type { PictureSize } from "./source.ts";

/**
 * Converts packed pictures of any size into the encoder’s format. Owns its frame; closed by the
 * source.
 */
export class PackedFitter {
  readonly #into: PictureSize;
  readonly #converter: Converter;
  #fitter: Fitter | undefined;
  #transform = 0;
  readonly #packed = newFrame();
  /** It holds the previous picture, converted by our own kernel: unchanged parts may stay. */
  #held: Frame | undefined;

  /** @param into even sides. */
  constructor(into: PictureSize) {
    this.#into = into;
    this.#converter = new Converter(into.width);
  }

  /** Converts the picture into `frame`, letterboxed if its aspect ratio differs. */
  convert(from: PackedPicture, frame: Frame): void {
    const isPlain = (from.transform ?? 0) === 0;
    const isSameSize = from.width === this.#into.width && from.height === this.#into.height;
    if (isSameSize && isPlain) this.#convertPlain(from, frame);
    else this.#scale(from, frame);
  }

  /** A black picture. */
  clear(frame: Frame): void {
    this.#prepare(frame);
    const [luma, ...chroma] = frame.data ?? [];
    luma?.fill(16);
    for (const plane of chroma) plane.fill(128);
  }

  close(): void {
    this.#packed.free();
    this.#fitter?.close();
  }

  #convertPlain(from: PackedPicture, frame: Frame): void {
    // The encoder may still hold the last picture: FFmpeg then gives this one memory of its own. Where it does
    // not, the planes stay the ones that were asked for before, and nothing is left to the collector.
    if (frame.width !== from.width || frame.format !== AV_PIX_FMT_YUV420P) this.#prepare(frame);
    else if (!frame.isWritable) check(frame.makeWritable(), "Cannot write a picture");
    const changed = this.#held === frame ? from.changed : undefined;
    this.#converter.convert(from, { planes: frame.data ?? [], strides: frame.linesize }, changed);
    this.#held = frame;
  }

  #prepare(frame: Frame): void {
    this.#held = undefined;
    frame.unref();
    frame.width = this.#into.width;
    frame.height = this.#into.height;
    frame.format = AV_PIX_FMT_YUV420P;
    frame.colorSpace = AVCOL_SPC_BT709;
    frame.colorRange = AVCOL_RANGE_MPEG;
    check(frame.getBuffer(), "Cannot make room for a picture");
  }

  #fitterFor(transform: number): Fitter {
    if (this.#fitter !== undefined && transform === this.#transform) return this.#fitter;
    this.#fitter?.close();
    this.#transform = transform;
    this.#fitter = new Fitter(this.#into, undoing(transform));
    return this.#fitter;
  }

  #scale(from: PackedPicture, frame: Frame): void {
    this.#held = undefined;
    const packed = this.#packed;
    packed.unref();
    packed.width = from.width;
    packed.height = from.height;
    packed.format = from.isBlueFirst ? AV_PIX_FMT_BGR0 : AV_PIX_FMT_RGB0;
    check(packed.getBuffer(), "Cannot make room for a picture");
    copyLines(from, packed);
    this.#fitterFor(from.transform ?? 0).convert(packed, frame);
  }
}

/** Width and height of a picture after it is rotated back. */
export function uprightSize({ width, height, transform = 0 }: PackedPicture): PictureSize {
  return transform % 2 === 0 ? { width, height } : { width: height, height: width };
}

function copyLines(from: PackedPicture, to: Frame): void {
  const [plane] = to.data ?? [];
  const stride = to.linesize[0] ?? 0;
  for (let line = 0; line < from.height; line++) {
    const source = from.isUpsideDown === true ? from.height - 1 - line : line;
    const start = source * from.stride;
    plane?.set(from.bytes.subarray(start, start + from.width * 4), line * stride);
  }
}
