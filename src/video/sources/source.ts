/** What the encode worker asks of a picture source. */
import type { Frame } from "node-av/lib";
import type { Micros } from "../../base/clock.ts";
import type { ObstacleCode } from "../../base/obstacle.ts";
import type { InputTarget } from "../../desktop/input-target.ts";
import type { AbsenceCode } from "../../model/reason.ts";

/** In pixels. */
export type PictureSize = { readonly width: number; readonly height: number };

/** The stream's size, and the rate at which pictures will be requested. */
export type SourceMode = PictureSize & { readonly fps: number };

/** A source that was tried, and the obstacle. */
export type PassedOver = {
  readonly source: string;
  readonly code: ObstacleCode;
  /** In English, with details beyond the code. */
  readonly reason: string;
};

/** Options of a source besides its mode. */
export type SourceHost = {
  /** Where permissions from desktops are stored; nowhere unless given. */
  readonly dataDirectory?: string | undefined;
  /** A person at the desktop is being asked, or has answered. */
  onQuestion(isAsking: boolean): void;
  /** For `auto`: the chosen source, and why earlier ones were not. */
  onChosen?(source: string, passed: readonly PassedOver[]): void;
  /**
   * A change of the mode has not reached the source's screen: its picture is scaled. The reason, in
   * English.
   */
  onSizeKept?(reason: string): void;
  /** Whether nobody waits for the source any longer. */
  isCancelled(): boolean;
};

/** A source of pictures, used from one thread; calls may block while it does not answer. */
export type Source = {
  /** The current picture, in the encoder's pixel format; always the same object. */
  readonly frame: Frame;
  /**
   * Updates `frame` for this slot. True when the picture is really new, false when the source has
   * nothing new and `frame` still holds the last one.
   */
  capture(index: number, captureStartUs: Micros): boolean;
  /**
   * When the picture in `frame` was first to be seen at the source, in microseconds on the one clock;
   * `undefined` if the source does not report it.
   */
  readonly pictureUs?: number | undefined;
  /**
   * For a source that reports new pictures: waits for one, at most this long, and blocks this
   * thread meanwhile. True when `capture` has something to do.
   */
  wait?(ms: number): boolean;
  /**
   * A descriptor that can be read once `wait` may have something to do, so that a thread can wait
   * for other things too; `undefined` while the source must be polled. Not to be read or closed by
   * the caller.
   */
  readonly readyDescriptor?: number | undefined;
  /**
   * Where keyboard and mouse input must go to reach the picture; nowhere unless given. The caller
   * closes a descriptor in it.
   */
  openInputTarget?(): InputTarget | undefined;
  /** The sound server's output that only its own programs play to. */
  readonly soundOutput?: string | undefined;
  /** Why it only shows black for now; `undefined` in normal operation. */
  readonly absence?: AbsenceCode | undefined;
  /** Size of the source's own pictures, if it may change while streaming. */
  readonly pictureSize?: PictureSize | undefined;
  /**
   * For a film: when it would have begun, on the one clock, if shown without interruption. Moves
   * when the film waits. Known after the first picture.
   */
  readonly filmStartUs?: number | undefined;
  /**
   * For a source with state to keep: the same one for a stream of another mode. This one is closed
   * next. `undefined` if it is simply reopened. Throws with the reason.
   */
  reopen?(mode: SourceMode): Source | undefined;
  /**
   * Draws a mark into the next and all later pictures, until another is requested: so that the
   * answer to an input can be found in the picture. False when there is no room for it.
   */
  mark?(mark: number): boolean;
  /** Follows a change of that size. Called about once a second, between two pictures. */
  checkSize?(): void;
  close(): void;
};
