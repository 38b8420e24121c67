/** Per frame: the screen of a Wayland compositor. */
import { messageOf } from "../../base/error-text.ts";
import { Failure } from "../../base/failure.ts";
import { findDisplay } from "../../wayland/display.ts";
import { WaylandScreen } from "../../wayland/screen.ts";
import { ReturningFeed } from "./returning-feed.ts";
import { type ScreenFeed, ScreenSource } from "./screen-source.ts";
import type { PictureSize, Source } from "./source.ts";

/** A compositor draws its first picture at once; a screen that is off provides none. */
const firstPictureTries = 20;
const firstPictureWaitMs = 100;

/**
 * @param place `[display][/output]`: the compositor's socket by name or path, and an output.
 * @throws Failure `source_unavailable` with what was in the way.
 */
export function openWaylandSource(place: string, size: PictureSize): Source {
  const name = `wayland:${place}`;
  const { screen, path } = openScreen(name, place);
  for (let tries = 0; tries < firstPictureTries; tries++) {
    const picture = screen.next(firstPictureWaitMs);
    if (picture !== undefined) return new ScreenSource(feedOf(screen, path), size, picture);
    if (screen.fault !== undefined) break;
  }
  const reason = screen.fault ?? "it gives no picture; is the screen switched off?";
  screen[Symbol.dispose]();
  throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`);
}

function openScreen(name: string, place: string): { screen: WaylandScreen; path: string } {
  try {
    const { path, output } = findDisplay(place);
    return { screen: new WaylandScreen(path, output), path };
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Failure("source_unavailable", `Cannot open "${name}": ${reason}`, { cause });
  }
}

/** The same output is searched for again, by name. */
function feedOf(screen: WaylandScreen, path: string): ScreenFeed {
  const output = screen.output.name;
  return new ReturningFeed(screen, {
    open: () => new WaylandScreen(path, output),
    openInputTarget: (size) => ({ kind: "wayland", path, output, size }),
  });
}
