/**
 * Per frame: a video file, looped, at its own pace: a picture is shown from its time on, whatever
 * the stream's frame rate, and slots in between repeat it.
 */
import { statSync } from "node:fs";
import { AV_NOPTS_VALUE } from "node-av/constants";
import type { Frame } from "node-av/lib";
import type { Micros } from "../../base/clock.ts";
import { codeOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import { newFrame } from "../ffmpeg.ts";
import { FilmClock } from "./film-clock.ts";
import { Fitter } from "./fitter.ts";
import { openPictureInput, type PictureInput } from "./picture-input.ts";
import type { PictureSize, Source } from "./source.ts";

/** Pictures that one slot skips to catch up; anything still late then is played later. */
const skipCountMax = 8;
/** For files that do not state their frame rate. */
const stepUsDefault = 40_000;

/** @throws Failure `source_unavailable` if the file cannot be read as a film */
export function openFileSource(path: string, size: PictureSize): Source {
  checkFile(path);
  const input = openPictureInput({
    name: `file:${path}`,
    // The prefix keeps a path from being parsed as another protocol; a playlist must be a local
    // file.
    url: `file:${path}`,
    options: { protocol_whitelist: "file" },
  });
  return new FileSource(input, size);
}

/** Opening a pipe that nobody writes to would block forever, and no pipe can be played again. */
function checkFile(path: string): void {
  const reason = faultOf(path);
  if (reason !== undefined) throw new Failure("source_unavailable", reason);
}

function faultOf(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? undefined : `Cannot play "${path}": it is not a regular file`;
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return `File not found: ${path}`;
    if (code === "EACCES") return `No permission to read the file: ${path}`;
    return `Cannot read the file ${path}: ${String(code ?? cause)}`;
  }
}

class FileSource implements Source {
  readonly frame: Frame = newFrame();
  readonly #input: PictureInput;
  readonly #fitter: Fitter;
  readonly #clock: FilmClock;
  readonly #stampUs: number;
  #current = newFrame();
  #ahead = newFrame();
  #aheadUs: number;
  #currentUs = 0;
  /** Due times of pictures that the fitter holds back, the oldest first. */
  readonly #fittingUs: number[] = [];
  pictureUs: number | undefined;
  /** Pictures since the start of the file. */
  #passCount = 0;
  #isStill = false;
  #startUs: number | undefined;
  /** How much later than the file its first picture begins. */
  readonly #leadUs: number;

  constructor(input: PictureInput, size: PictureSize) {
    this.#input = input;
    this.#fitter = new Fitter(size, input.orientation);
    const { timeBase, avgFrameRate } = input.stream;
    this.#stampUs = (1e6 * timeBase.num) / timeBase.den;
    const { num, den } = avgFrameRate;
    const stepUs = num > 0 ? (1e6 * den) / num : stepUsDefault;
    this.#clock = new FilmClock({ stepUs, lengthUs: input.lengthUs });
    this.#aheadUs = this.#readAhead();
    this.#leadUs = this.#leadOf(this.#ahead);
  }

  get filmStartUs(): number | undefined {
    return this.#startUs && this.#startUs - this.#leadUs;
  }

  capture(_index: number, captureStartUs: Micros): boolean {
    this.#startUs ??= captureStartUs - this.#aheadUs;
    const filmUs = captureStartUs - this.#startUs;
    if (this.#isStill || this.#aheadUs > filmUs) return false;
    for (let skipCount = 0; skipCount <= skipCountMax && this.#aheadUs <= filmUs; skipCount += 1) {
      this.#advance();
    }
    if (this.#aheadUs <= filmUs) this.#startUs += filmUs - this.#aheadUs;
    // Deinterlacing looks one picture ahead: the first comes out with the second.
    while (!this.#fit()) this.#advance();
    this.pictureUs = this.#startUs + (this.#fittingUs.shift() ?? this.#currentUs);
    return true;
  }

  close(): void {
    for (const frame of [this.frame, this.#current, this.#ahead]) frame.free();
    this.#fitter.close();
    this.#input.close();
  }

  #fit(): boolean {
    this.#fittingUs.push(this.#currentUs);
    // Deinterlacing holds one back, and loses it when the format changes.
    if (this.#fittingUs.length > 2) this.#fittingUs.shift();
    return this.#fitter.convert(this.#current, this.frame);
  }

  #leadOf(first: Frame): number {
    const { bestEffortTimestamp: stamp } = first;
    const { startUs } = this.#input;
    if (stamp === AV_NOPTS_VALUE || startUs === undefined) return 0;
    return Math.max(0, Number(stamp) * this.#stampUs - startUs);
  }

  #advance(): void {
    this.#currentUs = this.#aheadUs;
    [this.#current, this.#ahead] = [this.#ahead, this.#current];
    this.#aheadUs = this.#readAhead();
  }

  /** Decodes the picture after the current one and returns when it is due. */
  #readAhead(): number {
    if (!this.#input.read(this.#ahead)) {
      if (this.#passCount === 0) {
        throw new Failure("source_lost", "no frame in the file can be decoded");
      }
      // The only picture of the file was read again: it stays unchanged.
      this.#isStill = this.#passCount === 1;
      this.#input.rewind();
      this.#clock.restart();
      this.#passCount = 0;
      return this.#readAhead();
    }
    this.#passCount += 1;
    const stamp = this.#ahead.bestEffortTimestamp;
    const hasStamp = stamp !== AV_NOPTS_VALUE;
    const heldUs = Number(this.#ahead.duration) * this.#stampUs;
    return this.#clock.next(hasStamp ? Number(stamp) * this.#stampUs : undefined, heldUs);
  }
}
