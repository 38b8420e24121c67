/**
 * The sound of a file, looped. Imported only where FFmpeg's addon is loadable. A file that ends or
 * cannot be read any further begins again; one without sound is refused. A pass lasts exactly as
 * long as the file, so that sound and picture stay together where their lengths differ.
 */
import { statSync } from "node:fs";
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CHANNEL_ORDER_UNSPEC,
  AV_LOG_QUIET,
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
import { channelCount, type SoundSource, sampleRate } from "./format.ts";
import { SampleRing } from "./sample-ring.ts";

/** The longest frame of any codec, several times over. */
const sampleCountMax = sampleRate;
/** Calls of the decoder that may bring nothing before the file counts as unreadable. */
const emptyCountMax = 2000;
/** Silence is written in pieces of 10 ms. */
const silence = new Int16Array((sampleRate / 100) * channelCount);
/** A file that says it lasts so much longer than its sound is not believed. */
const silenceSecondsMax = 600;

/**
 * Blocks this thread for as long as the file does not answer, and no other: an asynchronous call
 * would hold a thread of the runtime's pool, which all file work of the process shares.
 *
 * @throws Failure `no_sound` when the file has none that can be decoded
 */
export function fileSound(path: string): SoundSource {
  Log.setLevel(AV_LOG_QUIET);
  checkFile(path);
  const input = new FormatContext();
  input.allocContext();
  // The prefix keeps a path from being taken for another protocol; a playlist stays on the disk.
  const options = Dictionary.fromObject({ protocol_whitelist: "file" });
  const opened = input.openInputSync(`file:${path}`, null, options);
  if (opened < 0) throw noSound(path, "its opening failed");
  const decoder = new CodecContext();
  try {
    if (input.findStreamInfoSync() < 0) throw noSound(path, "its content was not understood");
    return new FileSound(input, openDecoder(path, input, decoder), decoder);
  } catch (cause) {
    decoder.freeContext();
    input.closeInputSync();
    throw cause;
  }
}

/** Opening a pipe that nobody writes to would block for ever. */
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

class FileSound implements SoundSource {
  readonly #input: FormatContext;
  readonly #stream: Stream;
  readonly #decoder: CodecContext;
  readonly #packet = new Packet();
  readonly #decoded = new Frame();
  readonly #resampled = new Frame();
  readonly #resampler = new SoftwareResampleContext();
  readonly #ring = new SampleRing({ sampleCountMax });
  /** Samples of one pass; 0 when the file does not say how long it is. */
  readonly #passSamples: number;
  /** Of this pass so far. */
  #playedSamples = 0;
  #silentSamples = 0;
  #isUnreadable = false;

  constructor(input: FormatContext, stream: Stream, decoder: CodecContext) {
    this.#input = input;
    this.#stream = stream;
    this.#decoder = decoder;
    this.#packet.alloc();
    this.#decoded.alloc();
    this.#resampled.alloc();
    this.#resampler.alloc();
    // The duration is in microseconds, below zero when it is not known.
    this.#passSamples = Math.max(0, Math.round((Number(input.duration) * sampleRate) / 1e6));
  }

  read(target: Int16Array): void {
    const wanted = target.length / channelCount;
    for (let count = 0; this.#ring.count < wanted && !this.#isUnreadable; count++) {
      if (count > emptyCountMax) this.#isUnreadable = true;
      else this.#step();
    }
    this.#ring.read(target);
  }

  close(): void {
    this.#packet.free();
    this.#decoded.free();
    this.#resampled.free();
    this.#resampler.free();
    this.#decoder.freeContext();
    this.#input.closeInputSync();
  }

  /** One call of the decoder: a frame, or the packet or the rewind that it needs. */
  #step(): void {
    if (this.#silentSamples > 0) {
      this.#writeSilence();
      return;
    }
    const code = this.#decoder.receiveFrameSync(this.#decoded);
    if (code >= 0) this.#resample();
    else if (code === AVERROR_EAGAIN) this.#feed();
    else this.#rewind();
  }

  #resample(): void {
    const target = this.#resampled;
    target.unref();
    target.format = AV_SAMPLE_FMT_S16;
    target.sampleRate = sampleRate;
    target.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
    this.#nameLayout();
    if (this.#resampler.convertFrame(target, this.#decoded) < 0) {
      // The sound has changed its form in the middle; the resampler is set up again for it.
      this.#resampler.close();
      if (this.#resampler.convertFrame(target, this.#decoded) < 0) return;
    }
    const bytes = target.data?.[0]?.subarray(0, target.nbSamples * channelCount * 2);
    if (bytes === undefined) return;
    // A copy of its own begins where 16-bit numbers may begin.
    this.#write(new Int16Array(new Uint8Array(bytes).buffer));
  }

  /** What a codec adds beyond the file's length is left out. */
  #write(samples: Int16Array): void {
    const room = this.#passSamples > 0 ? this.#passSamples - this.#playedSamples : samples.length;
    const kept = samples.subarray(0, Math.max(0, room) * channelCount);
    this.#playedSamples += kept.length / channelCount;
    this.#ring.write(kept);
  }

  #writeSilence(): void {
    const count = Math.min(this.#silentSamples, silence.length / channelCount);
    this.#silentSamples -= count;
    this.#ring.write(silence.subarray(0, count * channelCount));
  }

  /** Files may leave open which speakers they mean; the resampler takes that for a change. */
  #nameLayout(): void {
    const { order, nbChannels } = this.#decoded.channelLayout;
    if (order !== AV_CHANNEL_ORDER_UNSPEC || nbChannels > channelCount) return;
    this.#decoded.channelLayout =
      nbChannels === 1 ? AV_CHANNEL_LAYOUT_MONO : AV_CHANNEL_LAYOUT_STEREO;
  }

  #feed(): void {
    const code = this.#input.readFrameSync(this.#packet);
    if (code === AVERROR_EOF) {
      this.#decoder.sendPacketSync(null);
      return;
    }
    if (code < 0) {
      this.#isUnreadable = true;
      return;
    }
    if (this.#packet.streamIndex === this.#stream.index) this.#decoder.sendPacketSync(this.#packet);
    this.#packet.unref();
  }

  #rewind(): void {
    const code = this.#input.seekFrameSync(this.#stream.index, 0n, AVSEEK_FLAG_BACKWARD);
    if (code < 0) this.#isUnreadable = true;
    this.#decoder.flushBuffers();
    const missing = this.#playedSamples > 0 ? this.#passSamples - this.#playedSamples : 0;
    this.#silentSamples = missing <= silenceSecondsMax * sampleRate ? Math.max(0, missing) : 0;
    this.#playedSamples = 0;
  }
}

function noSound(path: string, reason: string): Failure {
  return new Failure("no_sound", `Cannot play the sound of "${path}": ${reason}`);
}
