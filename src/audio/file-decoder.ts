/**
 * The sound of a file as samples of the one rate, frame by frame. Imported only where FFmpeg's
 * addon is loadable. Calls block only this thread while the file does not answer: an asynchronous
 * call would hold a thread of the runtime's pool, which all file work of the process shares.
 */
import { statSync } from "node:fs";
import {
  AV_CHANNEL_LAYOUT_5POINT1_BACK,
  AV_CHANNEL_LAYOUT_7POINT1,
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CHANNEL_ORDER_UNSPEC,
  AV_LOG_QUIET,
  AV_NOPTS_VALUE,
  AV_SAMPLE_FMT_S16,
  AVDISCARD_ALL,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVMEDIA_TYPE_AUDIO,
  AVSEEK_FLAG_BACKWARD,
} from "node-av/constants";
import {
  Codec,
  CodecContext,
  Dictionary,
  FormatContext,
  Frame,
  Log,
  Packet,
  SoftwareResampleContext,
  type Stream,
} from "node-av/lib";
import { Failure } from "../base/failure.ts";
import { bytesPerValue, type ChannelCount, sampleRate, spreadStereo } from "./format.ts";

/** @throws Failure `no_sound` when the file has none that can be decoded */
export function openFileDecoder(path: string, channelCount: ChannelCount): FileDecoder {
  Log.setLevel(AV_LOG_QUIET);
  checkFile(path);
  const input = new FormatContext();
  input.allocContext();
  // The prefix keeps a path from being parsed as another protocol; a playlist must be a local file.
  const options = Dictionary.fromObject({ protocol_whitelist: "file" });
  const opened = input.openInputSync(`file:${path}`, null, options);
  if (opened < 0) throw noSound(path, "its opening failed");
  const decoder = new CodecContext();
  try {
    if (input.findStreamInfoSync() < 0) throw noSound(path, "its content was not understood");
    const stream = openDecoder(path, input, decoder);
    return new FileDecoder({ input, stream, decoder }, channelCount);
  } catch (cause) {
    decoder.freeContext();
    input.closeInputSync();
    throw cause;
  }
}

/** Opening a pipe without a writer would block forever. */
function checkFile(path: string): void {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) throw noSound(path, "there is no such file");
  if (!file.isFile()) throw noSound(path, "it is not a regular file");
}

function openDecoder(path: string, input: FormatContext, decoder: CodecContext): Stream {
  const stream = input.streams[input.findBestStream(AVMEDIA_TYPE_AUDIO)];
  if (stream === undefined) throw noSound(path, "it has none");
  for (const other of input.streams)
    if (other.index !== stream.index) other.discard = AVDISCARD_ALL;
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (codec === null) throw noSound(path, "there is no decoder for it");
  decoder.allocContext3(codec);
  const isReady =
    decoder.parametersToContext(stream.codecpar) >= 0 && decoder.open2Sync(codec, null) >= 0;
  if (!isReady) throw noSound(path, "its decoder cannot be opened");
  return stream;
}

/** A file with an open decoder. */
type OpenFile = {
  readonly input: FormatContext;
  readonly stream: Stream;
  readonly decoder: CodecContext;
};

/** Interleaved samples; or the other results of a decoder call. */
export type DecodedSound = Int16Array | "nothing" | "end" | "unreadable";

/** Owns the file. */
export class FileDecoder {
  readonly #channelCount: ChannelCount;
  readonly #input: FormatContext;
  readonly #stream: Stream;
  readonly #decoder: CodecContext;
  readonly #packet = new Packet();
  readonly #decoded = new Frame();
  readonly #resampled = new Frame();
  readonly #resampler = new SoftwareResampleContext();
  /** Samples of one pass; 0 when the file does not state its length. */
  readonly passSamples: number;

  constructor({ input, stream, decoder }: OpenFile, channelCount: ChannelCount) {
    this.#channelCount = channelCount;
    this.#input = input;
    this.#stream = stream;
    this.#decoder = decoder;
    this.#packet.alloc();
    this.#decoded.alloc();
    this.#resampled.alloc();
    this.#resampler.alloc();
    // The duration is in microseconds, negative when unknown.
    this.passSamples = Math.max(0, Math.round((Number(input.duration) * sampleRate) / 1e6));
  }

  /** One call of the decoder: a frame, or the packet it needs. */
  step(): DecodedSound {
    const code = this.#decoder.receiveFrameSync(this.#decoded);
    if (code >= 0) return this.#resample() ?? "nothing";
    return code === AVERROR_EAGAIN ? this.#feed() : "end";
  }

  /** How long after the file's start the last frame begins; 0 if unknown. */
  beginSeconds(): number {
    const { num, den } = this.#stream.timeBase;
    const stamp = this.#decoded.bestEffortTimestamp;
    const { startTime } = this.#input;
    if (stamp === AV_NOPTS_VALUE || startTime === AV_NOPTS_VALUE) return 0;
    return (Number(stamp) * num) / den - Number(startTime) / 1e6;
  }

  /** Rewinds; false if the file cannot be read again. */
  rewind(): boolean {
    const code = this.#input.seekFrameSync(this.#stream.index, 0n, AVSEEK_FLAG_BACKWARD);
    this.#decoder.flushBuffers();
    return code >= 0;
  }

  close(): void {
    this.#packet.free();
    this.#decoded.free();
    this.#resampled.free();
    this.#resampler.free();
    this.#decoder.freeContext();
    this.#input.closeInputSync();
  }

  #resample(): Int16Array | undefined {
    const target = this.#resampled;
    target.unref();
    target.format = AV_SAMPLE_FMT_S16;
    target.sampleRate = sampleRate;
    this.#nameLayout();
    const isStereo = this.#channelCount === 2 || this.#decoded.channelLayout.nbChannels <= 2;
    target.channelLayout = isStereo ? layouts[2] : layouts[this.#channelCount];
    if (this.#resampler.convertFrame(target, this.#decoded) < 0) {
      // The format has changed in the middle; the resampler is set up again.
      this.#resampler.close();
      if (this.#resampler.convertFrame(target, this.#decoded) < 0) return undefined;
    }
    const { nbChannels } = target.channelLayout;
    const bytes = target.data?.[0]?.subarray(0, target.nbSamples * nbChannels * bytesPerValue);
    if (bytes === undefined) return undefined;
    // A copy is aligned for 16-bit numbers.
    const samples = new Int16Array(new Uint8Array(bytes).buffer);
    return isStereo ? spreadStereo(samples, this.#channelCount) : samples;
  }

  /** Files may leave the speakers undefined; the resampler takes that for a change. */
  #nameLayout(): void {
    const { order, nbChannels } = this.#decoded.channelLayout;
    if (order !== AV_CHANNEL_ORDER_UNSPEC) return;
    const named = nbChannels === 1 ? AV_CHANNEL_LAYOUT_MONO : layoutOf(nbChannels);
    if (named !== undefined) this.#decoded.channelLayout = named;
  }

  #feed(): "nothing" | "unreadable" {
    const code = this.#input.readFrameSync(this.#packet);
    if (code === AVERROR_EOF) {
      this.#decoder.sendPacketSync(null);
      return "nothing";
    }
    if (code < 0) return "unreadable";
    if (this.#packet.streamIndex === this.#stream.index) this.#decoder.sendPacketSync(this.#packet);
    this.#packet.unref();
    return "nothing";
  }
}

/** FFmpeg's names; the order of the speakers is the same. */
const layouts = {
  2: AV_CHANNEL_LAYOUT_STEREO,
  6: AV_CHANNEL_LAYOUT_5POINT1_BACK,
  8: AV_CHANNEL_LAYOUT_7POINT1,
} as const;

function layoutOf(count: number) {
  return count === 2 || count === 6 || count === 8 ? layouts[count] : undefined;
}

function noSound(path: string, reason: string): Failure {
  return new Failure("no_sound", `Cannot play the sound of "${path}": ${reason}`);
}
