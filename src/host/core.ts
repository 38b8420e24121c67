/** Shared by every path and the console: the data directory, authentication, the recorder. */
import { hostname } from "node:os";
import { join } from "node:path";
import { AccessTokens } from "../api/edge/access-tokens.ts";
import { Credentials } from "../api/edge/credentials.ts";
import { LinkRegistry } from "../api/edge/stream-links.ts";
import { type Clock, systemClock } from "../base/clock.ts";
import { Gate } from "../base/gate.ts";
import { type Identity, loadHostIdentity } from "../base/identity.ts";
import { log, onLine, warn } from "../base/log.ts";
import { LogRing } from "../base/log-ring.ts";
import { type Scheduler, systemScheduler } from "../base/scheduler.ts";
import { SharedSequence } from "../base/shared-sequence.ts";
import type { Config } from "../config.ts";
import { RealtimeKit } from "../dbus/realtime-kit.ts";
import { CollectorWatch } from "../machine/collector.ts";
import { MachineFiles } from "../machine/files.ts";
import {
  guardRealtime,
  limitForService,
  systemScheduling,
  ThreadPriorities,
} from "../machine/priority.ts";
import { MachineWatch } from "../machine/watch.ts";
import type { CaptureMeta } from "../model/capture.ts";
import { logLineCountMax } from "../model/log-line.ts";
import { isRepeatable } from "../operations/route.ts";
import { Recorder } from "../recorder/recorder.ts";
import { AccessTokensFile } from "../store/access-tokens-file.ts";
import { type CaptureStore, openCaptureStore } from "../store/capture-store.ts";
import { lockDirectory } from "../store/directory-lock.ts";
import { loadLinksFile } from "../store/links-file.ts";
import { SignInsFile } from "../store/sign-ins-file.ts";
import { loadToken } from "../store/token-file.ts";
import { HostReporter } from "../timeline/reporter.ts";
import { type HistoryParts, openHistory } from "./history.ts";
import { KeptTimelines } from "./kept-timelines.ts";
import { SourceReports } from "./source-reports.ts";

/** Shared by every path and the console. Lives as long as the host. */
export type Core = HistoryParts & {
  readonly identity: Identity;
  readonly token: string;
  readonly credentials: Credentials;
  readonly access: AccessTokens;
  readonly links: LinkRegistry;
  readonly gate: Gate;
  readonly sessionIds: SharedSequence;
  readonly store: CaptureStore;
  readonly recorder: Recorder;
  readonly machine: MachineWatch;
  readonly priorities: ThreadPriorities;
  readonly timeline: HostReporter;
  readonly sources: SourceReports;
  /** Log lines since the start, by this thread and as warnings of workers. */
  readonly recentLog: LogRing;
  readonly startedUs: number;
  readonly clock: Clock;
  /** Resolved with the reason when the host cannot continue. */
  readonly failed: PromiseWithResolvers<string>;
};

/**
 * Locks the data directory and opens its contents; recovers what a crash left.
 * @throws Failure if the directory cannot be used
 */
export async function openCore(config: Config, parts: AsyncDisposableStack): Promise<Core> {
  const directory = config.dataDirectory;
  parts.use(lockDirectory(directory));
  const clock = systemClock();
  const gate = new Gate();
  gate.setPerf(config.perf);
  const sessionIds = new SharedSequence();
  const store = openCaptureStore(directory);
  await store.prepare();
  const entry = await openEntry({ clock, config }, parts);
  const timeline = parts.use(await openTimeline({ clock, config, token: entry.token }, parts));
  const scheduler = systemScheduler();
  const files = new MachineFiles();
  const machine = new MachineWatch({ files, clock, scheduler, collector: new CollectorWatch() });
  const priorities = openPriorities(config, { files, scheduler }, parts);
  const onKept = (meta: CaptureMeta) => recorder.announce(meta);
  const kept = await openHistory(
    {
      ...{ directory, clock, gate, store, timeline: timeline.events, onKept },
      presetAtStart: config.encoderPreset,
      remove: (id) => recorder.remove(id),
    },
    parts,
  );
  const recorder: Recorder = parts.use(
    new Recorder({
      gate,
      clock,
      vault: store,
      journalDirectory: join(directory, "journal"),
      hostName: hostname(),
      sessionIds,
      timeline: timeline.events,
      rows: kept.keeper,
    }),
  );
  await recorder.recover();
  parts.defer(async () => void (await saveRecording(recorder)));
  return {
    identity: await loadHostIdentity(directory),
    ...entry,
    gate,
    sessionIds,
    store,
    recorder,
    ...kept,
    machine,
    priorities,
    timeline,
    sources: new SourceReports(),
    recentLog: openRecentLog(parts),
    startedUs: clock.nowUs(),
    clock,
    failed: Promise.withResolvers<string>(),
  };
}

function openRecentLog(parts: AsyncDisposableStack): LogRing {
  const ring = new LogRing(logLineCountMax);
  parts.use(onLine((line) => ring.add(line)));
  return ring;
}

/** Authentication: the operator's token, named tokens, and browsers that showed one. */
async function openEntry(
  { clock, config }: { readonly clock: Clock; readonly config: Config },
  parts: AsyncDisposableStack,
): Promise<Pick<Core, "token" | "access" | "links" | "credentials">> {
  const directory = config.dataDirectory;
  const token = config.token ?? (await loadToken(directory));
  const kept = parts.use(await AccessTokensFile.load(directory));
  const access = new AccessTokens({ clock, keeper: kept });
  const links = new LinkRegistry({ clock, keeper: parts.use(await loadLinksFile(directory)) });
  const keeper = parts.use(await SignInsFile.load(directory));
  const credentials = new Credentials({ token, clock, keeper, tokens: access });
  return { token, access, links, credentials };
}

/**
 * For the threads that frames go through; the kernel's guard stays active as long as the host runs.
 */
function openPriorities(
  { raisesPriority }: Config,
  { files, scheduler }: { files: MachineFiles; scheduler: Scheduler },
  parts: AsyncDisposableStack,
): ThreadPriorities {
  const kit = new RealtimeKit({ limit: limitForService });
  const scheduling = systemScheduling((thread) => files.thread(thread)?.ranNs, kit);
  const coreCount = navigator.hardwareConcurrency;
  const isOn = raisesPriority;
  const priorities = new ThreadPriorities({ scheduling, scheduler, coreCount, isOn });
  if (isOn) parts.use(guardRealtime(() => priorities.giveUp()));
  return priorities;
}

/** A manual recording that is running when the host ends is saved like one that was stopped. */
async function openTimeline(
  { clock, config, token }: { clock: Clock; config: Config; token: string },
  parts: AsyncDisposableStack,
): Promise<HostReporter> {
  const { source, encoderPreset, perf } = config;
  const kept = new KeptTimelines(config.dataDirectory, clock);
  const timeline = new HostReporter({
    clock,
    host: hostname(),
    settings: { revision: 0, values: { source, encoder_preset: encoderPreset ?? null, perf } },
    secrets: [token],
    isRepeatable,
    onFinished: (ended) => kept.save(ended),
    onStarted: (start) => kept.begin(start),
  });
  await kept.load(timeline.events);
  parts.defer(async () => {
    timeline.events.stop();
    await kept.settled();
  });
  return timeline;
}

/**
 * A capture that is recording when the host ends is saved; if that fails it stays in its journal.
 * @returns false when it could not be saved
 */
export async function saveRecording(
  recorder: Pick<Recorder, "stop" | "isJournalWhole">,
): Promise<boolean> {
  try {
    const meta = await recorder.stop();
    if (meta !== undefined) log("capture saved", { id: meta.id });
    return true;
  } catch (cause) {
    const isWhole = await recorder.isJournalWhole();
    const journal = isWhole
      ? "it is recovered from its journal at the next start"
      : "its journal is incomplete: only a part of it is recovered at the next start";
    warn("capture_not_saved_at_stop", { journal, cause });
    return false;
  }
}
