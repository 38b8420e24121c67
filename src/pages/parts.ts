/** What the console needs from the rest of the host, as types of its own: `main.ts` brings the real parts. */
import type { Clock } from "../base/clock.ts";
import type { Capture, CaptureMeta, StatsStatus } from "../model/capture.ts";
import type { Comparison } from "../model/comparison.ts";
import type { CounterReport } from "../model/counters.ts";
import type { Client, PairingCode, PinEntry, WaitingPlayer } from "../model/player.ts";
import type { ReplayRequest, ReplayRun } from "../model/replay.ts";
import type { Session } from "../model/session.ts";
import type { Settings, SettingsChange } from "../model/settings.ts";
import type {
  Timeline,
  TimelineCheckpoint,
  TimelineEvent,
  TimelineImport,
  TimelineState,
} from "../model/timeline.ts";
import type { EndedStream, StreamRequest, WatchStream, WatchViewer } from "../model/watch.ts";

export type ConsoleParts = {
  readonly clock: Clock;
  readonly door: Door;
  readonly stats: {
    /** Both throw a `Failure` that says what an operator can do. */
    start(): Promise<StatsStatus>;
    stop(): Promise<CaptureMeta | undefined>;
    status(): StatsStatus;
    live(): Capture | undefined;
    remove(id: string): Promise<boolean>;
  };
  readonly recordings: {
    list(): Promise<{
      readonly captures: readonly CaptureMeta[];
      readonly damaged?: readonly unknown[];
    }>;
    load(id: string): Promise<Capture | undefined>;
    loadTimeline(id: string): Promise<Timeline | undefined>;
    /** Names one state of the capture's file; `undefined` when there is none with this id. */
    version(id: string): Promise<string | undefined>;
  };
  readonly timeline: {
    isRecording(): boolean;
    status(): TimelineState;
    /** What runs, else what ran last; `of` names one. */
    reading(
      of?: string,
    ): { export(): Timeline; eventsSince(index: number): TimelineEvent[] } | undefined;
    /** The recording by hand. @throws Failure `already_recording` */
    start(id: string | undefined): TimelineState;
    stop(): Timeline | undefined;
    /** @throws Failure `not_recording` */
    checkpoint(request: { readonly label: string }): TimelineCheckpoint;
  };
  readonly timelineDesk: {
    /** @throws Failure that says what is wrong with it, and where */
    import(bytes: Uint8Array): TimelineImport;
    /** What a replay would do. @throws Failure `not_found` */
    plan(request: Request, of: string | undefined): ReplayRun;
    /** With the rights of who asks. @throws Failure `not_found`, `replay_running` */
    startReplay(request: Request, wish: ReplayRequest): ReplayRun;
    /** @throws Failure `not_stepping` */
    stepReplay(): Promise<ReplayRun>;
    cancelReplay(): boolean;
    /** The replay that is on its way, or the last one. */
    replay(): ReplayRun | undefined;
  };
  /** The samples on both sides of a moment of the capture. */
  compareAround(
    capture: Capture,
    range: {
      readonly checkpoint: string;
      readonly atMs: number;
      readonly seconds: number;
      readonly settleMs: number;
    },
  ): Comparison;
  readonly sessions: {
    sessions(): readonly Session[];
    requestIdr(id: number): boolean;
    setBitrate(id: number, kbps: number): boolean;
    disconnect(id: number): boolean;
  };
  readonly players: {
    clients(): Promise<readonly Client[]>;
    removeClient(id: string): Promise<boolean>;
    createPairingCode(): Promise<PairingCode>;
    pairingCode(): PairingCode | undefined;
    cancelPairing(): void | Promise<void>;
    /** Moonlight players that show a PIN. */
    waitingPlayers(): Promise<readonly WaitingPlayer[]>;
    /** False when nobody waits. Throws `invalid_pin`, `gamestream_off`. */
    submitPin(entry: PinEntry): Promise<boolean>;
    /** Sends a player that waits away; false when it waits no more. */
    refuseWaiting(id: number): Promise<boolean>;
  };
  readonly settings: {
    current(): Settings;
    /** @throws Failure `out_of_range`, `settings_not_saved` */
    change(change: SettingsChange, actor: string): Promise<Settings>;
  };
  readonly streams: {
    streams(): readonly WatchStream[];
    /** `undefined` when there is none with this id, or it ended long ago. */
    ended(sessionId: number): EndedStream | undefined;
    viewers(sessionId: number): readonly WatchViewer[];
    /** Throws a `Failure` that says what an operator can do. */
    open(request: StreamRequest): Promise<WatchStream>;
    close(id: number): Promise<boolean>;
  };
  readonly counters: {
    report(range: { readonly prefix?: string | undefined }): CounterReport;
  };
  /** Of the key that this host shows over TLS, as `curl --pinnedpubkey` takes it. */
  readonly keyPin: string;
  /** Where players connect. */
  readonly nativePort: number;
};

/** Signing in and out. Everything but sign-in, language and assets is behind the app's own guard. */
export type Door = {
  isToken(text: string): boolean;
  isSignedIn(request: Request): boolean;
  isSameOrigin(request: Request): boolean;
  /** The `Set-Cookie` text of a new sign-in session. */
  signIn(request: Request): string;
  /** Ends the request's sign-in session; the text that takes the cookie away. */
  signOut(request: Request): string;
};
