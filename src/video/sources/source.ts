/** What the encode worker asks of a picture source. */
import type { Frame } from "node-av/lib";
import type { Micros } from "../../base/clock.ts";
import type { ObstacleCode } from "../../base/obstacle.ts";
import type { InputTarget } from "../../desktop/input-target.ts";
import type { AbsenceCode } from "../../model/reason.ts";

/** In pixels. */
export type PictureSize = { readonly width: number; readonly height: number };

/** The stream's size, and the rate at which pictures will be asked for. */
export type SourceMode = PictureSize & { readonly fps: number };

/** A source that was tried, and what was in the way. */
export type PassedOver = {
  readonly source: string;
  readonly code: ObstacleCode;
  /** In English, with what the code leaves out. */
  readonly reason: string;
};

/** What a source is opened with besides its mode. */
export type SourceHost = {
  /** Where tokens are kept that desktops give; nowhere unless given. */
  readonly dataDirectory?: string | undefined;
  /** A person at the desktop is asked, or has answered. */
  onQuestion(isAsking: boolean): void;
  /** Of `auto`: which source it is, and why none before it. */
  onChosen?(source: string, passed: readonly PassedOver[]): void;
  /** A change of the mode has not reached the source's screen: its picture is scaled. Why, in English. */
  onSizeKept?(reason: string): void;
  /** Whether nobody waits for the source any longer. */
  isCancelled(): boolean;
};

/** A source of pictures, used from one thread; calls may block for as long as it does not answer. */
export type Source = {
  /** The current picture, in the encoder's pixel format; always the same object. */
  readonly frame: Frame;
  /**
   * Brings `frame` up to date for this slot. True when the picture is genuinely new, false when
   * the source has nothing new and `frame` still holds the last one.
   */
  capture(index: number, captureStartUs: Micros): boolean;
  /**
   * When the picture in `frame` was first to be seen at the source, in microseconds on the one clock;
   * `undefined` if the source does not report it.
   */
  readonly pictureUs?: number | undefined;
  /**
   * Of a source that says when it has a new picture: waits for one, at most so long, and blocks this
   * thread meanwhile. True when `capture` has something to do.
   */
  wait?(ms: number): boolean;
  /**
   * A descriptor that can be read once `wait` may have something to do, so that a thread can wait for
   * other things too; `undefined` while the source has to be asked again and again. Not the caller's
   * to read or to close.
   */
  readonly readyDescriptor?: number | undefined;
  /**
   * Where keyboard and mouse have to go to reach what is shown; nowhere unless given. A descriptor in it
   * is the caller's to close.
   */
  openInputTarget?(): InputTarget | undefined;
  /** The sound server's output that only its own programs play to. */
  readonly soundOutput?: string | undefined;
  /** Why it shows nothing but black for now; `undefined` while it shows what it is named for. */
  readonly absence?: AbsenceCode | undefined;
  /** Size of the source's own pictures, where it may change while they are streamed. */
  readonly pictureSize?: PictureSize | undefined;
  /**
   * For a film: when it began, on the one clock, if it had been shown without a break. Moves when
   * the film waits. Known from the first picture on.
   */
  readonly filmStartUs?: number | undefined;
  /**
   * Of a source with a state to keep: the same one for a stream of another mode. This one is closed
   * next. `undefined` where it is simply opened again. Throws with what was in the way.
   */
  reopen?(mode: SourceMode): Source | undefined;
  /**
   * Draws a mark into the next picture and into those that follow, until another is asked for: so that
   * the answer to an input can be found in the picture. False when there is no room for it.
   */
  mark?(mark: number): boolean;
  /** Follows a change of that size. Called about once a second, between two pictures. */
  checkSize?(): void;
  close(): void;
};
