/** Fetches data of single frames: the rows of a short range, and the overview of any range. */

import type { FramesOverview } from "../src/model/frames-overview.ts";
import type { FramesPage } from "../src/model/frames-page.ts";
import { pagePoints } from "../src/model/overview-points.ts";
import { shownFramesAddresses } from "../src/model/shown-frames.ts";
import { fetchJson } from "./fetch-json.ts";
import type { Range } from "./range.ts";

const wideWindow = "(min-width: 761px)";

/** The data of one range. */
export type FramesShown = {
  readonly range: Range;
  readonly overview: FramesOverview | undefined;
  /** Single frames, if the range is short enough. */
  readonly page: FramesPage | undefined;
};

/** There is nothing for captures without rows, or where the host refuses. */
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

/** Notifies the other parts of the page which frames the charts show. */
export function announceFrames(shown: FramesShown): void {
  document.dispatchEvent(new CustomEvent<FramesShown>(eventName, { detail: shown }));
}

/** Calls back with what the charts show, until the signal aborts. */
export function onFrames(take: (shown: FramesShown) => void, signal: AbortSignal): void {
  const listen = (event: Event) => {
    // Only `announceFrames` creates events of this name.
    if (event instanceof CustomEvent) take(event.detail as FramesShown);
  };
  document.addEventListener(eventName, listen, { signal });
}
