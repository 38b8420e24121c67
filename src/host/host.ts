/**
 * A running host: makes the parts, joins them, and takes them apart again in the opposite order.
 * The rooms know nothing of each other; what one needs from another is handed over here.
 */
import { browserDoor } from "../api/browser-door.ts";
import { ownHosts } from "../api/hosts.ts";
import { createApp } from "../app.ts";
import type { RunningHost } from "../cli/serve.ts";
import type { Config } from "../config.ts";
import type { EncoderStatus } from "../model/status.ts";
import { socketLimits } from "../moq/endpoint.ts";
import { consolePages } from "../pages/console.ts";
import { prepareAddon } from "../video/addon.ts";
import { probeEncoders } from "../video/probe.ts";
import { makeSeries } from "../window/series.ts";
import { openCore, saveRecording } from "./core.ts";
import { openGamestream } from "./gamestream.ts";
import { consoleUrl, openConsole } from "./listen.ts";
import { openNative } from "./native.ts";
import { joinPlayers } from "./players.ts";
import { joinSessions } from "./sessions.ts";
import { statusOf } from "./status.ts";
import { openWatching } from "./watching.ts";

export async function startHost(config: Config): Promise<RunningHost> {
  // A cache directory that is no good stops the host here, not its first player later.
  await prepareAddon();
  await using parts = new AsyncDisposableStack();
  const core = await openCore(config, parts);
  const watching = openWatching(config, core, parts);
  const native = await openNative(config, { ...core, watching }, parts);
  const ending = new AbortController();
  parts.defer(() => ending.abort());
  // Asked for once the console listens: its process would take the cores from the first answer.
  let encoders: Promise<EncoderStatus[]> | undefined;
  const askEncoders = () => {
    encoders ??= probeEncoders(ending.signal);
    return encoders;
  };
  const gamestream = await openGamestream(config, { ...core, watching }, parts);
  const paths = gamestream === undefined ? [native] : [native, gamestream];
  const sessions = joinSessions([...paths, watching.streams]);
  const players = joinPlayers(native, gamestream);
  const app = createApp({
    stats: core.recorder,
    recordings: core.store,
    makeSeries,
    sessions,
    players,
    streams: watching.streams,
    moq: watching,
    counters: watching.counters,
    socketLimits,
    status: async () => statusOf({ config, core, sessions, native, encoders: await askEncoders() }),
    credentials: core.credentials,
    allowedHosts: ownHosts(config.listen.host, config.allowHosts),
    pages: consolePages({
      clock: core.clock,
      door: browserDoor(core.credentials),
      stats: core.recorder,
      recordings: core.store,
      sessions,
      players,
      streams: watching.streams,
      counters: watching.counters,
      nativePort: native.port,
    }),
  });
  openConsole(app, config, core.identity);
  parts.defer(async () => void (await app.stop(true)));
  void askEncoders();
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
