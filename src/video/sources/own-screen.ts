/** Per frame: a screen that exists for one stream, of the stream's size. */
import { systemClock } from "../../base/clock.ts";
import type { InputTarget } from "../../desktop/input-target.ts";
import type { OwnScreen } from "../../desktop/own-screen.ts";
import { compositorEnded } from "../../desktop/private-session.ts";
import { WaylandScreen } from "../../wayland/screen.ts";
import { type FeedPicture, type ScreenFeed, ScreenSource } from "./screen-source.ts";
import type { PictureSize, Source, SourceHost, SourceMode } from "./source.ts";

/** When a compositor that did not answer is asked again, and how often then. */
const firstAgainUs = 500_000;
const againUs = 2_000_000;
const againCountMax = 5;

/**
 * Owns the screen from now on, also when this throws.
 * @throws Error with the reason
 */
export function showOwnScreen(own: OwnScreen, mode: SourceMode, host: SourceHost): Source {
  try {
    return new ScreenSource(new OwnScreenFeed({ own, screen: openScreen(own), host }), mode);
  } catch (cause) {
    own.close();
    throw cause;
  }
}

function openScreen({ path, output }: OwnScreen): WaylandScreen {
  return new WaylandScreen(path, output);
}

/** The parts that a feed owns, and passes to the feed of the stream's next mode. */
type Shown = {
  readonly own: OwnScreen;
  readonly screen: WaylandScreen;
  readonly host: SourceHost;
};

/** A compositor that exits has ended the screen: it is not searched for again. */
class OwnScreenFeed implements ScreenFeed {
  readonly #own: OwnScreen;
  readonly #host: SourceHost;
  readonly #clock = systemClock();
  #screen: WaylandScreen;
  /** The stream's mode while the compositor has not followed it; its screen is scaled meanwhile. */
  #owed: SourceMode | undefined;
  #againUs = 0;
  #againCount = 0;
  #isPassedOn = false;

  constructor({ own, screen, host }: Shown, owed?: SourceMode) {
    this.#own = own;
    this.#screen = screen;
    this.#host = host;
    this.#owed = owed;
    this.#againUs = this.#clock.nowUs() + firstAgainUs;
  }

  get fault(): string | undefined {
    if (this.#screen.fault === undefined) return undefined;
    return this.#own.endReason() ?? compositorEnded;
  }

  get soundOutput(): string | undefined {
    return this.#own.soundOutput;
  }

  /** A pending size is requested again. */
  get readyDescriptor(): number | undefined {
    return this.#owed === undefined ? this.#screen.readyDescriptor : undefined;
  }

  next(waitMs: number): FeedPicture | undefined {
    if (this.#owed !== undefined && this.#clock.nowUs() >= this.#againUs)
      this.#askAgain(this.#owed);
    return this.#screen.next(waitMs);
  }

  openInputTarget(size: PictureSize): InputTarget {
    const { path, output } = this.#own;
    return { kind: "wayland", path, output, size };
  }

  /**
   * The program keeps running: its screen gets the new size, at once or when the compositor
   * answers.
   */
  reopen(mode: SourceMode): Source {
    const resized = this.#resize(mode);
    if (resized === undefined)
      this.#host.onSizeKept?.("the compositor does not answer; its picture is scaled");
    const shown = { own: this.#own, screen: resized ?? this.#screen, host: this.#host };
    const feed = new OwnScreenFeed(shown, resized === undefined ? mode : undefined);
    const source = new ScreenSource(feed, mode);
    if (resized !== undefined) this.#screen[Symbol.dispose]();
    this.#isPassedOn = true;
    return source;
  }

  close(): void {
    if (this.#isPassedOn) return;
    this.#screen[Symbol.dispose]();
    this.#own.close();
  }

  #askAgain(mode: SourceMode): void {
    const screen = this.#resize(mode);
    this.#againCount += 1;
    this.#againUs = this.#clock.nowUs() + againUs;
    if (screen !== undefined || this.#againCount === againCountMax) this.#owed = undefined;
    if (screen === undefined) return;
    this.#screen[Symbol.dispose]();
    this.#screen = screen;
  }

  /** A new feed of the screen, which starts with a whole picture; `undefined` without an answer. */
  #resize(mode: SourceMode): WaylandScreen | undefined {
    if (!this.#own.resize(mode)) return undefined;
    try {
      return openScreen(this.#own);
    } catch {
      // The open feed provides its pictures, or the reason of its end.
      return undefined;
    }
  }
}
