/**
 * Per frame: the source of one stream, and the state of its current picture: whether it is new, how
 * long it has been unchanged, whether it exists at all. Reports changes.
 */
import type { Micros } from "../base/clock.ts";
import type { InputTarget } from "../desktop/input-target.ts";
import type { AbsenceCode } from "../model/reason.ts";
import { activities, type EncodeOptions } from "./link.ts";
import type { PipelineDeps } from "./pipeline-deps.ts";
import type { PictureSize, Source } from "./sources/source.ts";
import { StillPicture } from "./still-picture.ts";

const checkIntervalUs = 1_000_000;

type Deps = Pick<
  PipelineDeps,
  "activity" | "filmStart" | "onAbsence" | "onInputMoved" | "onResized"
>;

/** Owns the source; all calls come from the thread that encodes. */
export class Pictures {
  readonly #deps: Deps;
  #source: Source;
  readonly #still: StillPicture;
  /** The picture has not been encoded yet. */
  #isNew = false;
  /** Drawn, but not yet in a picture given to the encoder; 0 for none. */
  #mark = 0;
  #size: PictureSize | undefined;
  #checkedUs = 0;
  #absence: AbsenceCode | undefined;
  #absentUs = 0;

  constructor(source: Source, { stillMs }: Pick<EncodeOptions, "stillMs">, deps: Deps) {
    this.#source = source;
    this.#still = new StillPicture(stillMs);
    this.#size = source.pictureSize;
    this.#deps = deps;
  }

  get frame(): Source["frame"] {
    return this.#source.frame;
  }

  get isNew(): boolean {
    return this.#isNew;
  }

  /** Shown by this picture for the first time; 0 for none. */
  get mark(): number {
    return this.#mark;
  }

  /** The output of the source's programs; the default one unless reported. */
  get soundOutput(): string | undefined {
    return this.#source.soundOutput;
  }

  /** Whether the source reports new pictures. */
  get canWait(): boolean {
    return this.#source.wait !== undefined;
  }

  /** Readable when there may be a picture; `undefined` while the source must be polled. */
  get readyDescriptor(): number | undefined {
    return this.#source.readyDescriptor;
  }

  /** Where a player's input reaches the source. The caller owns a descriptor in it. */
  openInputTarget(): InputTarget | undefined {
    return this.#source.openInputTarget?.();
  }

  /** The next picture should show it. Has no effect if the source cannot draw one. */
  draw(mark: number): void {
    if (this.#source.mark?.(mark) === true) this.#mark = mark;
  }

  /** Blocks this thread for at most this long. True when there is a picture to make a frame of. */
  wait(ms: number): boolean {
    return this.#source.wait?.(ms) ?? true;
  }

  /** Updates the picture for a slot. */
  capture(index: number, nowUs: Micros): void {
    const { activity, filmStart } = this.#deps;
    activity[0] = activities.capture;
    if (this.#source.capture(index, nowUs)) {
      this.#isNew = true;
      this.#still.onNew(nowUs);
    }
    activity[0] = activities.other;
    if (this.#source.absence !== this.#absence) this.#reportAbsence(nowUs);
    const { filmStartUs } = this.#source;
    if (filmStartUs !== undefined) filmStart.set(filmStartUs);
  }

  /** It goes into the encoder: from now on it is a repeat. */
  used(): void {
    this.#isNew = false;
    this.#mark = 0;
  }

  /** A repeat was captured earlier: its age says nothing about this slot. */
  ageUs(captureStartUs: Micros): number | undefined {
    const { pictureUs } = this.#source;
    if (pictureUs === undefined || !this.#isNew) return undefined;
    return Math.max(0, captureStartUs - pictureUs);
  }

  /** Slots until the next frame of a picture that stands still; 1 for every slot. */
  stillSlots(fps: number, nowUs: Micros): number {
    return this.#still.slotCount(fps, nowUs);
  }

  /** Between two frames: about once a second the source checks whether its size has changed. */
  checkSize(nowUs: Micros): void {
    if (nowUs - this.#checkedUs < checkIntervalUs) return;
    this.#checkedUs = nowUs;
    this.#deps.activity[0] = activities.capture;
    this.#source.checkSize?.();
    this.#deps.activity[0] = activities.other;
    this.#reportSize(nowUs);
  }

  /**
   * Pictures of another mode, from the same source if possible, or from one that `open` returns.
   */
  changeMode(options: EncodeOptions, open: () => Source): void {
    const kept = this.#source.reopen?.(options);
    const source = kept ?? open();
    this.#source.close();
    this.#source = source;
    // Targets of the closed source accept no input any more.
    if (kept === undefined) this.#deps.onInputMoved(this.openInputTarget());
  }

  close(): void {
    this.#source.close();
  }

  #reportAbsence(atUs: Micros): void {
    const why = this.#source.absence;
    const wasThere = this.#absence === undefined;
    this.#absence = why;
    if (wasThere) this.#absentUs = atUs;
    this.#deps.onAbsence({ atUs, why, ms: Math.round((atUs - this.#absentUs) / 1000) });
    if (why === undefined) this.#deps.onInputMoved(this.openInputTarget());
  }

  /** Reports the size of the source's pictures when it has changed. */
  #reportSize(atUs: Micros): void {
    const now = this.#source.pictureSize;
    const before = this.#size;
    if (now?.width === before?.width && now?.height === before?.height) return;
    this.#size = now;
    if (now !== undefined) this.#deps.onResized({ atUs, width: now.width, height: now.height });
  }
}
