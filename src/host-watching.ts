/** Opens watching for a host: browsers and other MoQ clients, and the counts of all paths. */
import type { Credentials } from "./api/credentials.ts";
import { admitMoq } from "./api/moq.ts";
import type { Clock } from "./base/clock.ts";
import type { Gate } from "./base/gate.ts";
import { systemScheduler } from "./base/scheduler.ts";
import type { SharedSequence } from "./base/shared-sequence.ts";
import type { Config } from "./config.ts";
import { quietLibrary } from "./moq/library-log.ts";
import { Watching } from "./moq/watching.ts";
import type { Recorder } from "./recorder/recorder.ts";

type Core = {
  readonly credentials: Credentials;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly sessionIds: SharedSequence;
  readonly recorder: Recorder;
};

/** Both the console's listener and the native path need it: it is opened before and closed after. */
export function openWatching(config: Config, core: Core, parts: AsyncDisposableStack): Watching {
  const { credentials, gate, clock, sessionIds, recorder } = core;
  // What the library prints would get into the results of commands.
  parts.use(quietLibrary(console));
  const watching = new Watching({
    gate: gate.memory,
    clock,
    scheduler: systemScheduler(),
    sessionIds,
    sink: recorder,
    source: config.source,
    preset: config.encoderPreset,
    stats: config.stats,
    relay: config.relay,
    admit: (request, redeem) => {
      admitMoq(request, { credentials, redeem });
      return "external";
    },
  });
  parts.defer(() => watching.stop());
  return watching;
}
