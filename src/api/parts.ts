/**
 * What the routes need from the rest of the host, as types of their own: `main.ts` brings the real
 * parts. Whatever may fail for a reason an operator can act on throws a `Failure`.
 */
import type { Server } from "bun";
import type { Capture, CaptureMeta, StatsSample, StatsStatus } from "../model/capture.ts";
import type { Comparison } from "../model/comparison.ts";
import type { CounterReport } from "../model/counters.ts";
import type { Client, PairingCode, PinEntry, WaitingPlayer } from "../model/player.ts";
import type { Series } from "../model/series.ts";
import type { Session } from "../model/session.ts";
import type { Settings, SettingsChange } from "../model/settings.ts";
import type { HostStatus } from "../model/status.ts";
import type { Timeline } from "../model/timeline.ts";
import type { StreamRequest, WatchStream } from "../model/watch.ts";
import type { TimelineDeskPart, TimelinePart } from "./timeline-part.ts";

/** Buckets for each session, and the part of the capture in milliseconds since it began. */
export type SeriesRange = {
  readonly points?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

/** Both sides of a checkpoint, at its time on the capture's clock. */
export type ComparisonRange = {
  readonly checkpoint: string;
  readonly atMs: number;
  readonly seconds: number;
  readonly settleMs: number;
};

export type StatsEvent =
  | { readonly kind: "status"; readonly status: StatsStatus }
  | { readonly kind: "sample"; readonly index: number; readonly sample: StatsSample }
  | { readonly kind: "added"; readonly meta: CaptureMeta }
  | { readonly kind: "removed"; readonly id: string };

/** The recorder. Listeners are called before the change is answered, in order, and never awaited. */
export type Stats = {
  start(): Promise<StatsStatus>;
  stop(): Promise<CaptureMeta | undefined>;
  status(): StatsStatus;
  /** The capture that is recording or held, with the samples past the first `after`. */
  live(after?: number): Capture | undefined;
  subscribe(listener: (event: StatsEvent) => void): Disposable;
  /** Number of the capture that `live` gives, 0 when idle. */
  captureNumber(): number;
  remove(id: string): Promise<boolean>;
};

/** Saved captures. An id that is no id is one that nothing is saved under. */
export type Recordings = {
  list(): Promise<{ readonly captures: readonly CaptureMeta[] }>;
  load(id: string): Promise<Capture | undefined>;
  filePath(id: string): Promise<string | undefined>;
  /** Where the bytes of its timeline are; `undefined` when it has none. */
  timelinePath(id: string): Promise<string | undefined>;
  loadTimeline(id: string): Promise<Timeline | undefined>;
  /** Changes whenever the file does; `undefined` when there is none with this id. */
  version(id: string): Promise<string | undefined>;
};

export type Sessions = {
  sessions(): readonly Session[];
  requestIdr(id: number): boolean;
  setBitrate(id: number, kbps: number): boolean;
  disconnect(id: number): boolean;
};

export type Players = {
  clients(): Promise<readonly Client[]>;
  removeClient(id: string): Promise<boolean>;
  createPairingCode(): Promise<PairingCode>;
  pairingCode(): PairingCode | undefined;
  cancelPairing(): void | Promise<void>;
  /** Moonlight players that show a PIN and wait for it to be typed here. */
  waitingPlayers(): Promise<readonly WaitingPlayer[]>;
  /** False when nobody waits. Throws `invalid_pin`, `gamestream_off`. */
  submitPin(entry: PinEntry): Promise<boolean>;
  /** Sends a player that waits away; false when it waits no more. */
  refuseWaiting(id: number): Promise<boolean>;
};

export type SettingsPart = {
  current(): Settings;
  /** @throws Failure `out_of_range`, `settings_not_saved` */
  change(change: SettingsChange, actor: string): Promise<Settings>;
};

/** Streams for browsers. */
export type Streams = {
  streams(): readonly WatchStream[];
  open(request: StreamRequest): Promise<WatchStream>;
  /** False when there is none with this id. */
  close(id: number): Promise<boolean>;
};

/** The MoQ endpoint. */
export type MoqDoor = {
  /** Makes a WebSocket of the request. Throws a `Failure` when it may not become one. */
  upgrade(request: Request, server: Server<unknown>): void;
  issueTicket(): { readonly ticket: string; readonly expires_s: number };
  /** The clock that frames are stamped with. */
  nowUs(): number;
};

export type Counting = {
  report(range: {
    readonly prefix?: string | undefined;
    readonly depth?: number | undefined;
  }): CounterReport;
};

export type Parts = {
  readonly stats: Stats;
  readonly recordings: Recordings;
  readonly sessions: Sessions;
  readonly players: Players;
  readonly settings: SettingsPart;
  readonly timeline: TimelinePart;
  readonly timelineDesk: TimelineDeskPart;
  readonly streams: Streams;
  readonly moq: MoqDoor;
  readonly counters: Counting;
  makeSeries(capture: Capture, range: SeriesRange): Series;
  compareAround(capture: Capture, range: ComparisonRange): Comparison;
  status(): HostStatus | Promise<HostStatus>;
};
