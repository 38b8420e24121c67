/** Connects watching in the browser to the recorder and to authentication. */
import { rightOf } from "../api/edge/signed-in-streams.ts";
import { quietConsole } from "../base/library-console.ts";
import { systemScheduler } from "../base/scheduler.ts";
import type { Config } from "../config.ts";
import type { Settings } from "../model/settings.ts";
import { Watching } from "../moq/watching.ts";
import type { PlayEndpoint } from "../play/endpoint.ts";
import type { Core } from "./core.ts";
import { takeSample, takeStreamsEvent } from "./events.ts";
import { moqAdmission } from "./moq-admission.ts";
import { followStream, openPlay } from "./play.ts";
import { readRelayToken } from "./relay-token.ts";

/** Browsers, over MoQ. Its own console output would get into the results of commands. */
export function openWatching(
  config: Config,
  core: Core & { readonly settings: Settings },
  parts: AsyncDisposableStack,
): { readonly watching: Watching; readonly play: PlayEndpoint } {
  parts.use(quietConsole(console));
  const play = openPlay(core, () => watching);
  const watching: Watching = new Watching({
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
    relay: config.relay && {
      url: config.relay,
      token: () => readRelayToken(config.relayTokenFile),
    },
    viewerRelay: viewerRelayOf(config),
    onEvent: (event) => {
      followStream(play, event);
      takeStreamsEvent(event, core);
    },
    admit: moqAdmission(core, () => watching),
    rightOf: (request) => rightOf(request, core.credentials),
  });
  parts.defer(() => watching.stop());
  // Before the streams: keys held by pages are released while there is a desktop.
  parts.defer(() => play.stop());
  return { watching, play };
}

/** Without the query, name and password that the host's own address may contain: for publishing. */
export function viewerRelayOf({
  relay,
  relayViewerUrl,
  relayViewerTokenFile,
}: Pick<Config, "relay" | "relayViewerUrl" | "relayViewerTokenFile">) {
  if (relay === undefined) return undefined;
  const url = new URL(relayViewerUrl ?? relay);
  if (relayViewerUrl === undefined) Object.assign(url, { search: "", username: "", password: "" });
  return { url, token: () => readRelayToken(relayViewerTokenFile) };
}
