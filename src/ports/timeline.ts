/** Events of the host, recorded and read; and recordings imported, resumed and replayed. */
import type { ReplayCall, ReplayRequest, ReplayRun } from "../model/replay.ts";
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

/** An active recording, or a finished one. Times in milliseconds since 1970. */
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

/** A call of the API, with its answer. */
export type CallFacts = {
  readonly method: string;
  /** Pattern of the path, and the requested path, without the query. */
  readonly route: string;
  readonly path: string;
  /** Its JSON body, parsed; `undefined` without. */
  readonly body: unknown;
  readonly status: number;
  readonly durationUs: number;
  readonly actor: string;
  /** `undefined` if the answer is a stream or too large to examine. */
  readonly answer: { readonly text: string; readonly contentType: string } | undefined;
  readonly isReplayed: boolean;
};

/** Notifications for followers of the timeline. */
export type TimelineChange =
  | { readonly kind: "event"; readonly of: TimelineSource; readonly event: TimelineEvent }
  | {
      readonly kind: "checkpoint";
      readonly of: TimelineSource;
      readonly checkpoint: TimelineCheckpoint;
    }
  | { readonly kind: "status"; readonly state: TimelineState };

/** A line for the journal of the capture. */
export type TimelineEntry =
  | { readonly event: TimelineEvent }
  | { readonly checkpoint: TimelineCheckpoint };

/**
 * Where events and checkpoints of a recording are stored meanwhile, so that they survive a killed
 * host.
 */
export type TimelineJournal = {
  append(entry: TimelineEntry): void;
  /** Resolves when all of it is in the file, or the disk has refused it. */
  settled(): Promise<void>;
};

/**
 * The capture's clock begins: its wall time, the same moment on the monotonic clock, its journal.
 */
export type CaptureClock = {
  readonly startedUnixMs: number;
  readonly startedUs: number;
  readonly journal: TimelineJournal;
};

/** The recorder's interface to the timeline. */
export type CaptureTimeline = {
  beginCapture(start: CaptureClock): void;
  /** @returns the events since it began */
  endCapture(): Timeline | undefined;
};

/** The active recordings, and those that can still be read. */
export type Timelines = {
  isRecording(): boolean;
  status(): TimelineState;
  /** Starts the manual recording. @throws Failure `already_recording`, `out_of_range` */
  start(id: string | undefined): TimelineState;
  /** @returns the finished manual recording; `undefined` when there was none */
  stop(): Timeline | undefined;
  /** Into all active ones. @throws Failure `not_recording` */
  checkpoint(request: CheckpointRequest): TimelineCheckpoint;
  /** Resolves when recorded events survive a killed host; 3 s later if the disk takes longer. */
  written(): Promise<void>;
  /** `undefined` when there is none under this name, or none at all. */
  reading(of?: string): TimelineReading | undefined;
  /** Does nothing when nothing records. */
  record(event: HostAction): void;
  recordCall(facts: CallFacts): void;
  /**
   * Listeners are called in the middle of a change: they must not throw or wait.
   * @throws Failure `too_many_listeners`
   */
  subscribe(listener: (change: TimelineChange) => void): Disposable;
};

/** A call of a replay, made with the rights of the person who replays. */
export type SendCall = (call: Pick<ReplayCall, "method" | "path" | "body">) => Promise<RawAnswer>;

/** An answer of the API as its bytes; `text` is empty when there is none. */
export type RawAnswer = {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
};

/** Imported recordings, and replays. */
export type TimelineService = {
  /** Imports an export, to be read. @throws Failure `import_refused`, `malformed`, `too_large` */
  import(bytes: Uint8Array): TimelineImport;
  /** Continues an export as the manual recording. @throws as `import` */
  resume(bytes: Uint8Array): TimelineState;
  /** The plan of a replay. @throws Failure `not_found` */
  planReplay(of: string | undefined): ReplayRun;
  /** @throws Failure `not_found`, `replay_running` */
  startReplay(request: ReplayRequest, send: SendCall): ReplayRun;
  /** @throws Failure `not_stepping` */
  stepReplay(): Promise<ReplayRun>;
  /** False when none was running. */
  cancelReplay(): boolean;
  /** The current replay, or the last one. */
  replay(): ReplayRun | undefined;
};
