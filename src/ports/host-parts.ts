/**
 * All parts of a running host that are accessible from outside: operations of the API act on them.
 */
import type { NamedTokens } from "./access.ts";
import type { Archive } from "./archive.ts";
import type { Comparisons } from "./comparisons.ts";
import type { CounterReports } from "./counters.ts";
import type { Experiments } from "./experiments.ts";
import type { HistoryReads } from "./history.ts";
import type { HostFacts } from "./host.ts";
import type { Imports } from "./imports.ts";
import type { StreamLinks } from "./links.ts";
import type { MachineTelling } from "./machine.ts";
import type { Players } from "./players.ts";
import type { Recordings } from "./recordings.ts";
import type { Sessions } from "./sessions.ts";
import type { OperatorSettings } from "./settings.ts";
import type { Shares } from "./shares.ts";
import type { Stats } from "./stats.ts";
import type { MoqConnections, WatchStreams } from "./streams.ts";
import type { Telemetry } from "./telemetry.ts";
import type { TimelineService, Timelines } from "./timeline.ts";
import type { Trials } from "./trials.ts";
import type { VerdictReads } from "./verdicts.ts";

/** The parts of a running host that operations act on. */
export type HostParts = {
  readonly stats: Stats;
  readonly recordings: Recordings;
  readonly history: HistoryReads;
  readonly verdicts: VerdictReads;
  readonly comparisons: Comparisons;
  readonly experiments: Experiments;
  readonly trials: Trials;
  readonly shares: Shares;
  readonly imports: Imports;
  readonly sessions: Sessions;
  readonly players: Players;
  readonly access: NamedTokens;
  readonly links: StreamLinks;
  readonly archive: Archive;
  readonly settings: OperatorSettings;
  readonly timeline: Timelines;
  readonly timelineService: TimelineService;
  readonly streams: WatchStreams;
  readonly moq: MoqConnections;
  readonly counters: CounterReports;
  readonly host: HostFacts;
  readonly machine: MachineTelling;
  readonly telemetry: Telemetry;
};
