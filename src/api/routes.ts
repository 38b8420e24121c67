/** Every route of the API, from the parts of a host. */
import { Elysia } from "elysia";
import { counterRoutes } from "./counters.ts";
import type { EventStreams } from "./event-stream.ts";
import { hostRoutes, sessionRoutes } from "./host.ts";
import type { Parts } from "./parts.ts";
import { clientRoutes, pairingRoutes } from "./players.ts";
import { recordingRoutes } from "./recordings.ts";
import { seriesRoutes } from "./series.ts";
import { settingsRoutes } from "./settings.ts";
import { statsRoutes, streamRoutes } from "./stats.ts";
import { watchRoutes } from "./watch.ts";

export function apiRoutes(parts: Parts, streams: EventStreams) {
  return new Elysia({ name: "api" })
    .use(statsRoutes(parts))
    .use(streamRoutes(streams))
    .use(seriesRoutes(parts))
    .use(recordingRoutes(parts))
    .use(hostRoutes(parts))
    .use(sessionRoutes(parts))
    .use(settingsRoutes(parts))
    .use(clientRoutes(parts))
    .use(pairingRoutes(parts))
    .use(watchRoutes(parts))
    .use(counterRoutes(parts));
}
