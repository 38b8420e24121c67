/** What the console needs from the rest of the host. It makes all changes by `perform`. */
import type { Clock } from "../base/clock.ts";
import type { Perform } from "../operations/perform.ts";
import type { NamedTokens } from "../ports/access.ts";
import type { Archive } from "../ports/archive.ts";
import type { Comparisons } from "../ports/comparisons.ts";
import type { CounterReports } from "../ports/counters.ts";
import type { Experiments } from "../ports/experiments.ts";
import type { Fleet } from "../ports/fleet.ts";
import type { HistoryReads } from "../ports/history.ts";
import type { HostFacts } from "../ports/host.ts";
import type { Guest, StreamLinks } from "../ports/links.ts";
import type { Players } from "../ports/players.ts";
import type { Recordings } from "../ports/recordings.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { OperatorSettings } from "../ports/settings.ts";
import type { Shares } from "../ports/shares.ts";
import type { Stats } from "../ports/stats.ts";
import type { MoqConnections, WatchStreams } from "../ports/streams.ts";
import type { TimelineService, Timelines } from "../ports/timeline.ts";
import type { Trials } from "../ports/trials.ts";
import type { VerdictReads } from "../ports/verdicts.ts";

/** The parts that pages read and act on. */
export type ConsoleParts = {
  readonly clock: Clock;
  readonly browserSession: SignInParts;
  readonly guestSession: GuestParts;
  readonly links: Pick<StreamLinks, "list">;
  readonly perform: Perform;
  readonly stats: Pick<Stats, "status" | "live">;
  readonly recordings: Pick<Recordings, "list" | "load" | "loadTimeline" | "version">;
  readonly timeline: Pick<Timelines, "isRecording" | "status" | "reading">;
  readonly timelineService: Pick<TimelineService, "planReplay" | "replay">;
  readonly sessions: Pick<Sessions, "sessions">;
  readonly players: Pick<Players, "clients" | "pairingCode" | "waitingPlayers">;
  readonly access: Pick<NamedTokens, "list">;
  readonly archive: Pick<Archive, "status" | "list">;
  readonly settings: Pick<OperatorSettings, "current">;
  readonly streams: Pick<
    WatchStreams,
    "streams" | "ended" | "viewers" | "open" | "find" | "requestFor"
  >;
  /** The clock that frames are stamped with. */
  readonly moq: Pick<MoqConnections, "nowUs" | "relayOrigin" | "relayAddress">;
  readonly counters: CounterReports;
  readonly fleet: Fleet;
  readonly host: Pick<HostFacts, "sources" | "sourceState" | "doctor">;
  readonly history: HistoryReads;
  readonly verdicts: VerdictReads;
  readonly comparisons: Comparisons;
  readonly experiments: Pick<Experiments, "list" | "get">;
  readonly trials: Pick<Trials, "current">;
  readonly shares: Shares;
  /** Pin of the key that this host shows over TLS, as `curl --pinnedpubkey` takes it. */
  readonly keyPin: () => string;
  /** Known after the paths are open. */
  readonly reach: () => Promise<PlayerAddresses>;
  /** The default source. */
  readonly source: string;
};

/**
 * Signing in and out. Everything but sign-in, language and assets is behind the app's own guard.
 */
export type SignInParts = {
  isToken(text: string): boolean;
  isSignedIn(request: Request): boolean;
  isSameOrigin(request: Request): boolean;
  /** The `Set-Cookie` text of a new sign-in session, which lasts no longer than the token. */
  signIn(request: Request, token: string): string;
  /** Ends the request's sign-in session; returns the `Set-Cookie` text that deletes the cookie. */
  signOut(request: Request): string;
};

/** Entering by a link. These pages are open to everyone and authenticate themselves. */
export type GuestParts = {
  isSameOrigin(request: Request): boolean;
  /** The browser's current rights; `undefined` for one without a link, or whose link has ended. */
  guestOf(request: Request): Guest | undefined;
  /** The `Set-Cookie` text for a link's secret; `undefined` for an invalid one. */
  admit(request: Request, secret: string): Promise<string | undefined>;
};

/** Where players connect. */
export type PlayerAddresses = {
  /** Of the native path. */
  readonly native: { readonly host: string; readonly port: number };
  /** What a command on this machine adds to find the host's key; empty if nothing is needed. */
  readonly localFlag: string;
  /** `undefined` when GameStream is off. */
  readonly gamestream: { readonly address: string; readonly port: number } | undefined;
};
