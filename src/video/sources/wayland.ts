/**
 * Per frame: the screen of a Wayland compositor. The compositor says when there is a new picture:
 * nothing is compared, and a still screen costs next to nothing.
 */
import type { Frame } from "node-av/lib";
import { Failure } from "../../base/failure.ts";
import { findDisplay } from "../../wayland/display.ts";
import type { ScreenPicture } from "../../wayland/picture.ts";
import { WaylandScreen } from "../../wayland/screen.ts";
import { newFrame } from "../ffmpeg.ts";
import { PackedFitter } from "./packed-fitter.ts";
import type { PictureSize, Source } from "./source.ts";

/** A compositor draws its first picture at once; a screen that is off gives none. */
const firstPictureTries = 20;
const firstPictureWaitMs = 100;

/**
 * @param place `[display][/output]`: the compositor's socket by name or path, and an output.
 * @throws Failure `source_unavailable` with what was in the way.
 */
export function openWaylandSource(place: string, size: PictureSize): Source {
  const name = `wayland:${place}`;
  const screen = openScreen(name, place);
  for (let tries = 0; tries < firstPictureTries; tries++) {
    const picture = screen.next(firstPictureWaitMs);
    if (picture !== undefined) return new WaylandSource(screen, size, picture);
    if (screen.fault !== undefined) break;
  }
  const reason = screen.fault ?? "it gives no picture; is the screen switched off?";
  screen[Symbol.dispose]();
  throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`);
}

function openScreen(name: string, place: string): WaylandScreen {
  try {
    const { path, output } = findDisplay(place);
    return new WaylandScreen(path, output);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`, { cause });
  }
}

class WaylandSource implements Source {
  readonly frame: Frame = newFrame();
  readonly #screen: WaylandScreen;
  readonly #fitter: PackedFitter;
  /** Taken while opening, and not captured yet. */
  #first: ScreenPicture | undefined;
  pictureUs: number | undefined;

  constructor(screen: WaylandScreen, size: PictureSize, first: ScreenPicture) {
    this.#screen = screen;
    this.#fitter = new PackedFitter(size);
    this.#first = first;
  }

  capture(): boolean {
    const picture = this.#first ?? this.#screen.next(0);
    this.#first = undefined;
    if (picture === undefined) {
      this.#checkFault();
      return false;
    }
    this.#fitter.convert(picture, this.frame);
    // Not every compositor says when.
    this.pictureUs = picture.shownUs > 0 ? picture.shownUs : undefined;
    return true;
  }

  close(): void {
    this.frame.free();
    this.#fitter.close();
    this.#screen[Symbol.dispose]();
  }

  #checkFault(): void {
    const { fault } = this.#screen;
    if (fault !== undefined) throw new Failure("source_lost", `The screen is gone: ${fault}`);
  }
}
