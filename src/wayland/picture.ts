/** What a capture of a Wayland output gives: a finished picture in shared memory. */

import type { LineRange } from "../base/line-range.ts";

/** Pixel formats of wl_shm that need no conversion of channels but BGRx and RGBx order. */
export const shmFormats = { argb8888: 0, xrgb8888: 1, xbgr8888: 0x34324258, abgr8888: 0x34324241 };

export type ScreenPicture = {
  /** Valid until the next picture is requested from the screen; four bytes per pixel. */
  readonly bytes: Uint8Array;
  /** Blue comes first in memory; red otherwise. */
  readonly isBlueFirst: boolean;
  readonly width: number;
  readonly height: number;
  /** Bytes from one line to the next. */
  readonly stride: number;
  /** The last line comes first. */
  readonly isUpsideDown: boolean;
  /**
   * How the output is turned, as `wl_output.transform` counts: quarter turns against the clock,
   * from 4 on mirrored before. The picture has the panel's orientation, and is not rotated back.
   */
  readonly transform: number;
  /** When it was on the screen, on CLOCK_MONOTONIC. */
  readonly shownUs: number;
  /** The only lines in which it may differ from the picture taken before; all unless given. */
  readonly changed?: readonly LineRange[] | undefined;
};

/** Pictures of one output. Lives on one thread with its connection. */
export type ScreenCapture = Disposable & {
  /** Requests the next picture that differs from the last; repeated calls change nothing. */
  request(): void;
  /** The newest finished picture, once; `undefined` while there is none. */
  take(): ScreenPicture | undefined;
  /** The taken picture is no longer read: memory of an earlier size may be freed. */
  release(): void;
  /** Consecutive failed copies: a screen that is off provides none. */
  readonly failedCount: number;
  /** In pixels of the output; `undefined` until known. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
};

const sideMax = 16_384;

/** A format that memory can be made for. Throws for an implausible one. */
export function checkShape(shape: { width: number; height: number; stride: number }): void {
  const { width, height, stride } = shape;
  const isSane =
    width > 0 && height > 0 && width <= sideMax && height <= sideMax && stride >= width * 4;
  if (isSane && stride <= sideMax * 8) return;
  throw new Error(
    `the compositor offers a picture of ${width}x${height}, ${stride} bytes per line`,
  );
}

/** Which channel comes first; throws for an unsupported format. */
export function isBlueFirst(format: number): boolean {
  if (format === shmFormats.argb8888 || format === shmFormats.xrgb8888) return true;
  if (format === shmFormats.xbgr8888 || format === shmFormats.abgr8888) return false;
  throw new Error(
    `the compositor offers pixel format 0x${format.toString(16)}, which is not supported`,
  );
}
