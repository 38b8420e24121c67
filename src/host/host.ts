/**
 * A running host: makes the parts, joins them, and takes them apart again in the opposite order.
 * The rooms know nothing of each other; what one needs from another is handed over here.
 */
import { browserDoor } from "../api/browser-door.ts";
import { ownHosts } from "../api/hosts.ts";
import { createApp } from "../app.ts";
import type { RunningHost } from "../cli/serve.ts";
import type { Config } from "../config.ts";
import { socketLimits } from "../moq/endpoint.ts";
import { consolePages } from "../pages/console.ts";
import { prepareAddon } from "../video/addon.ts";
import { compareAround } from "../window/comparison.ts";
import { makeSeries } from "../window/series.ts";
import { openCore, saveRecording } from "./core.ts";
import { encoderFinder } from "./encoders.ts";
import { openGamestream } from "./gamestream.ts";
import { consoleUrl, openConsole } from "./listen.ts";
import { openNative } from "./native.ts";
import { joinPlayers } from "./players.ts";
import { joinSessions } from "./sessions.ts";
import { openSettings } from "./settings.ts";
import { statusOf } from "./status.ts";
import { openWatching } from "./watching.ts";

export async function startHost(config: Config): Promise<RunningHost> {
  // A cache directory that is no good stops the host here, not its first player later.
  await prepareAddon();
  await using parts = new AsyncDisposableStack();
  const core = await openCore(config, parts);
  const settings = await openSettings(config, core);
  const set = { ...core, settings: settings.file.current() };
  const watching = openWatching(config, set, parts);
  const native = await openNative(config, { ...set, watching }, parts);
  settings.follow(native, watching.streams);
  // Asked for once the console listens: its process would take the cores from the first answer.
  const askEncoders = encoderFinder(config.encoder, parts);
  const gamestream = await openGamestream(config, { ...core, watching }, parts);
  const paths = gamestream === undefined ? [native] : [native, gamestream];
  const keepers = joinSessions([...paths, watching.streams]);
  core.timeline.know({ sessions: () => keepers.sessions() });
  const sessions = core.timeline.watchSessions(keepers);
  // What the API and the console both need.
  const shared = {
    stats: core.recorder,
    recordings: core.store,
    sessions,
    players: joinPlayers(native, gamestream),
    settings: settings.file,
    streams: watching.streams,
    counters: watching.counters,
    timeline: core.timeline.events,
    compareAround,
    clock: core.clock,
  };
  const app = createApp({
    ...shared,
    makeSeries,
    timelineDesk: core.timeline.desk,
    moq: watching,
    socketLimits,
    status: async () => statusOf({ config, core, sessions, native, encoders: await askEncoders() }),
    credentials: core.credentials,
    allowedHosts: ownHosts(config.listen.host, config.allowHosts),
    ...consolePages({
      ...shared,
      door: browserDoor(core.credentials),
      nativePort: native.port,
    }),
  });
  openConsole(app, config, core.identity);
  parts.defer(async () => void (await app.stop(true)));
  void askEncoders().then((found) => core.timeline.know({ encoders: found }));
  const running = parts.move();
  return {
    consoleUrl: consoleUrl(config, app.server?.port ?? config.listen.port),
    nativePort: native.port,
    token: core.token,
    failed: core.failed.promise,
    stop: async () => {
      // First of all: nothing that fails to end afterwards can cost the capture.
      await saveRecording(core.recorder);
      await running.disposeAsync();
    },
  };
}
