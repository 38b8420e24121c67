/**
 * The real console over HTTP, with a real recorder and store in a directory of its own; only who
 * plays is made up. Stopped and started again on the same port, it is a host that was restarted.
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AccessTokens } from "../../src/api/edge/access-tokens.ts";
import { browserSession } from "../../src/api/edge/browser-session.ts";
import { Credentials } from "../../src/api/edge/credentials.ts";
import { guestSession } from "../../src/api/edge/guest-session.ts";
import { LateConsole } from "../../src/api/edge/late-console.ts";
import { createPerformer } from "../../src/api/edge/performer.ts";
import { LinkRegistry } from "../../src/api/edge/stream-links.ts";
import { createApp } from "../../src/app.ts";
import { noArchive } from "../../src/archive/service.ts";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { Failure } from "../../src/base/failure.ts";
import { Gate } from "../../src/base/gate.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import { ImportService } from "../../src/import/service.ts";
import { ComparisonService } from "../../src/keep/comparisons.ts";
import { readFrames } from "../../src/keep/kept-rows.ts";
import { TrialService } from "../../src/keep/trials.ts";
import type {
  Client,
  PairingCode,
  PinEntry,
  PinOutcome,
  WaitingPlayer,
} from "../../src/model/player.ts";
import type { Session } from "../../src/model/session.ts";
import type { SourceList } from "../../src/model/source-list.ts";
import type { HostStatus } from "../../src/model/status.ts";
import { socketLimits } from "../../src/moq/endpoint.ts";
import { isRepeatable } from "../../src/operations/route.ts";
import { consolePages } from "../../src/pages/console.ts";
import type { Archive } from "../../src/ports/archive.ts";
import type { Fleet } from "../../src/ports/fleet.ts";
import type { HistoryReads } from "../../src/ports/history.ts";
import type { VerdictReads } from "../../src/ports/verdicts.ts";
import { Recorder } from "../../src/recorder/recorder.ts";
import { ShareService } from "../../src/share/service.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { RecordingService } from "../../src/timeline/service.ts";
import { noFleet } from "./fake-fleet.ts";
import { emptyHistory, noExperiments, noVerdicts } from "./fake-history.ts";
import { knownMachine } from "./fake-machine.ts";
import { fakeSettings } from "./fake-settings.ts";
import { fakeTelemetry } from "./fake-telemetry.ts";
import { openTestWatching, type TestRelays } from "./open-watching.ts";
import { timelineOn } from "./timeline-parts.ts";

export const consoleToken = "a-token-of-the-operator-0123456789";

type Options = {
  readonly port?: number;
  readonly clock?: Clock;
  /** What has been kept; nothing unless given. */
  readonly history?: HistoryReads;
  readonly verdicts?: VerdictReads;
  readonly archive?: Archive;
  /** Other hosts; none unless given. */
  readonly fleet?: Fleet;
  readonly relays?: TestRelays;
};

export async function consoleHostIn(
  directory: string,
  {
    port = 0,
    clock = systemClock(),
    history = emptyHistory,
    verdicts = noVerdicts,
    archive = noArchive,
    fleet = noFleet,
    relays = {},
  }: Options = {},
) {
  await mkdir(directory, { recursive: true });
  const store = new CaptureStore(join(directory, "captures"));
  await store.prepare();
  const timeline = timelineOn(clock);
  const gate = new Gate();
  const recorder = new Recorder({
    gate,
    clock,
    vault: store,
    journalDirectory: join(directory, "journal"),
    hostName: "test-host",
    sessionIds: new SharedSequence(),
    timeline,
  });
  const people = new People(clock);
  const settings = fakeSettings(people.asked);
  const access = new AccessTokens({ clock });
  const links = new LinkRegistry({ clock });
  const credentials = new Credentials({ token: consoleToken, clock, tokens: access });
  const { watching, play, happened, stop } = openTestWatching(credentials, {
    gate,
    sink: recorder,
    links,
    relays,
  });
  const parts = {
    stats: recorder,
    recordings: store,
    history,
    verdicts,
    trials: new TrialService({ verdicts, sessions: people, wallMs: () => clock.wallMs() }),
    comparisons: comparisonsIn(store),
    archive,
    experiments: noExperiments,
    imports: new ImportService({
      save: (...saved) => store.save(...saved),
      rowsPath: (id) => store.frames.pathOf(id),
      settleRows: (id) => store.settleRows(id),
      saved: () => undefined,
      remove: (id) => store.remove(id),
      wallMs: () => clock.wallMs(),
    }),
    shares: new ShareService({
      recordings: store,
      rows: () => Promise.reject(new Failure("no_frames", "None are saved")),
      secrets: () => Promise.resolve({ secrets: [consoleToken], players: [] }),
      dataDirectory: directory,
      wallMs: () => clock.wallMs(),
    }),
    sessions: people,
    players: people,
    settings,
    access,
    links,
    timeline,
    timelineService: new RecordingService(timeline, isRepeatable),
    streams: watching.streams,
    moq: watching,
    counters: watching.counters,
    host: {
      status: () => hostStatus(recorder),
      sourceState: () => ({ chosen: undefined, askingCount: 0 }),
      log: () => ({ lines: [], next: 0 }),
      sources: async (): Promise<SourceList> => [],
      doctor: async () => [],
    },
    machine: knownMachine,
    telemetry: fakeTelemetry(),
  };
  const performer = createPerformer(parts, { credentials, clock });
  const console = new LateConsole(async () =>
    consolePages({
      ...parts,
      fleet,
      perform: performer.perform,
      clock,
      browserSession: browserSession(credentials),
      guestSession: guestSession(links),
      keyPin: () => "sha256//of-the-test",
      reach: async () => ({
        localFlag: "",
        native: { host: "0.0.0.0", port: 7781 },
        gamestream: { address: "192.0.2.7", port: 47_989 },
      }),
      source: "testsrc",
    }),
  );
  const app = createApp({
    performer,
    timeline,
    moq: watching,
    play,
    socketLimits,
    credentials,
    allowedHosts: new Set(["localhost", "127.0.0.1"]),
    console,
  });
  await console.opened();
  app.listen({ hostname: "127.0.0.1", port });
  const listened = app.server?.port ?? 0;
  return {
    app,
    ...{ links, happened, facts: parts.host },
    recorder,
    timeline,
    store,
    people,
    settings,
    access,
    watching,
    port: listened,
    url: `http://127.0.0.1:${listened}`,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await app.stop(true);
      await recorder[Symbol.asyncDispose]();
    },
  };
}

export type ConsoleHost = Awaited<ReturnType<typeof consoleHostIn>>;

function comparisonsIn(store: CaptureStore): ComparisonService {
  return new ComparisonService({
    recordings: store,
    rowsOfRecording: async (id, query) => {
      const path = await store.frames.filePath(id);
      if (path === undefined) throw new Failure("no_frames", "None are saved");
      return await readFrames(path, query);
    },
  });
}

function hostStatus(recorder: Recorder): HostStatus {
  return {
    version: "0.1.0",
    host: "test-host",
    uptime_ms: 1000,
    source: "testsrc",
    native_port: 7781,
    fingerprint: "cd".repeat(32),
    encoders: [],
    priority: "untried",
    session_count: 0,
    capture: recorder.status(),
  };
}

/** Who plays and who may: what the operator asks of them is in `asked`. */
export class People {
  /** Moonlight players that wait for a PIN, and what was typed. */
  waiting: WaitingPlayer[] = [];
  readonly pins: string[] = [];
  playing: Session[] = [];
  paired: Client[] = [];
  readonly asked: (string | number)[][] = [];
  readonly #clock: Clock;
  #code: PairingCode | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sessions(): readonly Session[] {
    return this.playing;
  }

  requestIdr(id: number): boolean {
    return this.#ask(id, ["idr"]);
  }

  setBitrate(id: number, kbps: number): boolean {
    const known = this.#ask(id, ["bitrate", kbps]);
    this.playing = this.playing.map((session) =>
      session.session_id === id ? { ...session, bitrate_kbps: kbps } : session,
    );
    return known;
  }

  disconnect(id: number): boolean {
    const known = this.#ask(id, ["disconnect"]);
    this.playing = this.playing.filter(({ session_id }) => session_id !== id);
    return known;
  }

  clients(): Promise<readonly Client[]> {
    return Promise.resolve(this.paired);
  }

  removeClient(id: string): Promise<boolean> {
    const before = this.paired.length;
    this.paired = this.paired.filter((client) => client.id !== id);
    return Promise.resolve(this.paired.length < before);
  }

  renameClient(id: string, name: string): Promise<Client | undefined> {
    this.paired = this.paired.map((client) => (client.id === id ? { ...client, name } : client));
    return Promise.resolve(this.paired.find((client) => client.id === id));
  }

  createPairingCode(): Promise<PairingCode> {
    const code = "og1-7QK4-M2XF-93TR";
    this.#code = {
      code,
      expires_unix_ms: this.#clock.wallMs() + 600_000,
      command: `onglass play 127.0.0.1:7781 --pair ${code}`,
    };
    return Promise.resolve(this.#code);
  }

  pairingCode(): PairingCode | undefined {
    return this.#code;
  }

  cancelPairing(): void {
    this.#code = undefined;
  }

  waitingPlayers(): Promise<WaitingPlayer[]> {
    return Promise.resolve(this.waiting);
  }

  refuseWaiting(id: number): Promise<boolean> {
    const before = this.waiting.length;
    this.waiting = this.waiting.filter((player) => player.id !== id);
    return Promise.resolve(this.waiting.length < before);
  }

  /** What the next PIN comes to. */
  outcome: PinOutcome = "unfinished";

  pinOutcome(): Promise<PinOutcome> {
    return Promise.resolve(this.outcome);
  }

  /** Names that were typed beside a PIN. */
  readonly names: string[] = [];

  submitPin({ pin, uniqueid, id, name }: PinEntry): Promise<boolean> {
    const known = this.waiting.filter(
      (player) =>
        (uniqueid ?? player.uniqueid) === player.uniqueid && (id ?? player.id) === player.id,
    );
    if (known.length !== 1) return Promise.resolve(false);
    this.pins.push(pin);
    if (name !== undefined) this.names.push(name);
    this.waiting = [];
    return Promise.resolve(true);
  }

  #ask(id: number, what: (string | number)[]): boolean {
    const known = this.playing.some(({ session_id }) => session_id === id);
    if (known) this.asked.push([...what, id]);
    return known;
  }
}
