/**
 * The subject of a page about frames: a saved capture, the one that records, or a session of the
 * history.
 */
import type { Capture } from "../model/capture.ts";
import type { FramesPage } from "../model/frames-page.ts";
import type { Timeline } from "../model/timeline.ts";
import type { FramesQuery } from "../ports/history.ts";
import { heldOf } from "./history.ts";
import type { ConsoleParts } from "./parts.ts";

/** The base of its pages, the recording, and its rows. */
export type FrameSubject = {
  readonly path: string;
  readonly capture: Capture;
  readonly timeline: Pick<Timeline, "events"> | undefined;
  frames(query: FramesQuery): Promise<FramesPage | undefined>;
};

/** Makes the subject of a request; `undefined` if it does not exist. */
export type FindSubject = (request: Request, id: string) => Promise<FrameSubject | undefined>;

export function savedSubject({ recordings, history }: ConsoleParts): FindSubject {
  return async (_request, id) => {
    const capture = await recordings.load(id);
    if (capture === undefined) return undefined;
    return {
      path: `/recordings/${encodeURIComponent(id)}`,
      capture,
      timeline: await recordings.loadTimeline(id),
      frames: (query) => history.framesOfRecording(id, query),
    };
  };
}

export function liveSubject({ stats, timeline, history }: ConsoleParts): FindSubject {
  return () => {
    const capture = stats.live();
    if (capture === undefined) return Promise.resolve(undefined);
    const events = timeline.reading()?.eventsSince(0) ?? [];
    return Promise.resolve({
      path: "/capture",
      capture,
      timeline: { events: [...events] },
      frames: (query) => history.framesOfCapture(query),
    });
  };
}

export function heldSubject(parts: ConsoleParts): FindSubject {
  return async (request, id) => {
    const held = await heldOf(parts, { request, id });
    if (held === undefined) return undefined;
    const own = held.session.id;
    return {
      path: `/history/${own}`,
      capture: held.capture,
      timeline: held.timeline,
      frames: (query) => parts.history.framesOfSession(own, query),
    };
  };
}
