/**
 * Per frame: the screen of an X server: only changes are fetched from a local one, others are
 * grabbed completely.
 */
import { Failure } from "../../base/failure.ts";
import { type X11Picture, X11Screen } from "../../x11/screen.ts";
import { type FeedPicture, type ScreenFeed, ScreenSource } from "./screen-source.ts";
import type { Source, SourceMode } from "./source.ts";
import { openGrabber } from "./x11-grabber.ts";

const displayPattern = /^[A-Za-z0-9.-]{0,253}:[0-9]{1,5}(\.[0-9]{1,2})?$/;

const firstPictureMs = 2000;

/** @throws Failure `source_unavailable` when the display cannot be opened */
export function openScreenSource(display: string, mode: SourceMode): Source {
  if (!displayPattern.test(display)) {
    const reason = "it does not name a display";
    throw new Failure("source_unavailable", `Cannot open "x11:${display}": ${reason}`);
  }
  const feed = openFeed(display, mode);
  const first = feed?.next(firstPictureMs);
  if (feed !== undefined && first !== undefined) return new ScreenSource(feed, mode, first);
  feed?.close();
  // It also has the messages for failures of opening.
  return openGrabber(display, mode);
}

function openFeed(display: string, { fps }: SourceMode): DisplayFeed | undefined {
  try {
    return new DisplayFeed(display, new X11Screen(display, 1e6 / fps));
  } catch {
    return undefined;
  }
}

class DisplayFeed implements ScreenFeed {
  readonly #display: string;
  readonly #screen: X11Screen;

  constructor(display: string, screen: X11Screen) {
    this.#display = display;
    this.#screen = screen;
  }

  get readyDescriptor(): number | undefined {
    return this.#screen.readyDescriptor;
  }

  get fault(): string | undefined {
    const { fault } = this.#screen;
    return fault && `display ${this.#display}: ${fault}`;
  }

  next(waitMs: number): FeedPicture | undefined {
    return feedPicture(this.#screen.next(waitMs));
  }

  confirm(): FeedPicture | undefined {
    return feedPicture(this.#screen.confirm());
  }

  check(): void {
    this.#screen.check();
  }

  openInputTarget() {
    return { kind: "x11", display: this.#display } as const;
  }

  close(): void {
    this.#screen[Symbol.dispose]();
  }
}

function feedPicture(picture: X11Picture | undefined): FeedPicture | undefined {
  return picture && { ...picture, shownUs: 0 };
}
