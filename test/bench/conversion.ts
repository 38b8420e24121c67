/** Our own conversion against FFmpeg's filter graph, of one picture and by turns: processor time of the process. */
import { AV_PIX_FMT_BGR0, AVCOL_RANGE_JPEG } from "node-av/constants";
import { check, newFrame } from "../../src/video/ffmpeg.ts";
import { Fitter } from "../../src/video/sources/fitter.ts";
import { PackedFitter } from "../../src/video/sources/packed-fitter.ts";
import type { PictureSize } from "../../src/video/sources/source.ts";
import { type Row, spread } from "../support/measure.ts";

const roundCount = 9;
const pictureCount = 60;

/** Processor time of the kernel by that of the filter graph that X11 was converted by before. */
export function conversionRow(size: PictureSize): Row {
  const { width, height } = size;
  const packed = newFrame();
  packed.width = width;
  packed.height = height;
  packed.format = AV_PIX_FMT_BGR0;
  packed.colorRange = AVCOL_RANGE_JPEG;
  check(packed.getBuffer(), "Cannot make room for a picture");
  const bytes = packed.data?.[0] ?? Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 7919) >> 5;
  const [into, copy] = [newFrame(), newFrame()];
  const [kernel, graph] = [new PackedFitter(size), new Fitter(size)];
  const stride = packed.linesize[0] ?? 0;
  const byKernel = () => kernel.convert({ bytes, width, height, stride, isBlueFirst: true }, into);
  const byGraph = () => {
    copy.ref(packed);
    graph.convert(copy, into);
  };
  for (const warmUp of [byKernel, byGraph]) cpuUsOf(warmUp);
  const rounds = Array.from({ length: roundCount }, () => [cpuUsOf(byKernel), cpuUsOf(byGraph)]);
  for (const each of [kernel, graph]) each.close();
  for (const frame of [packed, into, copy]) frame.free();
  return {
    what: `conversion of a picture of ${width}x${height}, kernel : filter graph`,
    reach: "<= 0.75",
    measured: `${spread(
      rounds.map(([ours = 0, its = 1]) => ours / its),
      2,
    )}; ${spread(
      rounds.map(([ours = 0]) => ours),
      0,
    )} us`,
  };
}

/** User and system time of all threads for a picture. */
function cpuUsOf(convert: () => void): number {
  const before = process.cpuUsage();
  for (let count = 0; count < pictureCount; count++) convert();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / pictureCount;
}
