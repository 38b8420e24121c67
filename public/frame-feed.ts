/** Fetches what is known of single frames: the rows of a short range, and the overview of any. */

import type { FramesOverview } from "../src/model/frames-overview.ts";
import type { FramesPage } from "../src/model/frames-page.ts";
import { pagePoints } from "../src/model/overview-points.ts";
import { shownFramesAddresses } from "../src/model/shown-frames.ts";
import { fetchJson } from "./fetch-json.ts";
import type { Range } from "./range.ts";

const wideWindow = "(min-width: 761px)";

/** What is known of one range. */
export type FramesShown = {
  readonly range: Range;
  readonly overview: FramesOverview | undefined;
  /** Single frames, where the range is short enough. */
  readonly page: FramesPage | undefined;
};

/** Of captures without rows, and where the host refuses, there is nothing. */
export async function fetchFrames(
  api: string,
  { range, session }: { readonly range: Range; readonly session: number | undefined },
): Promise<FramesShown> {
  const points = matchMedia(wideWindow).matches ? pagePoints[0] : pagePoints[1];
  const addresses = shownFramesAddresses(api, { ...range, session, points });
  const [overview, page] = await Promise.all([
    fetchJson<FramesOverview>(addresses.overview),
    addresses.frames === undefined ? undefined : fetchJson<FramesPage>(addresses.frames),
  ]);
  return { range, overview, page };
}

const eventName = "frames-shown";

/** Tells the other parts of the page which frames the charts show. */
export function announceFrames(shown: FramesShown): void {
  document.dispatchEvent(new CustomEvent<FramesShown>(eventName, { detail: shown }));
}

/** Calls back with what the charts show, until the signal. */
export function onFrames(take: (shown: FramesShown) => void, signal: AbortSignal): void {
  const listen = (event: Event) => {
    // Only `announceFrames` makes events of this name.
    if (event instanceof CustomEvent) take(event.detail as FramesShown);
  };
  document.addEventListener(eventName, listen, { signal });
}
