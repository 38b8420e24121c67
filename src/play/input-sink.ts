/**
 * Where a session's input goes, of any path: to the display that its picture comes from, when the
 * operator allows it; nowhere otherwise. What comes before the display has answered is dropped.
 */

import { warn } from "../base/log.ts";
import { closeTarget, type InputTarget } from "../desktop/input-target.ts";
import type { InputEvent } from "../input/event.ts";
import type { Injector } from "../input/injector.ts";
import { openInjector } from "../input/open-injector.ts";
import { fitPicture } from "../video/sources/fit.ts";
import type { PictureSize } from "../video/sources/source.ts";

/** The input of one session. */
export type InputSink = {
  /** The source is open, and takes input there; nowhere without a target. */
  reach(target: InputTarget | undefined): void;
  accept(event: InputEvent): void;
  /** The picture of the screen has this size now. */
  resize(size: PictureSize): void;
  /** Releases what is held down. Resolves when that has taken effect, or after two seconds. */
  close(): Promise<void>;
};

/**
 * What cannot be opened is said in the log, and the session continues without input. Nothing is passed
 * on before `reach` has been called.
 */
export function openInput(options: {
  readonly source: string;
  readonly isOn: boolean;
  readonly stream: PictureSize;
  /** What the log calls it when the display cannot be reached. */
  readonly warning: "gamestream_input_dropped" | "watch_input_dropped";
}): InputSink {
  const { source, isOn, stream, warning } = options;
  let injector: Injector | undefined;
  let size: PictureSize | undefined;
  let isClosed = false;
  const use = (opened: Injector) => {
    injector = opened;
    if (size !== undefined) opened.resize?.(size);
    if (isClosed) void opened.close();
  };
  return {
    reach: (target) => {
      if (!isOn || isClosed || target === undefined) return closeTarget(target);
      openInjector(target, (screen) => placementIn(stream, screen)).then(use, (cause: unknown) =>
        warn(warning, { source, cause }),
      );
    },
    accept: (event) => injector?.inject(event),
    resize: (changed) => {
      size = changed;
      injector?.resize?.(changed);
    },
    close: async () => {
      isClosed = true;
      await injector?.close();
    },
  };
}

/** Without the black bars, as shares of the stream's sides. */
function placementIn(stream: PictureSize, screen: PictureSize) {
  const { x, y, width, height } = fitPicture(screen, stream);
  return {
    x: x / stream.width,
    y: y / stream.height,
    width: width / stream.width,
    height: height / stream.height,
  };
}
