/** Every route of the API, from the parts of a host. */
import { Elysia } from "elysia";
import { shapes } from "../describe/shapes.ts";
import type { Parts } from "../parts.ts";
import { comparisonRoutes } from "./comparison.ts";
import { counterRoutes } from "./counters.ts";
import type { EventStreams } from "./event-stream.ts";
import { hostRoutes, sessionRoutes } from "./host.ts";
import { clientRoutes, pairingRoutes } from "./players.ts";
import { recordingRoutes } from "./recordings.ts";
import { replayRoutes } from "./replay.ts";
import { seriesRoutes } from "./series.ts";
import { settingsRoutes } from "./settings.ts";
import { statsRoutes, streamRoutes } from "./stats.ts";
import { timelineRoutes } from "./timeline.ts";
import type { TimelineStreams } from "./timeline-stream.ts";
import { watchRoutes } from "./watch.ts";

export type Inner = {
  readonly streams: EventStreams;
  readonly timelineStreams: TimelineStreams;
  /** Answers a request as if it had come from outside, told apart in the timeline. */
  replay(request: Request): Promise<Response>;
};

export function apiRoutes(parts: Parts, { streams, timelineStreams, replay }: Inner) {
  return new Elysia({ name: "api" })
    .use(shapes)
    .use(statsRoutes(parts))
    .use(streamRoutes(streams))
    .use(seriesRoutes(parts))
    .use(recordingRoutes(parts))
    .use(comparisonRoutes(parts))
    .use(hostRoutes(parts))
    .use(sessionRoutes(parts))
    .use(settingsRoutes(parts))
    .use(clientRoutes(parts))
    .use(pairingRoutes(parts))
    .use(timelineRoutes(parts, timelineStreams))
    .use(replayRoutes(parts, replay))
    .use(watchRoutes(parts))
    .use(counterRoutes(parts));
}
