/** Joins watching in the browser to the recorder and to who may come in. */
import { admitMoq } from "../api/moq.ts";
import { systemScheduler } from "../base/scheduler.ts";
import type { Config } from "../config.ts";
import { quietLibrary } from "../moq/library-log.ts";
import { Watching } from "../moq/watching.ts";
import type { Core } from "./core.ts";

/** Browsers, over MoQ. What it prints on its own would get into the results of commands. */
export function openWatching(config: Config, core: Core, parts: AsyncDisposableStack): Watching {
  parts.use(quietLibrary(console));
  const watching = new Watching({
    gate: core.gate.memory,
    clock: core.clock,
    scheduler: systemScheduler(),
    sessionIds: core.sessionIds,
    sink: core.recorder,
    source: config.source,
    preset: config.encoderPreset,
    stats: config.stats,
    relay: config.relay,
    admit: (request, redeem) => {
      admitMoq(request, { credentials: core.credentials, redeem });
      return "external";
    },
  });
  parts.defer(() => watching.stop());
  return watching;
}
