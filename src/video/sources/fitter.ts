/**
 * Hot path: brings pictures of any size and pixel format into the encoder's, BT.709 in limited
 * range, letterboxed. The filter graph is made anew when the pictures change their shape.
 */
import {
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
  type AVColorSpace,
} from "node-av/constants";
import { type FilterContext, FilterGraph, type Frame } from "node-av/lib";
import { addFilter, check } from "../ffmpeg.ts";
import { fitPicture } from "./fit.ts";
import type { PictureSize } from "./source.ts";

/** Unmarked pictures of at least this height are taken for BT.709, lower ones for BT.601. */
const heightHd = 720;

type Shape = {
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly space: AVColorSpace;
  readonly range: number;
};

export class Fitter {
  readonly #into: PictureSize;
  #graph = new FilterGraph();
  #entry: FilterContext | undefined;
  #exit: FilterContext | undefined;
  #shape: Shape | undefined;

  constructor(into: PictureSize) {
    this.#into = into;
  }

  /** Converts `from`, which is empty afterwards, into `to`. */
  convert(from: Frame, to: Frame): void {
    if (from.colorSpace === AVCOL_SPC_UNSPECIFIED) from.colorSpace = guessSpace(from.height);
    if (!isShape(from, this.#shape)) this.#build(from);
    to.unref();
    check(this.#entry?.buffersrcAddFrameSync(from) ?? 0, "Cannot convert a picture");
    check(this.#exit?.buffersinkGetFrameSync(to) ?? 0, "Cannot convert a picture");
  }

  close(): void {
    this.#graph.free();
  }

  #build(from: Frame): void {
    this.#graph.free();
    this.#graph = new FilterGraph();
    this.#graph.alloc();
    const { width, height, format, colorSpace: space, colorRange: range } = from;
    const { num, den } = from.sampleAspectRatio;
    const fit = fitPicture({ width, height }, this.#into, num > 0 && den > 0 ? num / den : 1);
    this.#shape = { width, height, format, space, range };
    this.#entry = this.#add("buffer", bufferArgs(this.#shape));
    const color = "flags=bilinear:out_color_matrix=bt709:out_range=tv";
    const scale = this.#add("scale", `${fit.width}:${fit.height}:${color}`, this.#entry);
    const planar = this.#add("format", "pix_fmts=yuv420p", scale);
    const size = `${this.#into.width}:${this.#into.height}`;
    const pad = this.#add("pad", `${size}:${fit.x}:${fit.y}`, planar);
    this.#exit = this.#add("buffersink", undefined, pad);
    check(this.#graph.configSync(), `Cannot convert pictures of "${width}x${height}"`);
  }

  #add(name: string, args: string | undefined, previous?: FilterContext): FilterContext {
    return addFilter(this.#graph, args === undefined ? { name } : { name, args }, previous);
  }
}

function bufferArgs({ width, height, format, space, range }: Shape): string {
  const picture = `video_size=${width}x${height}:pix_fmt=${format}`;
  return `${picture}:colorspace=${space}:range=${range}:time_base=1/1000000`;
}

function isShape(frame: Frame, shape: Shape | undefined): boolean {
  return (
    shape !== undefined &&
    frame.width === shape.width &&
    frame.height === shape.height &&
    frame.format === shape.format &&
    frame.colorSpace === shape.space &&
    frame.colorRange === shape.range
  );
}

function guessSpace(height: number): AVColorSpace {
  return height >= heightHd ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}
