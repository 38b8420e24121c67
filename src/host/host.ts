/**
 * A running host: makes the parts, connects them, and closes them in the opposite order. The rooms
 * know nothing of each other; dependencies are passed here.
 */

import { sleepMs } from "../base/timer.ts";
import type { RunningHost } from "../cli/serve.ts";
import { type Config, dataDirectoryFlag } from "../config.ts";
import { TrialService } from "../keep/trials.ts";
import type { EncoderStatus } from "../model/status.ts";
import type { PlayerAddresses } from "../pages/parts.ts";
import type { HostFacts } from "../ports/host.ts";
import { hostMetrics } from "../telemetry/host-metrics.ts";
import { prepareAddon } from "../video/addon.ts";
import { openGathering } from "./archive.ts";
import { openConsoleTls } from "./console-tls.ts";
import { type Core, openCore } from "./core.ts";
import { openDoctor } from "./doctor.ts";
import { encoderFinder } from "./encoders.ts";
import { endHost } from "./end.ts";
import { openExperiments } from "./experiments.ts";
import { offerEncoders } from "./gamestream.ts";
import { historyParts } from "./history.ts";
import { consoleUrl, openConsole } from "./listen.ts";
import { type OpenPaths, Paths } from "./paths.ts";
import { joinPlayers } from "./players.ts";
import { joinSessions } from "./sessions.ts";
import { openSettings } from "./settings.ts";
import { openShares } from "./shares.ts";
import { sourceLister } from "./sources.ts";
import { standingLoops } from "./standing.ts";
import { statusOf } from "./status.ts";
import { openTelemetry } from "./telemetry.ts";
import { openWatching } from "./watching.ts";

/**
 * Starts everything; resolves when players can connect too. The console answers before that.
 * @throws the reason of a failure, with everything closed again
 */
export async function startHost(config: Config): Promise<RunningHost> {
  if (config.fleet.length > 0) {
    const { checkNamedHosts } = await import("../cli/hosts-file.ts");
    await checkNamedHosts(config.fleet, process.env);
  }
  // An unusable cache directory stops the host here, not its first player later.
  await prepareAddon();
  await using parts = new AsyncDisposableStack();
  const core = await openCore(config, parts);
  const joined = await joinParts(config, core, parts);
  const { app, pages, tls, paths, watching } = joined;
  openConsole({ app, config, tls }, parts, core.failed.resolve);
  joined.telemetry.begin({ tls, collect: () => hostMetrics(joined.measured) });
  const given = { ...core, watching, settings: joined.settings.file.current() };
  // Requests for the console are answered before the workers take the cores.
  await sleepMs(0);
  const { native, gamestream } = await paths.open(config, given);
  await pages.opened();
  void joined.askEncoders().then((found) => reportEncoders(found, core, gamestream.host));
  const running = parts.move();
  return {
    consoleUrl: consoleUrl(config, app.server?.port ?? config.listen.port),
    nativePort: native.port,
    gamestream: gamestream.status,
    token: core.token,
    failed: core.failed.promise,
    standing: () => standingLoops(core.readWatch, { native, gamestream: gamestream.host }),
    stop: () => endHost(core, running),
  };
}

/** Everything but the paths and the listeners: the console's app, from running parts. */
async function joinParts(config: Config, core: Core, parts: AsyncDisposableStack) {
  const settings = await openSettings(config, core);
  const set = { ...core, settings: settings.file.current() };
  const telemetry = openTelemetry(config, core, parts);
  telemetry.applySettings(settings.file.current());
  const { watching, play } = openWatching(config, set, parts);
  const paths = parts.use(new Paths());
  settings.follow(paths, watching.streams, telemetry);
  const keepers = joinSessions(() => [paths.sessions, watching.streams]);
  core.timeline.setSources({ sessions: () => keepers.sessions() });
  const sessions = core.timeline.recordBitrates(keepers);
  const presetNow = () => settings.file.current().encoder_preset || config.encoderPreset;
  const kept = historyParts({ ...core, presetNow });
  const trying = { settings: settings.file, sessions, parts };
  const experiments = await openExperiments(config.dataDirectory, core, trying);
  const tls = await openConsoleTls(config, core, parts);
  const gathered = await openGathering(config, { core, verdicts: kept.verdicts }, parts);
  const measured = {
    ...{ stats: core.recorder, machine: core.machine, telemetry: telemetry.service },
    ...{ sessions, counters: watching.counters, verdicts: kept.verdicts },
  };
  // Started after all listeners: its process would take the cores from the first answer.
  const askEncoders = encoderFinder(config.encoder, parts);
  const { createConsole } = await import("./console.ts");
  const { app, pages } = createConsole(config, core, {
    experiments,
    ...measured,
    recordings: core.store,
    ...{ ...kept, shares: openShares(config, core, kept.history), ...gathered },
    trials: new TrialService({ ...kept, sessions, wallMs: () => core.clock.wallMs() }),
    players: joinPlayers(paths),
    ...{ settings: settings.file, access: core.access, links: core.links },
    streams: watching.streams,
    ...{ timeline: core.timeline.events, timelineService: core.timeline.service },
    ...{ moq: watching, play },
    host: factsOf({ config, core, sessions, paths }, { askEncoders, ...lookers(config, parts) }),
    ...{ tls, reach: async () => reachOf(config, await paths.opened) },
  });
  return { app, pages, tls, paths, watching, settings, telemetry, measured, askEncoders };
}

function reportEncoders(
  encoders: EncoderStatus[],
  core: Core,
  gamestream: Parameters<typeof offerEncoders>[0],
): void {
  core.timeline.setSources({ encoders });
  offerEncoders(gamestream, encoders);
}

/** Looks that run in separate processes. */
function lookers(config: Config, parts: AsyncDisposableStack) {
  const listSources = sourceLister(config.source, parts);
  return { listSources, askDoctor: openDoctor(config, parts) };
}

type Known = Omit<Parameters<typeof statusOf>[0], "encoders" | "native" | "gamestream"> & {
  readonly paths: Pick<Paths, "opened">;
};

function factsOf(
  { paths, ...known }: Known,
  ask: {
    readonly askEncoders: () => Promise<EncoderStatus[]>;
    readonly listSources: HostFacts["sources"];
    readonly askDoctor: HostFacts["doctor"];
  },
): HostFacts {
  return {
    status: async () => {
      const { native, gamestream } = await paths.opened;
      const encoders = await ask.askEncoders();
      return statusOf({ ...known, native, gamestream: gamestream.status, encoders });
    },
    sourceState: () => known.core.sources.state(),
    log: (after) => known.core.recentLog.page(after),
    sources: ask.listSources,
    doctor: ask.askDoctor,
  };
}

function reachOf(config: Config, { native, gamestream }: OpenPaths): PlayerAddresses {
  const { address, port } = gamestream.status;
  return {
    native: { host: config.nativeListen.host, port: native.port },
    localFlag: dataDirectoryFlag(config, process.env),
    gamestream: address === undefined || port === undefined ? undefined : { address, port },
  };
}
