/** Parts of a host that a test drives, behind the real app. */

import { AccessTokens } from "../../src/api/edge/access-tokens.ts";
import { Credentials } from "../../src/api/edge/credentials.ts";
import { createPerformer } from "../../src/api/edge/performer.ts";
import { LinkRegistry } from "../../src/api/edge/stream-links.ts";
import { type AppParts, createApp } from "../../src/app.ts";
import { noArchive } from "../../src/archive/service.ts";
import type { Capture, CaptureMeta, StatsSample, StatsStatus } from "../../src/model/capture.ts";
import type { CaptureChange } from "../../src/model/capture-note.ts";
import { findingOf } from "../../src/model/doctor.ts";
import type { MetricName } from "../../src/model/metrics.ts";
import type { Client, PairingCode } from "../../src/model/player.ts";
import type { Session } from "../../src/model/session.ts";
import { isRepeatable } from "../../src/operations/route.ts";
import type { HostParts } from "../../src/ports/host-parts.ts";
import type { Stats, StatsEvent } from "../../src/ports/stats.ts";
import { RecordingService } from "../../src/timeline/service.ts";
import {
  emptyHistory,
  noComparisons,
  noExperiments,
  noImports,
  noShares,
  noTrials,
  noVerdicts,
} from "./fake-history.ts";
import { knownMachine } from "./fake-machine.ts";
import { fakeSettings } from "./fake-settings.ts";
import { fakeTelemetry } from "./fake-telemetry.ts";
import { fakeWatching } from "./fake-watching.ts";
import { ManualClock } from "./manual-clock.ts";
import { timelineOn } from "./timeline-parts.ts";

export const token = "a-token-of-the-operator-0123456789";

export function sampleAt(index: number): StatsSample {
  return {
    t_ms: (index + 1) * 2000,
    session_id: 1,
    stages: [{ name: "capture", p50_us: 100 + index, p99_us: 200, mean_us: 110, max_us: 300 }],
    fps: 60,
    repeat_fps: 0,
    mbps: 9.5,
    bitrate_kbps: 10_000,
    frames_dropped: 0,
    packets_dropped: index,
    send_dropped: 0,
    fec_recovered: 0,
    unmeasured: ["rtt_us"],
  };
}

export function metaOf(id: string, sampleCount: number): CaptureMeta {
  return {
    id,
    started_unix_ms: 1_782_504_843_000,
    duration_ms: sampleCount * 2000,
    kind: "native",
    width: 1280,
    height: 720,
    fps: 60,
    codec: "h264",
    client: "player",
    sample_count: sampleCount,
    version: 1,
    sessions: [],
    host: "test",
  };
}

/** A recorder without a disk: what it saved is in `saved`. */
export class FakeStats implements Stats {
  readonly saved = new Map<string, Capture>();
  readonly #listeners = new Set<(event: StatsEvent) => void>();
  #samples: StatsSample[] = [];
  #armed = false;
  #captureNumber = 0;
  /** Thrown by the next call that would save. */
  failure: Error | undefined;

  get listenerCount(): number {
    return this.#listeners.size;
  }

  async start(): Promise<StatsStatus> {
    await Promise.resolve();
    if (this.failure) throw this.failure;
    if (!this.#armed) {
      this.#armed = true;
      this.#captureNumber += 1;
      this.#samples = [];
      this.#emit({ kind: "status", status: this.status() });
    }
    return this.status();
  }

  async stop(): Promise<CaptureMeta | undefined> {
    await Promise.resolve();
    if (this.failure) throw this.failure;
    if (!this.#armed) return undefined;
    this.#armed = false;
    const meta = metaOf(`capture-${this.#captureNumber}`, this.#samples.length);
    this.saved.set(meta.id, { meta, samples: this.#samples });
    this.#emit({ kind: "status", status: this.status() });
    this.#emit({ kind: "added", meta });
    return meta;
  }

  status(): StatsStatus {
    return {
      armed: this.#armed,
      sample_count: this.#armed ? this.#samples.length : 0,
      started_unix_ms: this.#armed ? 1_782_504_843_000 : 0,
      kind: this.#armed && this.#samples.length > 0 ? "native" : "",
      held: false,
      elapsed_ms: this.#armed ? this.#samples.length * 2000 : 0,
    };
  }

  live(after = 0): Capture | undefined {
    if (!this.#armed) return undefined;
    return { meta: metaOf("live", this.#samples.length), samples: this.#samples.slice(after) };
  }

  subscribe(listener: (event: StatsEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  captureNumber(): number {
    return this.#armed ? this.#captureNumber : 0;
  }

  recordedTotals(): Partial<Record<MetricName, number>> {
    return { frames_dropped: 3 };
  }

  async change(id: string, change: CaptureChange): Promise<CaptureMeta | undefined> {
    await Promise.resolve();
    const found = this.saved.get(id);
    if (found === undefined) return undefined;
    const meta = { ...found.meta, ...change };
    this.saved.set(id, { ...found, meta });
    this.#emit({ kind: "changed", meta });
    return meta;
  }

  async remove(id: string): Promise<boolean> {
    await Promise.resolve();
    const removed = this.saved.delete(id);
    if (removed) this.#emit({ kind: "removed", id });
    return removed;
  }

  push(): void {
    const index = this.#samples.length;
    const sample = sampleAt(index);
    this.#samples.push(sample);
    this.#emit({ kind: "sample", index, sample });
  }

  #emit(event: StatsEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

export const session: Session = {
  session_id: 3,
  kind: "native",
  client: "player",
  width: 1280,
  height: 720,
  fps: 60,
  codec: "h264",
  encoder: "libx264",
  bitrate_kbps: 10_000,
  started_unix_ms: 1_782_504_843_000,
  frames_sent: 600,
  bytes_sent: 1_000_000,
  packets_sent: 900,
  packets_lost: 2,
  rtt_us: 400,
};

export const client: Client = {
  id: "ab".repeat(32),
  name: "player",
  kind: "native",
  paired_unix_ms: 1_782_504_843_000,
};

const code: PairingCode = {
  code: "CODE",
  expires_unix_ms: 1_782_504_903_000,
  command: "onglass play host:7781 --pair CODE",
};

/** What the routes asked of the sessions and players, in order. */
export type Asked = (string | number)[][];

type Given = Partial<HostParts> & Partial<Omit<AppParts, "performer" | "timeline">>;

export function fakeHost(given: Given = {}) {
  const stats = new FakeStats();
  const asked: Asked = [];
  const clock = new ManualClock();
  const access = given.access ?? new AccessTokens({ clock });
  const tokens = access instanceof AccessTokens ? access : new AccessTokens({ clock });
  const credentials = given.credentials ?? new Credentials({ token, clock, tokens });
  const timeline = timelineOn(clock);
  const parts = {
    ...fakeParts(stats, asked),
    timeline,
    timelineService: new RecordingService(timeline, isRepeatable),
    access,
    links: new LinkRegistry({ clock }),
    ...given,
  };
  const performer = createPerformer(parts, { credentials, clock });
  const app = createApp({ allowedHosts, ...parts, performer, credentials });
  return { stats, asked, access, credentials, clock, timeline, performer, app, parts };
}

const allowedHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]", "box.lan"]);

function fakeParts(
  stats: FakeStats,
  asked: Asked,
): Omit<HostParts, "timeline" | "timelineService" | "access" | "links"> {
  let open: PairingCode | undefined;
  const ask = (id: number, ...what: (string | number)[]) => {
    if (id === session.session_id) asked.push([...what, id]);
    return id === session.session_id;
  };
  return {
    stats,
    history: emptyHistory,
    verdicts: noVerdicts,
    comparisons: noComparisons,
    experiments: noExperiments,
    trials: noTrials,
    shares: noShares,
    imports: noImports,
    archive: noArchive,
    recordings: {
      list: () => Promise.resolve({ captures: [...stats.saved.values()].map(({ meta }) => meta) }),
      load: (id) => Promise.resolve(stats.saved.get(id)),
      version: (id) => Promise.resolve(stats.saved.has(id) ? id : undefined),
      filePath: () => Promise.resolve(undefined),
      timelinePath: () => Promise.resolve(undefined),
      loadTimeline: () => Promise.resolve(undefined),
    },
    sessions: {
      sessions: () => [session],
      requestIdr: (id) => ask(id, "idr"),
      setBitrate: (id, kbps) => ask(id, "bitrate", kbps),
      disconnect: (id) => ask(id, "disconnect"),
    },
    players: {
      clients: () => Promise.resolve([client]),
      removeClient: (id) => Promise.resolve(id === client.id),
      renameClient: (id, name) =>
        Promise.resolve(id === client.id ? { ...client, name } : undefined),
      createPairingCode: () => {
        open = code;
        return Promise.resolve(code);
      },
      pairingCode: () => open,
      cancelPairing: () => {
        open = undefined;
      },
      waitingPlayers: () => Promise.resolve([waitingPlayer]),
      submitPin: ({ pin, uniqueid = waitingPlayer.uniqueid, id = waitingPlayer.id }) => {
        asked.push(["pin", pin, uniqueid, id]);
        return Promise.resolve(uniqueid === waitingPlayer.uniqueid && id === waitingPlayer.id);
      },
      pinOutcome: () => Promise.resolve("paired"),
      refuseWaiting: (id) => {
        asked.push(["refuse", id]);
        return Promise.resolve(id === waitingPlayer.id);
      },
    },
    settings: fakeSettings(asked),
    ...fakeWatching(),
    host: {
      status: () => hostStatus(stats),
      sourceState: () => ({ chosen: undefined, askingCount: 0 }),
      log: () => ({ lines: [], next: 0 }),
      doctor: async () => [
        findingOf("disk", "fair", { code: "disk_slow", values: { mb: 7 } }),
        findingOf("priority", "good", { code: "priority_realtime", values: {} }),
      ],
      sources: async () => [{ source: "wayland:wayland-1/DP-1", width: 1920, height: 1080 }],
    },
    machine: knownMachine,
    telemetry: fakeTelemetry(),
  };
}

export const waitingPlayer = {
  id: 7,
  uniqueid: "0123456789ABCDEF",
  name: "a television",
  address: "127.0.0.1",
};

export function hostStatus(stats: FakeStats) {
  return {
    version: "0.1.0",
    host: "test",
    uptime_ms: 1000,
    source: "testsrc",
    native_port: 7781,
    fingerprint: "cd".repeat(32),
    encoders: [{ codec: "h264", encoder: "libx264", available: true }],
    priority: "untried" as const,
    session_count: 1,
    capture: stats.status(),
  };
}
