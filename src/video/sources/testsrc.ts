/**
 * Hot path: FFmpeg's moving test picture, with the frame's number and the start of its capture
 * drawn over it as a code that machines read (code-block.ts).
 *
 * Leaves the collector nothing: the binding reports a picture that a filter graph hands out as newly
 * allocated, but not one that a decoder puts in place of the last; and its planes are never asked
 * for, since the code is copied over it from a picture of its own.
 */
import { AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUV420P } from "node-av/constants";
import { Codec, CodecContext, FormatContext, type Frame, InputFormat } from "node-av/lib";
import { assert } from "../../base/assert.ts";
import type { Micros } from "../../base/clock.ts";
import { codePlace, drawCode, drawMark, hasRoomForMark, type Luma } from "../code-block.ts";
import { check, newFrame, newPacket, openCodec } from "../ffmpeg.ts";
import { frameRateOf } from "../frame-rate.ts";
import type { Source, SourceMode } from "./source.ts";

/** A source that draws by itself and has a new picture in every slot. */
export function openTestSource(mode: SourceMode): Source {
  return new TestSource(mode);
}

class TestSource implements Source {
  readonly frame: Frame = newFrame();
  readonly #input = new FormatContext();
  readonly #packet = newPacket();
  readonly #decoder: CodecContext;
  readonly #mode: SourceMode;
  #overlay: Overlay | undefined;
  /** 0 for none. */
  #mark = 0;
  /** When the first picture with it was captured; 0 until there is one. */
  #markUs = 0 as Micros;

  constructor(mode: SourceMode) {
    this.#mode = mode;
    const { frames, seconds } = frameRateOf(mode.fps);
    const picture = `testsrc2=size=${mode.width}x${mode.height}:rate=${frames}/${seconds}`;
    // Without explicit colours it is drawn in BT.601, while everything sent is marked BT.709.
    const graph = `${picture},format=pix_fmts=yuv420p:color_spaces=bt709:color_ranges=tv`;
    const format = InputFormat.findInputFormat("lavfi");
    check(this.#input.openInputSync(graph, format), `Cannot set up the test picture "${graph}"`);
    this.#decoder = openDecoder(this.#input);
    this.#overlay = openOverlay(mode, { isMarked: false });
  }

  capture(index: number, captureStartUs: Micros): boolean {
    const doing = "Cannot draw the test picture";
    check(this.#input.readFrameSync(this.#packet), doing);
    check(this.#decoder.sendPacketSync(this.#packet), doing);
    this.#packet.unref();
    check(this.#decoder.receiveFrameSync(this.frame), doing);
    this.#drawCode(index, captureStartUs);
    return true;
  }

  mark(mark: number): boolean {
    if (!hasRoomForMark(this.#mode)) return false;
    if (this.#mark === 0) {
      this.#overlay?.frame.free();
      this.#overlay = openOverlay(this.#mode, { isMarked: true });
    }
    this.#mark = mark;
    this.#markUs = 0 as Micros;
    return true;
  }

  close(): void {
    this.#overlay?.frame.free();
    this.frame.free();
    this.#packet.free();
    this.#decoder.freeContext();
    this.#input.closeInputSync();
  }

  #drawCode(index: number, captureStartUs: Micros): void {
    if (this.#overlay === undefined) return;
    const { frame, luma } = this.#overlay;
    drawCode(luma, index, captureStartUs);
    if (this.#mark !== 0) {
      if (this.#markUs === 0) this.#markUs = captureStartUs;
      drawMark(luma, this.#mark, this.#markUs);
    }
    // Copied at the top left, into the luma alone.
    this.frame.format = AV_PIX_FMT_GRAY8;
    check(this.frame.copy(frame), "Cannot draw the code");
    this.frame.format = AV_PIX_FMT_YUV420P;
  }
}

/** What is copied over the picture, and its bytes. */
type Overlay = { readonly frame: Frame; readonly luma: Luma };

/** As large as the code, with the mark below it where there is one; undefined where the picture is too small. */
function openOverlay(mode: SourceMode, { isMarked }: { isMarked: boolean }): Overlay | undefined {
  const place = codePlace(mode, { isMarked });
  if (place === undefined) return undefined;
  const frame = newFrame();
  frame.format = AV_PIX_FMT_GRAY8;
  frame.width = place.width;
  frame.height = place.height;
  check(frame.getBuffer(), "Cannot make room for the code");
  const data = frame.data?.[0] ?? new Uint8Array();
  data.fill(16);
  const { width, height } = mode;
  return { frame, luma: { data, stride: frame.linesize[0] ?? place.width, width, height } };
}

/** Of the pictures of FFmpeg's virtual input, which its packets refer to. */
function openDecoder({ streams: [stream] }: FormatContext): CodecContext {
  const codec = stream && Codec.findDecoder(stream.codecpar.codecId);
  assert(stream !== undefined && codec, "FFmpeg decodes the pictures of its own input");
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  check(decoder.parametersToContext(stream.codecpar), "Cannot open the test picture");
  openCodec(decoder, codec);
  return decoder;
}
