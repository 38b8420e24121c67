/**
 * Hot path: FFmpeg's moving test picture, with the frame's number and the start of its capture
 * drawn over it as a code that machines read (code-block.ts).
 */
import { FilterGraph, type Frame } from "node-av/lib";
import type { Micros } from "../../base/clock.ts";
import { drawCode, drawMark, hasRoomForMark } from "../code-block.ts";
import { addFilter, check, newFrame } from "../ffmpeg.ts";
import { frameRateOf } from "../frame-rate.ts";
import type { Source, SourceMode } from "./source.ts";

/** A source that draws for itself and gives something new in every slot. */
export function openTestSource(mode: SourceMode): Source {
  return new TestSource(mode);
}

class TestSource implements Source {
  readonly frame: Frame = newFrame();
  readonly #graph = new FilterGraph();
  readonly #sink;
  readonly #mode: SourceMode;
  /** 0 for none. */
  #mark = 0;
  /** When the first picture with it was captured; 0 until there is one. */
  #markUs = 0 as Micros;
  /** Handed to `drawCode` for each frame, so that none is made for each frame. */
  readonly #luma: { data: Uint8Array; stride: number; width: number; height: number };

  constructor(mode: SourceMode) {
    this.#mode = mode;
    this.#luma = { data: new Uint8Array(), stride: 0, width: mode.width, height: mode.height };
    this.#graph.alloc();
    // A sleeping thread takes up to 3 ms to wake, which is more than it saves.
    this.#graph.nbThreads = 1;
    const { frames, seconds } = frameRateOf(mode.fps);
    const args = `size=${mode.width}x${mode.height}:rate=${frames}/${seconds}`;
    const picture = addFilter(this.#graph, { name: "testsrc2", args });
    // Without the colours named it is drawn in BT.601, while all that is sent is marked BT.709.
    const form = "pix_fmts=yuv420p:color_spaces=bt709:color_ranges=tv";
    const format = addFilter(this.#graph, { name: "format", args: form }, picture);
    this.#sink = addFilter(this.#graph, { name: "buffersink" }, format);
    check(this.#graph.configSync(), `Cannot set up the test picture "${args}"`);
  }

  capture(index: number, captureStartUs: Micros): boolean {
    this.frame.unref();
    check(this.#sink.buffersinkGetFrameSync(this.frame), "Cannot draw the test picture");
    this.#drawCode(index, captureStartUs);
    return true;
  }

  mark(mark: number): boolean {
    if (!hasRoomForMark(this.#mode)) return false;
    this.#mark = mark;
    this.#markUs = 0 as Micros;
    return true;
  }

  close(): void {
    this.frame.free();
    this.#graph.free();
  }

  #drawCode(index: number, captureStartUs: Micros): void {
    const [plane] = this.frame.data ?? [];
    if (plane === undefined) return;
    this.#luma.data = plane;
    this.#luma.stride = this.frame.linesize[0] ?? this.#mode.width;
    drawCode(this.#luma, index, captureStartUs);
    if (this.#mark === 0) return;
    if (this.#markUs === 0) this.#markUs = captureStartUs;
    drawMark(this.#luma, this.#mark, this.#markUs);
  }
}
