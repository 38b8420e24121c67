/**
 * The sound of a file, looped. Imported only where FFmpeg's addon is loadable. A file that ends or
 * cannot be read any further begins again; one without sound is refused. A pass lasts exactly as
 * long as the file, so that sound and picture stay together where their lengths differ. Where the
 * picture says when the film began, sound that is ahead waits, and sound that is behind is skipped.
 */
import type { Micros } from "../base/clock.ts";
import type { SharedTime } from "../base/shared-time.ts";
import { type FileDecoder, openFileDecoder } from "./file-decoder.ts";
import { type ChannelCount, type SoundSource, sampleRate } from "./format.ts";
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
 * Blocks this thread for as long as the file does not answer.
 *
 * @throws Failure `no_sound` when the file has none that can be decoded
 */
export function fileSound(path: string, sound: FileSoundOptions): SoundSource {
  return new FileSound(openFileDecoder(path, sound.channelCount), sound);
}

class FileSound implements SoundSource {
  readonly #channelCount: ChannelCount;
  readonly #filmStart: SharedTime | undefined;
  readonly #decoder: FileDecoder;
  readonly #ring: SampleRing;
  readonly #silence: Int16Array;
  /** Of this pass so far. */
  #playedSamples = 0;
  #silentSamples = 0;
  /** Of all passes: how much of the film has been played or skipped. */
  #filmSamples = 0;
  /** The next frame is the first of a pass, which may begin later than the file. */
  #isBeginning = true;
  #isUnreadable = false;

  constructor(decoder: FileDecoder, sound: FileSoundOptions) {
    const { channelCount, filmStart } = sound;
    this.#channelCount = channelCount;
    this.#filmStart = filmStart;
    this.#ring = new SampleRing({ sampleCountMax, channelCount });
    this.#silence = new Int16Array(silentCount * channelCount);
    this.#decoder = decoder;
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
    this.#decoder.close();
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
    const step = this.#decoder.step();
    if (step === "end") this.#rewind();
    else if (step === "unreadable") this.#isUnreadable = true;
    else if (step !== "nothing") {
      this.#writeLead();
      this.#write(step);
    }
  }

  /** Sound that begins later than its file is preceded by silence. */
  #writeLead(): void {
    if (!this.#isBeginning) return;
    this.#isBeginning = false;
    const seconds = this.#decoder.beginSeconds();
    if (!(seconds > 0 && seconds <= silenceSecondsMax)) return;
    for (let left = Math.round(seconds * sampleRate); left > 0; left -= silentCount) {
      this.#write(this.#silence.subarray(0, Math.min(left, silentCount) * this.#channelCount));
    }
  }

  /** What a codec adds beyond the file's length is left out. */
  #write(samples: Int16Array): void {
    const { passSamples } = this.#decoder;
    const room = passSamples > 0 ? passSamples - this.#playedSamples : samples.length;
    const kept = samples.subarray(0, Math.max(0, room) * this.#channelCount);
    this.#playedSamples += kept.length / this.#channelCount;
    this.#ring.write(kept);
  }

  #writeSilence(): void {
    const count = Math.min(this.#silentSamples, silentCount);
    this.#silentSamples -= count;
    this.#ring.write(this.#silence.subarray(0, count * this.#channelCount));
  }

  #rewind(): void {
    if (!this.#decoder.rewind()) this.#isUnreadable = true;
    const { passSamples } = this.#decoder;
    const missing = this.#playedSamples > 0 ? passSamples - this.#playedSamples : 0;
    this.#silentSamples = missing <= silenceSecondsMax * sampleRate ? Math.max(0, missing) : 0;
    this.#playedSamples = 0;
    this.#isBeginning = true;
  }
}
