/**
 * The sound of a file, looped. Imported only where FFmpeg's addon is loadable. A file that ends or
 * cannot be read any further begins again; one without sound is refused. A pass lasts exactly as
 * long as the file, so that sound and picture stay together where their lengths differ. Where the
 * picture says when the film began, sound that is ahead waits, and sound that is behind is skipped.
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
import type { Micros } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import type { SharedTime } from "../base/shared-time.ts";
import {
  bytesPerValue,
  type ChannelCount,
  type SoundSource,
  sampleRate,
  spreadStereo,
} from "./format.ts";
import { SampleRing } from "./sample-ring.ts";

/** The longest frame of any codec, several times over. */
const sampleCountMax = sampleRate;
/** Calls of the decoder that may bring nothing before the file counts as unreadable. */
const emptyCountMax = 2000;
/** Silence is written in pieces of 10 ms. */
const silentCount = sampleRate / 100;
/** A file that says it lasts so much longer than its sound is not believed. */
const silenceSecondsMax = 600;
/** So far apart nobody sees that sound and picture do not belong together. */
const apartCountMax = sampleRate / 50;
/** Sound that is ahead by so much more belongs to a showing of the film that is over. */
const aheadCountMax = 2 * sampleRate;

/** Who a file is played for. */
export type FileSoundOptions = {
  /** Of the player. A file with more than two is played on as many as there are; stereo is spread. */
  readonly channelCount: ChannelCount;
  /** When the film that is shown began: nothing is played before. Its own pace if left out. */
  readonly filmStart?: SharedTime;
};

/**
 * Blocks this thread for as long as the file does not answer, and no other: an asynchronous call
 * would hold a thread of the runtime's pool, which all file work of the process shares.
 *
 * @throws Failure `no_sound` when the file has none that can be decoded
 */
export function fileSound(path: string, sound: FileSoundOptions): SoundSource {
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
    const stream = openDecoder(path, input, decoder);
    return new FileSound({ input, stream, decoder }, sound);
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

/** A file with an open decoder. */
type OpenFile = {
  readonly input: FormatContext;
  readonly stream: Stream;
  readonly decoder: CodecContext;
};

class FileSound implements SoundSource {
  readonly #channelCount: ChannelCount;
  readonly #filmStart: SharedTime | undefined;
  readonly #input: FormatContext;
  readonly #stream: Stream;
  readonly #decoder: CodecContext;
  readonly #packet = new Packet();
  readonly #decoded = new Frame();
  readonly #resampled = new Frame();
  readonly #resampler = new SoftwareResampleContext();
  readonly #ring: SampleRing;
  readonly #silence: Int16Array;
  /** Samples of one pass; 0 when the file does not say how long it is. */
  readonly #passSamples: number;
  /** Of this pass so far. */
  #playedSamples = 0;
  #silentSamples = 0;
  /** Of all passes: how much of the film has been played or skipped. */
  #filmSamples = 0;
  /** The next frame is the first of a pass, which may begin later than the file. */
  #isBeginning = true;
  #isUnreadable = false;

  constructor({ input, stream, decoder }: OpenFile, sound: FileSoundOptions) {
    const { channelCount, filmStart } = sound;
    this.#channelCount = channelCount;
    this.#filmStart = filmStart;
    this.#ring = new SampleRing({ sampleCountMax, channelCount });
    this.#silence = new Int16Array(silentCount * channelCount);
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

  read(target: Int16Array, dueUs: Micros): void {
    if (!this.#isDue(dueUs)) {
      target.fill(0);
      return;
    }
    const wanted = target.length / this.#channelCount;
    this.#decode(wanted);
    this.#ring.read(target);
    this.#filmSamples += wanted;
  }

  close(): void {
    this.#packet.free();
    this.#decoded.free();
    this.#resampled.free();
    this.#resampler.free();
    this.#decoder.freeContext();
    this.#input.closeInputSync();
  }

  /** Whether the film has reached the next sample; skips what it has passed, a second at most. */
  #isDue(dueUs: Micros): boolean {
    if (this.#filmStart === undefined) return true;
    const startUs = this.#filmStart.get();
    if (startUs === undefined) return false;
    const behind = Math.round(((dueUs - startUs) * sampleRate) / 1e6) - this.#filmSamples;
    if (behind < -aheadCountMax) this.#startOver();
    else if (behind > apartCountMax) this.#skip(Math.min(behind, sampleRate));
    return behind >= -apartCountMax && behind <= sampleRate;
  }

  #skip(sampleCount: number): void {
    for (let left = sampleCount; left > 0 && !this.#isUnreadable; ) {
      this.#decode(1);
      left -= this.#ring.drop(left);
    }
    this.#filmSamples += sampleCount;
  }

  /** The film is shown from its beginning again. */
  #startOver(): void {
    this.#rewind();
    this.#ring.drop(sampleCountMax);
    this.#silentSamples = 0;
    this.#filmSamples = 0;
  }

  /** Until so many samples wait. */
  #decode(wanted: number): void {
    for (let count = 0; this.#ring.count < wanted && !this.#isUnreadable; count++) {
      if (count > emptyCountMax) this.#isUnreadable = true;
      else this.#step();
    }
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
    this.#nameLayout();
    const isStereo = this.#channelCount === 2 || this.#decoded.channelLayout.nbChannels <= 2;
    target.channelLayout = isStereo ? layouts[2] : layouts[this.#channelCount];
    if (this.#resampler.convertFrame(target, this.#decoded) < 0) {
      // The sound has changed its form in the middle; the resampler is set up again for it.
      this.#resampler.close();
      if (this.#resampler.convertFrame(target, this.#decoded) < 0) return;
    }
    const { nbChannels } = target.channelLayout;
    const bytes = target.data?.[0]?.subarray(0, target.nbSamples * nbChannels * bytesPerValue);
    if (bytes === undefined) return;
    // A copy of its own begins where 16-bit numbers may begin.
    const samples = new Int16Array(new Uint8Array(bytes).buffer);
    this.#writeLead();
    this.#write(isStereo ? spreadStereo(samples, this.#channelCount) : samples);
  }

  /** Sound that begins later than its file is preceded by silence. */
  #writeLead(): void {
    if (!this.#isBeginning) return;
    this.#isBeginning = false;
    const { num, den } = this.#stream.timeBase;
    const stamp = this.#decoded.bestEffortTimestamp;
    const { startTime } = this.#input;
    if (stamp === AV_NOPTS_VALUE || startTime === AV_NOPTS_VALUE) return;
    const seconds = (Number(stamp) * num) / den - Number(startTime) / 1e6;
    if (!(seconds > 0 && seconds <= silenceSecondsMax)) return;
    for (let left = Math.round(seconds * sampleRate); left > 0; left -= silentCount) {
      this.#write(this.#silence.subarray(0, Math.min(left, silentCount) * this.#channelCount));
    }
  }

  /** What a codec adds beyond the file's length is left out. */
  #write(samples: Int16Array): void {
    const room = this.#passSamples > 0 ? this.#passSamples - this.#playedSamples : samples.length;
    const kept = samples.subarray(0, Math.max(0, room) * this.#channelCount);
    this.#playedSamples += kept.length / this.#channelCount;
    this.#ring.write(kept);
  }

  #writeSilence(): void {
    const count = Math.min(this.#silentSamples, silentCount);
    this.#silentSamples -= count;
    this.#ring.write(this.#silence.subarray(0, count * this.#channelCount));
  }

  /** Files may leave open which speakers they mean; the resampler takes that for a change. */
  #nameLayout(): void {
    const { order, nbChannels } = this.#decoded.channelLayout;
    if (order !== AV_CHANNEL_ORDER_UNSPEC) return;
    const named = nbChannels === 1 ? AV_CHANNEL_LAYOUT_MONO : layoutOf(nbChannels);
    if (named !== undefined) this.#decoded.channelLayout = named;
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
    this.#isBeginning = true;
  }
}

/** In FFmpeg's words; the order of the speakers is the same. */
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
