/**
 * Hot path: the pictures of one FFmpeg input (a file, a screen), decoded one by one.
 */
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVDISCARD_ALL,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVERROR_INVALIDDATA,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
  AVSEEK_FLAG_BYTE,
} from "node-av/constants";
import {
  Codec,
  CodecContext,
  Dictionary,
  FormatContext,
  type Frame,
  InputFormat,
  type Stream,
} from "node-av/lib";
import { Failure } from "../../base/failure.ts";
import { check, newPacket, openCodec } from "../ffmpeg.ts";
import { type Orientation, readOrientation } from "./orientation.ts";
import type { PictureSize } from "./source.ts";

/** An input to be opened by FFmpeg. */
export type InputOptions = {
  /** For messages. */
  readonly name: string;
  readonly url: string;
  /** FFmpeg's name of the input format; detected from the content unless given. */
  readonly format?: string;
  readonly options: Readonly<Record<string, string>>;
  /** The message if it cannot be opened, where FFmpeg's own words would not help. */
  refusal?(code: number): string;
};

const threadCountMax = 4;
/** Consecutive damaged packets before the input counts as unreadable. */
const damagedCountMax = 300;

/**
 * Blocks this thread for as long as the input does not answer, and no other: the one that started
 * the thread has a deadline.
 *
 * @throws Failure `source_unavailable` when there is no such input or no picture in it
 */
export function openPictureInput(options: InputOptions): PictureInput {
  const { input, code } = open(options);
  if (code < 0 && options.refusal !== undefined) {
    throw new Failure("source_unavailable", options.refusal(code));
  }
  try {
    check(code, "its opening failed");
    check(input.findStreamInfoSync(), "its content was not understood");
    const stream = pictureStream(input);
    return new PictureInput(input, stream, openDecoder(stream));
  } catch (cause) {
    input.closeInputSync();
    const reason = cause instanceof Error ? cause.message : `${cause}`;
    throw new Failure("source_unavailable", `Cannot open "${options.name}": ${reason}`, { cause });
  }
}

/** The current size of an input, without reading a picture; `undefined` when it is gone. */
export function readPictureSize(options: InputOptions): PictureSize | undefined {
  const { input, code } = open(options);
  if (code < 0) return undefined;
  const [stream] = input.streams;
  const size = stream && sizeOf(stream);
  input.closeInputSync();
  return size;
}

function open({ url, format, options }: InputOptions): { input: FormatContext; code: number } {
  const input = new FormatContext();
  input.allocContext();
  const inputFormat = format === undefined ? null : InputFormat.findInputFormat(format);
  return { input, code: input.openInputSync(url, inputFormat, Dictionary.fromObject(options)) };
}

function sizeOf({ codecpar: { width, height } }: Stream): PictureSize {
  return { width, height };
}

/** An open input and its decoder; reads block. To be closed. */
export class PictureInput {
  readonly stream: Stream;
  /** The size when the input was opened. */
  readonly pictureSize: PictureSize;
  /** How the pictures must be rotated. */
  readonly orientation: Orientation;
  /** Of the longest stream in the file; 0 if not stated. */
  readonly lengthUs: number;
  /** Time stamp of the first content in the file; absent if not stated. */
  readonly startUs: number | undefined;
  readonly #input: FormatContext;
  readonly #decoder: CodecContext;
  readonly #packet = newPacket();
  readonly #streamIndex: number;
  #damagedCount = 0;

  constructor(input: FormatContext, stream: Stream, decoder: CodecContext) {
    this.#input = input;
    this.#decoder = decoder;
    this.stream = stream;
    this.pictureSize = sizeOf(stream);
    this.orientation = readOrientation(stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
    // In units of AV_TIME_BASE, which are microseconds.
    this.lengthUs = Math.max(0, Number(input.duration));
    this.startUs = input.startTime === AV_NOPTS_VALUE ? undefined : Number(input.startTime);
    this.#streamIndex = stream.index;
  }

  /** The next picture into `frame`; false at the end. Throws when the input cannot be read. */
  read(frame: Frame): boolean {
    for (;;) {
      const code = this.#decoder.receiveFrameSync(frame);
      if (code >= 0) return true;
      if (code === AVERROR_EOF) return false;
      if (code === AVERROR_EAGAIN) this.#feed();
      else this.#tolerate(code);
    }
  }

  /** Rewinds. */
  rewind(): void {
    // Time 0 lies at or before the first key frame; seeking to the first picture's own time would
    // skip it if pictures are stored out of order.
    if (this.#input.seekFrameSync(this.#streamIndex, 0n, AVSEEK_FLAG_BACKWARD) < 0) {
      // Elementary streams have no time to seek by.
      check(this.#input.seekFrameSync(this.#streamIndex, 0n, AVSEEK_FLAG_BYTE), "Cannot rewind");
    }
    this.#decoder.flushBuffers();
  }

  close(): void {
    this.#packet.free();
    this.#decoder.freeContext();
    this.#input.closeInputSync();
  }

  /** One packet into the decoder, or the end marker. */
  #feed(): void {
    const code = this.#input.readFrameSync(this.#packet);
    if (code === AVERROR_EOF) {
      this.#decoder.sendPacketSync(null);
      return;
    }
    check(code, "Cannot read the next picture");
    if (this.#packet.streamIndex === this.#streamIndex) {
      const sent = this.#decoder.sendPacketSync(this.#packet);
      if (sent < 0) this.#tolerate(sent);
      else this.#damagedCount = 0;
    }
    this.#packet.unref();
  }

  #tolerate(code: number): void {
    this.#damagedCount += 1;
    if (code === AVERROR_INVALIDDATA && this.#damagedCount <= damagedCountMax) return;
    check(code, "Cannot decode the next picture");
  }
}

function pictureStream(input: FormatContext): Stream {
  const index = input.findBestStream(AVMEDIA_TYPE_VIDEO);
  const { streams } = input;
  const best = streams[index];
  // A cover is a picture in a sound file, not a film.
  if (best === undefined || best.hasDisposition(AV_DISPOSITION_ATTACHED_PIC)) {
    throw new Failure("no_picture", "it has no video");
  }
  for (const other of streams) if (other.index !== index) other.discard = AVDISCARD_ALL;
  return best;
}

function openDecoder(stream: Stream): CodecContext {
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (codec === null) throw new Failure("no_decoder", "there is no decoder for its video");
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  check(decoder.parametersToContext(stream.codecpar), "its pictures are not understood");
  decoder.pktTimebase = stream.timeBase;
  decoder.threadCount = Math.min(navigator.hardwareConcurrency, threadCountMax);
  openCodec(decoder, codec);
  return decoder;
}
