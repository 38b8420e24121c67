/** What the routes of the timeline need from the rest of the host. */
import type { ReplayRequest, ReplayRun } from "../model/replay.ts";
import type {
  ApiCallEvent,
  CheckpointRequest,
  HostAction,
  Timeline,
  TimelineCheckpoint,
  TimelineEvent,
  TimelineImport,
  TimelineSource,
  TimelineState,
} from "../model/timeline.ts";

/** A recording that runs, or one that is over. Times in milliseconds since 1970. */
export type TimelineReading = {
  readonly id: string;
  readonly startedUnixMs: number;
  readonly nextIndex: number;
  /** Index of the oldest event held; that of the next one when there is none. */
  readonly oldestIndex: number;
  eventsSince(index: number): TimelineEvent[];
  eventsBetween(fromUnixMs: number, toUnixMs: number): TimelineEvent[];
  /** @throws Failure `not_found` */
  eventsBetweenCheckpoints(
    first: string,
    second: string,
  ): { readonly events: TimelineEvent[]; readonly reachesLost: boolean };
  checkpoints(): TimelineCheckpoint[];
  replaySequence(): ApiCallEvent[];
  export(): Timeline;
};

/** A call of the API, as it came and was answered. */
export type CallFacts = {
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
  readonly durationUs: number;
  readonly actor: string;
  readonly answer: { readonly text: string; readonly contentType: string } | undefined;
  readonly isReplayed: boolean;
};

export type TimelineChange =
  | { readonly kind: "event"; readonly of: TimelineSource; readonly event: TimelineEvent }
  | {
      readonly kind: "checkpoint";
      readonly of: TimelineSource;
      readonly checkpoint: TimelineCheckpoint;
    }
  | { readonly kind: "status"; readonly state: TimelineState };

export type TimelinePart = {
  isRecording(): boolean;
  status(): TimelineState;
  /** The recording by hand. @throws Failure `already_recording`, `out_of_range` */
  start(id: string | undefined): TimelineState;
  /** @returns the finished recording by hand; `undefined` when there was none */
  stop(): Timeline | undefined;
  /** Into all that run. @throws Failure `not_recording` */
  checkpoint(request: CheckpointRequest): TimelineCheckpoint;
  /** `undefined` when there is none under this name, or none at all. */
  reading(of?: string): TimelineReading | undefined;
  record(event: HostAction): void;
  recordCall(facts: CallFacts): void;
  subscribe(listener: (change: TimelineChange) => void): Disposable;
};

/** Sends a call to this host, with the rights of the person who replays. */
export type SendCall = (call: {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}) => Promise<RawAnswer>;

export type RawAnswer = {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
};

export type TimelineDeskPart = {
  /** @throws Failure `import_refused`, `malformed`, `too_large`; so with the next */
  import(bytes: Uint8Array): TimelineImport;
  resume(bytes: Uint8Array): TimelineState;
  /** @throws Failure `not_found`, `replay_running` */
  startReplay(request: ReplayRequest, send: SendCall): ReplayRun;
  /** @throws Failure `not_stepping` */
  stepReplay(): Promise<ReplayRun>;
  cancelReplay(): boolean;
  replay(): ReplayRun | undefined;
};
