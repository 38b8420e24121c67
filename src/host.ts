/**
 * A running host: makes the parts, joins them, and takes them apart again in the opposite order.
 * The rooms know nothing of each other; what one needs from another is handed over here.
 */
import { chmod, mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { browserDoor } from "./api/browser-door.ts";
import { Credentials } from "./api/credentials.ts";
import { ownHosts } from "./api/hosts.ts";
import { createApp } from "./app.ts";
import { unreachable } from "./base/assert.ts";
import { systemClock } from "./base/clock.ts";
import { Failure } from "./base/failure.ts";
import { Gate } from "./base/gate.ts";
import { type Identity, loadHostIdentity } from "./base/identity.ts";
import { log, warn } from "./base/log.ts";
import { SharedSequence } from "./base/shared-sequence.ts";
import { version } from "./base/version.ts";
import type { RunningHost } from "./cli/serve.ts";
import type { Config } from "./config.ts";
import { HostEvents } from "./host-timeline.ts";
import type { Session } from "./model/session.ts";
import type { EncoderStatus, HostStatus } from "./model/status.ts";
import { type NativeHost, startNativeHost } from "./native/host.ts";
import type { HostEvent } from "./native/host-link.ts";
import { consolePages } from "./pages/console.ts";
import { Recorder } from "./recorder/recorder.ts";
import { type CaptureStore, openCaptureStore } from "./store/capture-store.ts";
import { lockDirectory } from "./store/directory-lock.ts";
import { loadToken } from "./store/token-file.ts";
import { prepareAddon } from "./video/addon.ts";
import { probeEncoders } from "./video/probe.ts";
import { compareAround } from "./window/comparison.ts";
import { makeSeries } from "./window/series.ts";

export async function startHost(config: Config): Promise<RunningHost> {
  // A cache directory that is no good stops the host here, not its first player later.
  await prepareAddon();
  await using parts = new AsyncDisposableStack();
  const core = await openCore(config, parts);
  const native = await openNative(config, core, parts);
  const ending = new AbortController();
  parts.defer(() => ending.abort());
  // Asked for once the console listens: its process would take the cores from the first answer.
  let encoders: Promise<EncoderStatus[]> | undefined;
  const askEncoders = () => {
    encoders ??= probeEncoders(ending.signal);
    return encoders;
  };
  core.timeline.know({ sessions: () => native.sessions() });
  const sessions = core.timeline.watchSessions(native);
  const app = createApp({
    stats: core.recorder,
    recordings: core.store,
    makeSeries,
    compareAround,
    sessions,
    players: native,
    timeline: core.timeline.events,
    timelineDesk: core.timeline.desk,
    clock: core.clock,
    status: async () => statusOf({ config, core, native, encoders: await askEncoders() }),
    credentials: core.credentials,
    allowedHosts: ownHosts(config.listen.host, config.allowHosts),
    pages: consolePages({
      clock: core.clock,
      door: browserDoor(core.credentials),
      stats: core.recorder,
      recordings: core.store,
      sessions,
      players: native,
      timeline: core.timeline.events,
      compareAround,
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
    stop: () => running.disposeAsync(),
  };
}

/** What every path and the console share. */
type Core = {
  readonly identity: Identity;
  readonly token: string;
  readonly credentials: Credentials;
  readonly gate: Gate;
  readonly sessionIds: SharedSequence;
  readonly store: CaptureStore;
  readonly recorder: Recorder;
  readonly timeline: HostEvents;
  readonly startedUs: number;
  readonly clock: ReturnType<typeof systemClock>;
  readonly failed: PromiseWithResolvers<string>;
};

async function openCore(config: Config, parts: AsyncDisposableStack): Promise<Core> {
  const directory = config.dataDirectory;
  await makeDataDirectory(directory);
  parts.use(lockDirectory(directory));
  const clock = systemClock();
  const gate = new Gate();
  gate.setPerf(config.perf);
  const sessionIds = new SharedSequence();
  const store = openCaptureStore(directory);
  await store.prepare();
  const token = config.token ?? (await loadToken(directory));
  const timeline = parts.use(new HostEvents({ clock, config, token }));
  const recorder = parts.use(
    new Recorder({
      gate,
      clock,
      vault: store,
      journalDirectory: join(directory, "journal"),
      hostName: hostname(),
      sessionIds,
      timeline: timeline.events,
    }),
  );
  for (const meta of await recorder.recover()) log("capture recovered", { id: meta.id });
  parts.defer(() => saveRecording(recorder));
  return {
    identity: await loadHostIdentity(directory),
    token,
    credentials: new Credentials({ token, clock }),
    gate,
    sessionIds,
    store,
    recorder,
    timeline,
    startedUs: clock.nowUs(),
    clock,
    failed: Promise.withResolvers<string>(),
  };
}

async function makeDataDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
  } catch (cause) {
    throw new Failure(
      "data_dir",
      `Cannot use the data directory "${directory}"; --data-dir or ONGLASS_DATA_DIR names another`,
      { cause },
    );
  }
}

/** A capture that records when the host ends is saved; one that cannot be stays in its journal. */
async function saveRecording(recorder: Recorder): Promise<void> {
  try {
    const meta = await recorder.stop();
    if (meta !== undefined) log("capture saved", { id: meta.id });
  } catch (cause) {
    warn("capture not saved, its journal is recovered at the next start", { cause });
  }
}

async function openNative(
  config: Config,
  core: Core,
  parts: AsyncDisposableStack,
): Promise<NativeHost> {
  const native = await startNativeHost({
    listenHost: config.nativeListen.host,
    port: config.nativeListen.port,
    dataDirectory: config.dataDirectory,
    source: config.source,
    preset: config.encoderPreset,
    gate: core.gate.memory,
    sessionIds: core.sessionIds.memory,
    identity: core.identity,
    clock: core.clock,
    onEvent: (event) => takeEvent(event, core),
  });
  parts.defer(() => native.stop());
  return native;
}

function takeEvent(event: HostEvent, { recorder, failed, timeline }: Core): void {
  switch (event.kind) {
    case "recording":
      // A session that announces itself to a capture that was stopped meanwhile says so again in the next.
      if (event.captureNumber === recorder.captureNumber()) recorder.registerSession(event.session);
      return;
    case "sample":
      recorder.pushSample(event.session_id, event.sample, event.captureNumber);
      return;
    case "session_started":
      log("session started", sessionFields(event.session));
      timeline.connected(event.session);
      return;
    case "session_ended":
      log("session ended", { ...sessionFields(event.session), reason: event.reason });
      timeline.disconnected(event.session, event.reason);
      return;
    case "happened":
      timeline.happened(event);
      return;
    case "client_added":
      log("player paired", { client: event.client.name, id: event.client.id });
      return;
    case "refused":
      warn("player refused", { address: event.address, reason: event.reason });
      return;
    case "failed":
      warn("native path failed", { reason: event.reason });
      failed.resolve(event.reason);
      return;
    default:
      unreachable(event);
  }
}

function sessionFields(session: Session) {
  const { session_id, kind, client, width, height, fps, codec } = session;
  return { session_id, kind, client, mode: `${width}x${height}@${fps}`, codec };
}

type StatusParts = {
  readonly config: Config;
  readonly core: Core;
  readonly native: NativeHost;
  readonly encoders: readonly EncoderStatus[];
};

function statusOf({ config, core, native, encoders }: StatusParts): HostStatus {
  return {
    version,
    host: hostname(),
    uptime_ms: Math.floor((core.clock.nowUs() - core.startedUs) / 1000),
    source: config.source,
    native_port: native.port,
    fingerprint: core.identity.fingerprint,
    encoders: [...encoders],
    session_count: native.sessions().length,
    capture: core.recorder.status(),
  };
}

function openConsole(app: ReturnType<typeof createApp>, config: Config, identity: Identity): void {
  try {
    app.listen(listenOptions(config, identity));
  } catch (cause) {
    const { host, port } = config.listen;
    throw new Failure(
      "console_address",
      `Cannot listen for the console on "${host}:${port}"; --listen or ONGLASS_LISTEN names another`,
      { cause },
    );
  }
}

function listenOptions({ listen, tls }: Config, identity: Identity) {
  const address = { hostname: listen.host, port: listen.port };
  if (!tls) return address;
  return { ...address, tls: { cert: identity.certificatePem, key: identity.keyPem } };
}

function consoleUrl({ listen, tls }: Config, port: number): string {
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return `${tls ? "https" : "http"}://${host}:${port}`;
}
