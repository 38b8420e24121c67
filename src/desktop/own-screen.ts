/**
 * A screen that exists for one stream: a private desktop's, or an additional one of a running
 * desktop.
 */

/** Pixels, and pictures per second. */
export type ScreenMode = {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
};

/** Owned by the source that shows it. Its calls block this thread. */
export type OwnScreen = {
  /** The compositor's socket, and the name of the output there. */
  readonly path: string;
  readonly output: string;
  /** The sound server's output that only its own programs play to. */
  readonly soundOutput?: string | undefined;
  /** Resizes it to the size of the stream. False when the compositor has not done so. */
  resize(mode: ScreenMode): boolean;
  /** Why it is over; `undefined` while it is not. */
  endReason(): string | undefined;
  /** Ends it. Once. */
  close(): void;
};
