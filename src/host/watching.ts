/** Joins watching in the browser to the recorder and to who may come in. */
import { rightOf } from "../api/edge/signed-in-streams.ts";
import { admitMoq } from "../api/routes/moq.ts";
import { quietConsole } from "../base/library-console.ts";
import { systemScheduler } from "../base/scheduler.ts";
import type { Config } from "../config.ts";
import type { Settings } from "../model/settings.ts";
import { Watching } from "../moq/watching.ts";
import type { Core } from "./core.ts";
import { takeSample, takeStreamsEvent } from "./events.ts";

/** Browsers, over MoQ. What it prints on its own would get into the results of commands. */
export function openWatching(
  config: Config,
  core: Core & { readonly settings: Settings },
  parts: AsyncDisposableStack,
): Watching {
  parts.use(quietConsole(console));
  const watching = new Watching({
    gate: core.gate.memory,
    clock: core.clock,
    scheduler: systemScheduler(),
    sessionIds: core.sessionIds,
    sink: {
      registerSession: (session) => core.recorder.registerSession(session),
      pushSample: (sessionId, sample, captureNumber) => {
        takeSample({ session_id: sessionId, sample, captureNumber }, core);
      },
    },
    source: config.source,
    preset: config.encoderPreset,
    encoder: config.encoder,
    dataDirectory: config.dataDirectory,
    settings: core.settings,
    stats: config.stats,
    relay: config.relay,
    onEvent: (event) => takeStreamsEvent(event, core),
    admit: (request, redeem) => {
      admitMoq(request, { credentials: core.credentials, redeem });
      return "external";
    },
    rightOf: (request) => rightOf(request, core.credentials),
  });
  parts.defer(() => watching.stop());
  return watching;
}
