/**
 * Per frame: one flat picture, for calibration. The first frame is new, all others are repeats of it.
 */
import { FilterGraph, type Frame } from "node-av/lib";
import { addFilter, check, newFrame } from "../ffmpeg.ts";
import type { Source, SourceMode } from "./source.ts";

/** @param rgb six hex digits */
export function openColorSource(rgb: string, mode: SourceMode): Source {
  const frame = newFrame();
  drawColor(frame, rgb, mode);
  let isNew = true;
  return {
    frame,
    capture: () => {
      const wasNew = isNew;
      isNew = false;
      return wasNew;
    },
    close: () => frame.free(),
  };
}

function drawColor(frame: Frame, rgb: string, { width, height, fps }: SourceMode): void {
  const graph = new FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  const args = `color=0x${rgb}:size=${width}x${height}:rate=${fps}`;
  const picture = addFilter(graph, { name: "color", args });
  // Everything sent is marked BT.709 in limited range.
  const form = "pix_fmts=yuv420p:color_spaces=bt709:color_ranges=tv";
  const format = addFilter(graph, { name: "format", args: form }, picture);
  const sink = addFilter(graph, { name: "buffersink" }, format);
  check(graph.configSync(), `Cannot set up the picture "${args}"`);
  check(sink.buffersinkGetFrameSync(frame), "Cannot draw the picture");
  graph.free();
}
