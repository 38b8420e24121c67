/**
 * The sound of a file, looped. Imported only where FFmpeg's addon is loadable. A file that ends or
 * becomes unreadable starts over; one without sound is refused. A pass lasts exactly as long as the
 * file, so that sound and picture stay in sync if their lengths differ. If the picture reports when
 * the film began, early sound waits, and late sound is skipped.
 */
import type { Micros } from "../base/clock.ts";
import type { SharedTime } from "../base/shared-time.ts";
import { type FileDecoder, openFileDecoder } from "./file-decoder.ts";
import { type ChannelCount, type SoundSource, sampleRate } from "./format.ts";
import { SampleRing } from "./sample-ring.ts";

/** The longest frame of any codec, several times over. */
const sampleCountMax = sampleRate;
/** Decoder calls without a result before the file counts as unreadable. */
const emptyCountMax = 2000;
/** Silence is written in chunks of 10 ms. */
const silentCount = sampleRate / 100;
/** If a file claims to last this much longer than its sound, the claim is ignored. */
const silenceSecondsMax = 600;
/** An offset this small is not noticed. */
const apartCountMax = sampleRate / 50;
/** Sound this much further ahead belongs to an earlier pass of the film. */
const aheadCountMax = 2 * sampleRate;

/** Options of the playback. */
export type FileSoundOptions = {
  /** The player's. A file with more than two is played on at most that many; stereo is upmixed. */
  readonly channelCount: ChannelCount;
  /** When the shown film began: nothing is played before. Its own pace if left out. */
  readonly filmStart?: SharedTime;
};

/**
 * Blocks this thread while the file does not answer.
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
  /** In this pass so far. */
  #playedSamples = 0;
  #silentSamples = 0;
  /** In all passes: how much of the film has been played or skipped. */
  #filmSamples = 0;
  /** The next frame is the first of a pass, which may begin after the file's start. */
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

  /** Whether the film has reached the next sample; skips what it has passed, at most a second. */
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

  /** The film starts over. */
  #startOver(): void {
    this.#rewind();
    this.#ring.drop(sampleCountMax);
    this.#silentSamples = 0;
    this.#filmSamples = 0;
  }

  /** Until this many samples are queued. */
  #decode(wanted: number): void {
    for (let count = 0; this.#ring.count < wanted && !this.#isUnreadable; count++) {
      if (count > emptyCountMax) this.#isUnreadable = true;
      else this.#step();
    }
  }

  /** One call of the decoder: a frame, or the packet or the rewind it needs. */
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

  /** Sound that starts later than its file is preceded by silence. */
  #writeLead(): void {
    if (!this.#isBeginning) return;
    this.#isBeginning = false;
    const seconds = this.#decoder.beginSeconds();
    if (!(seconds > 0 && seconds <= silenceSecondsMax)) return;
    for (let left = Math.round(seconds * sampleRate); left > 0; left -= silentCount) {
      this.#write(this.#silence.subarray(0, Math.min(left, silentCount) * this.#channelCount));
    }
  }

  /** Padding of the codec beyond the file's length is dropped. */
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
