/**
 * Per frame: a screen that may go and come back: its output is unplugged, its compositor restarted,
 * its screen switched off. It is searched for at once, then twice a second; the stream shows black
 * meanwhile.
 */
import { type Clock, systemClock } from "../../base/clock.ts";
import { messageOf } from "../../base/error-text.ts";
import type { AbsenceCode } from "../../model/reason.ts";
import type { FeedPicture, ScreenFeed } from "./screen-source.ts";

/** A screen that can be reopened. */
export type ReturningScreen = Disposable & {
  next(waitMs: number): FeedPicture | undefined;
  /** Readable when there may be a picture. */
  readonly readyDescriptor?: number | undefined;
  /** Why no more pictures will arrive; `undefined` while they may. */
  readonly fault: string | undefined;
  /** The output is gone, but not the compositor. */
  readonly isOutputGone: boolean;
  /** It currently provides no pictures, and may again. */
  readonly isOff: boolean;
  /** It was ended on purpose, as by the person at the desktop: it is not searched for again. */
  readonly isOver?: boolean;
};

/** How long a screen that is gone is waited for; one that is off, forever. */
const goneUsMax = 10_000_000;
const lookUs = 500_000;
const sleeping = new Int32Array(new SharedArrayBuffer(4));

/** Owns its screen. */
export class ReturningFeed implements ScreenFeed {
  readonly openInputTarget: NonNullable<ScreenFeed["openInputTarget"]>;
  readonly #clock: Clock;
  readonly #open: () => ReturningScreen;
  #screen: ReturningScreen | undefined;
  #absence: AbsenceCode | undefined;
  #goneUs = 0;
  #lookedUs = 0;
  #lastFault = "";
  fault: string | undefined;

  /** @param open reopens it, or throws with the reason. */
  constructor(
    screen: ReturningScreen,
    how: {
      open: () => ReturningScreen;
      openInputTarget: NonNullable<ScreenFeed["openInputTarget"]>;
      clock?: Clock;
    },
  ) {
    this.#clock = how.clock ?? systemClock();
    this.#screen = screen;
    this.#open = how.open;
    this.openInputTarget = how.openInputTarget;
  }

  get absence(): AbsenceCode | undefined {
    return this.#absence;
  }

  /** A missing screen must be searched for. */
  get readyDescriptor(): number | undefined {
    return this.#screen?.readyDescriptor;
  }

  next(waitMs: number): FeedPicture | undefined {
    if (this.#screen === undefined) this.#look(waitMs);
    const screen = this.#screen;
    if (screen === undefined) return undefined;
    const picture = screen.next(waitMs);
    // It may have drawn something before it disappeared.
    if (picture !== undefined) this.#absence = undefined;
    else if (screen.fault !== undefined) this.#leave(screen);
    else if (screen.isOff) this.#absence ??= "screen_off";
    return picture;
  }

  close(): void {
    this.#screen?.[Symbol.dispose]();
    this.#screen = undefined;
  }

  #leave(screen: ReturningScreen): void {
    this.#lastFault = screen.fault ?? "";
    if (screen.isOver === true) this.fault = this.#lastFault;
    this.#goneUs = this.#clock.nowUs();
    this.#lookedUs = this.#goneUs - lookUs;
    this.#absence = screen.isOutputGone ? "output_gone" : "desktop_gone";
    screen[Symbol.dispose]();
    this.#screen = undefined;
  }

  /** Takes as long as a picture may be waited for, so that the grid of slots is kept. */
  #look(waitMs: number): void {
    const nowUs = this.#clock.nowUs();
    if (nowUs - this.#goneUs >= goneUsMax) this.fault = this.#lastFault;
    if (this.fault === undefined && nowUs - this.#lookedUs >= lookUs) {
      this.#lookedUs = nowUs;
      this.#tryOpen();
    }
    if (this.#screen === undefined && waitMs > 0) Atomics.wait(sleeping, 0, 0, waitMs);
  }

  #tryOpen(): void {
    try {
      this.#screen = this.#open();
    } catch (cause) {
      // It is searched for again; in the end this is the reason.
      this.#lastFault = messageOf(cause);
    }
  }
}
