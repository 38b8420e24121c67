/**
 * Per frame: brings pictures of any size and pixel format into the encoder's, BT.709 in limited
 * range, letterboxed; deinterlaced, rotated and tone-mapped if necessary. The filter graph is
 * rebuilt when the pictures change their format.
 */
import {
  AV_FRAME_FLAG_INTERLACED,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
  type AVColorSpace,
  AVERROR_EAGAIN,
} from "node-av/constants";
import { type FilterContext, FilterGraph, type Frame } from "node-av/lib";
import { addFilter, check } from "../ffmpeg.ts";
import { type Fit, fitPicture } from "./fit.ts";
import { type Orientation, upright } from "./orientation.ts";
import type { PictureSize } from "./source.ts";

/** Unmarked pictures of at least this height are assumed to be BT.709, lower ones BT.601. */
const heightHd = 720;

type Shape = {
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly space: AVColorSpace;
  readonly range: number;
  readonly isHdr: boolean;
};

/** Owns its filter graph; to be closed. */
export class Fitter {
  readonly #into: PictureSize;
  #graph = new FilterGraph();
  #entry: FilterContext | undefined;
  #exit: FilterContext | undefined;
  #shape: Shape | undefined;
  readonly #orientation: Orientation;
  /**
   * Set when a picture was: films mix both, and a graph for each would lose the picture in between.
   */
  #isInterlaced = false;

  constructor(into: PictureSize, orientation = upright) {
    this.#into = into;
    this.#orientation = orientation;
  }

  /**
   * Converts `from`, which is empty afterwards, into `to`. False when none has come out yet: the
   * first of interlaced pictures comes with the second.
   */
  convert(from: Frame, to: Frame): boolean {
    if (!this.#isInterlaced && (from.flags & AV_FRAME_FLAG_INTERLACED) !== 0) {
      this.#isInterlaced = true;
      this.#shape = undefined;
    }
    if (from.colorSpace === AVCOL_SPC_UNSPECIFIED) from.colorSpace = guessSpace(from.height);
    if (!isShape(from, this.#shape)) this.#build(from);
    to.unref();
    check(this.#entry?.buffersrcAddFrameSync(from) ?? 0, "Cannot convert a picture");
    const code = this.#exit?.buffersinkGetFrameSync(to) ?? 0;
    if (code === AVERROR_EAGAIN) return false;
    check(code, "Cannot convert a picture");
    return true;
  }

  close(): void {
    this.#graph.free();
  }

  #build(from: Frame): void {
    this.#graph.free();
    this.#graph = new FilterGraph();
    this.#graph.alloc();
    const { width, height, format, colorSpace: space, colorRange: range } = from;
    const fit = this.#fit(from);
    this.#shape = { width, height, format, space, range, isHdr: isHdr(from) };
    this.#entry = this.#add("buffer", bufferArgs(this.#shape));
    let last = this.#entry;
    if (this.#isInterlaced) last = this.#add("bwdif", "mode=send_frame:deint=interlaced", last);
    for (const { name, args } of this.#orientation.steps) last = this.#add(name, args, last);
    const { isHdr: hasHighRange } = this.#shape;
    for (const [name, args] of hasHighRange ? toneMapping(fit) : scaling(fit)) {
      last = this.#add(name, args, last);
    }
    const size = `${this.#into.width}:${this.#into.height}`;
    last = this.#add("pad", `${size}:${fit.x}:${fit.y}`, last);
    this.#exit = this.#add("buffersink", undefined, last);
    check(this.#graph.configSync(), `Cannot convert pictures of "${width}x${height}"`);
  }

  #fit({ width, height, sampleAspectRatio: { num, den } }: Frame): Fit {
    const aspect = num > 0 && den > 0 ? num / den : 1;
    return this.#orientation.isSideways
      ? fitPicture({ width: height, height: width }, this.#into, 1 / aspect)
      : fitPicture({ width, height }, this.#into, aspect);
  }

  #add(name: string, args: string | undefined, previous?: FilterContext): FilterContext {
    return addFilter(this.#graph, args === undefined ? { name } : { name, args }, previous);
  }
}

type Steps = readonly (readonly [name: string, args: string])[];

function scaling({ width, height }: PictureSize): Steps {
  const color = "flags=bilinear:out_color_matrix=bt709:out_range=tv";
  return [
    ["scale", `${width}:${height}:${color}`],
    ["format", "pix_fmts=yuv420p"],
  ];
}

/** Scaled down first: tone mapping costs much more than scaling. */
function toneMapping({ width, height }: PictureSize): Steps {
  const into = "p=bt709:t=bt709:m=bt709:r=tv:format=yuv420p";
  return [
    ["scale", `${width}:${height}:flags=bilinear`],
    ["format", "pix_fmts=yuv420p10"],
    ["tonemapx", `tonemap=bt2390:desat=0:peak=100:${into}`],
  ];
}

/** Pictures whose brightness is coded by PQ or HLG. */
function isHdr({ colorTrc }: Frame): boolean {
  return colorTrc === AVCOL_TRC_SMPTE2084 || colorTrc === AVCOL_TRC_ARIB_STD_B67;
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
    frame.colorRange === shape.range &&
    isHdr(frame) === shape.isHdr
  );
}

function guessSpace(height: number): AVColorSpace {
  return height >= heightHd ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}
