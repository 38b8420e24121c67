/**
 * A running host: makes the parts, joins them, and takes them apart again in the opposite order.
 * The rooms know nothing of each other; what one needs from another is handed over here.
 */
import type { RunningHost } from "../cli/serve.ts";
import { type Config, dataDirectoryFlag } from "../config.ts";
import { TrialService } from "../keep/trials.ts";
import type { EncoderStatus, GamestreamStatus } from "../model/status.ts";
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
import { offerEncoders, openGamestream } from "./gamestream.ts";
import { historyParts } from "./history.ts";
import { consoleUrl, openConsole } from "./listen.ts";
import { openNative } from "./native.ts";
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
 * Starts everything; resolves when the console listens. @throws what prevented it, with everything
 * closed again
 */
export async function startHost(config: Config): Promise<RunningHost> {
  // A cache directory that cannot be used stops the host here, not its first player later.
  await prepareAddon();
  await using parts = new AsyncDisposableStack();
  const core = await openCore(config, parts);
  const settings = await openSettings(config, core);
  const set = { ...core, settings: settings.file.current() };
  const telemetry = openTelemetry(config, core, parts);
  telemetry.applySettings(settings.file.current());
  const { watching, play } = openWatching(config, set, parts);
  const given = { ...set, watching };
  const { createConsole, native, gamestream, paths } = await openPaths(config, given, parts);
  // Asked for once the console listens: its process would take the cores from the first answer.
  const askEncoders = encoderFinder(config.encoder, parts);
  settings.follow(...paths, watching.streams, telemetry);
  const keepers = joinSessions([...paths, watching.streams]);
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
  const app = createConsole(config, core, {
    experiments,
    ...measured,
    recordings: core.store,
    ...{ ...kept, shares: openShares(config, core, kept.history), ...gathered },
    trials: new TrialService({ ...kept, sessions, wallMs: () => core.clock.wallMs() }),
    players: joinPlayers(native, gamestream.host),
    ...{ settings: settings.file, access: core.access, links: core.links },
    streams: watching.streams,
    ...{ timeline: core.timeline.events, timelineService: core.timeline.service },
    ...{ moq: watching, play },
    host: factsOf(
      { config, core, sessions, native, gamestream: gamestream.status },
      { askEncoders, ...lookers(config, parts) },
    ),
    ...{ tls, reach: reachOf(config, native.port, gamestream.status) },
  });
  openConsole({ app, config, tls }, parts, core.failed.resolve);
  telemetry.begin({ tls, collect: () => hostMetrics(measured) });
  void askEncoders().then((found) => reportEncoders(found, core, gamestream.host));
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

/** Their workers and this thread load code at the same time: half of what a start takes. */
async function openPaths(
  config: Config,
  set: Parameters<typeof openNative>[1] & Parameters<typeof openGamestream>[1],
  parts: AsyncDisposableStack,
) {
  const opening = allOf([openNative(config, set, parts), openGamestream(config, set, parts)]);
  const { createConsole } = await import("./console.ts");
  const [native, gamestream] = await opening;
  const paths = gamestream.host === undefined ? [native] : [native, gamestream.host];
  return { createConsole, native, gamestream, paths };
}

function reportEncoders(
  encoders: EncoderStatus[],
  core: Core,
  gamestream: Parameters<typeof offerEncoders>[0],
): void {
  core.timeline.setSources({ encoders });
  offerEncoders(gamestream, encoders);
}

/** What is looked at in processes of their own. */
function lookers(config: Config, parts: AsyncDisposableStack) {
  const listSources = sourceLister(config.source, parts);
  return { listSources, askDoctor: openDoctor(config, parts) };
}

type Known = Omit<Parameters<typeof statusOf>[0], "encoders">;

function factsOf(
  known: Known,
  ask: {
    readonly askEncoders: () => Promise<EncoderStatus[]>;
    readonly listSources: HostFacts["sources"];
    readonly askDoctor: HostFacts["doctor"];
  },
): HostFacts {
  return {
    status: async () => statusOf({ ...known, encoders: await ask.askEncoders() }),
    sourceState: () => known.core.sources.state(),
    log: (after) => known.core.recentLog.page(after),
    sources: ask.listSources,
    doctor: ask.askDoctor,
  };
}

function reachOf(
  config: Config,
  nativePort: number,
  { address, port }: GamestreamStatus,
): PlayerAddresses {
  return {
    native: { host: config.nativeListen.host, port: nativePort },
    localFlag: dataDirectoryFlag(config, process.env),
    gamestream: address === undefined || port === undefined ? undefined : { address, port },
  };
}

/** All of them, or the first failure once none of them is under way any more. */
async function allOf<const T extends readonly Promise<unknown>[]>(
  under: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(under);
  for (const result of settled) if (result.status === "rejected") throw result.reason;
  return await Promise.all(under);
}
