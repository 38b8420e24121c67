/**
 * Where a session's input goes: to the display that its picture comes from, when the operator
 * allows it; nowhere otherwise. What comes before the display has answered is dropped.
 */

import { warn } from "../../base/log.ts";
import type { InputEvent } from "../../input/event.ts";
import { type Injector, openInjector } from "../../input/injector.ts";
import { readSourceName } from "../../model/source.ts";
import { fitPicture } from "../../video/sources/fit.ts";
import type { PictureSize } from "../../video/sources/source.ts";

/** The input of one session. */
export type InputSink = {
  accept(event: InputEvent): void;
  /** Releases what is held down. Resolves when that has taken effect, or after two seconds. */
  close(): Promise<void>;
};

const nowhere: InputSink = { accept: () => undefined, close: () => Promise.resolve() };

/** What cannot be opened is said in the log, and the session continues without input. */
export function openInput(
  source: string,
  options: { readonly isOn: boolean; readonly stream: PictureSize },
): InputSink {
  const { isOn, stream } = options;
  const name = readSourceName(source);
  if (!isOn || name?.kind !== "x11") return nowhere;
  let injector: Injector | undefined;
  let isClosed = false;
  openInjector(name.display, (screen) => placementIn(stream, screen)).then(
    (opened) => {
      if (isClosed) void opened.close();
      else injector = opened;
    },
    (cause: unknown) => warn("gamestream_input_dropped", { source, cause }),
  );
  return {
    accept: (event) => injector?.inject(event),
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
