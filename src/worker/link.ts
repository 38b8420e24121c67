/** Messages between main and the worker of a path, for any path. */
import type { FailureValues } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";
import type { Identity } from "../base/identity.ts";
import type { NewRingLine } from "../base/log-ring.ts";
import type { CodecName, Kind, StatsSample } from "../model/capture.ts";
import type { Ending } from "../model/ending.ts";
import type { Happened } from "../model/happening.ts";
import type { Client } from "../model/player.ts";
import type { RecordedReason } from "../model/reason.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import type { SourceNews } from "../model/source-state.ts";
import type { LogEvent } from "../model/timeline.ts";
import type { EncoderChoice } from "../video/encoders.ts";

/** Options of every path. */
export type PathOptions = {
  readonly listenHost: string;
  readonly dataDirectory: string;
  /** Speed setting of a software encoder. */
  readonly preset?: string | undefined;
  /** Which encoders to try; `auto` by default. */
  readonly encoder?: EncoderChoice;
  /** The operator's settings at start; changes are reported. */
  readonly settings: Settings;
  readonly gate: SharedArrayBuffer;
  readonly sessionIds: SharedArrayBuffer;
  readonly identity: Identity;
};

/** A session's facts when it first records in a capture. */
export type RecordingSession = Pick<
  Session,
  "session_id" | "width" | "height" | "fps" | "client"
> & { readonly kind: Kind; readonly codec: CodecName };

/** Linux's numbers of the threads that a session's frames go through, if reported. */
export type SessionThreads = {
  readonly encode: number | undefined;
  readonly send: number | undefined;
};

/** Why a player was refused, with the code if there is one. */
export type RefusedWhy = RecordedReason & {
  readonly reason: string;
  readonly failure?: FailureCode;
  readonly failure_values?: FailureValues;
};

/** Messages of a path’s worker to main. */
export type PathEvent =
  | ({ readonly kind: "happened" } & Happened)
  /** A warning of the worker's log, for the timeline. */
  | { readonly kind: "warned"; readonly event: LogEvent }
  /** A line of the worker's log, already printed, for readers of the last lines. */
  | { readonly kind: "logged"; readonly line: NewRingLine }
  | {
      readonly kind: "session_started";
      readonly session: Session;
      /** Its totals, as laid out by `mediaSlots`; exact whenever they are read. */
      readonly totals: SharedArrayBuffer;
      /** The fate of each slot, as laid out in `frames/row-layout.ts`. */
      readonly rows: SharedArrayBuffer;
      readonly threads: SessionThreads;
    }
  | { readonly kind: "session_ended"; readonly session: Session; readonly ending: Ending }
  /** The player's address, as soon as it is known, and when it changes. */
  | { readonly kind: "reached"; readonly session_id: number; readonly address: string }
  | {
      readonly kind: "recording";
      readonly captureNumber: number;
      readonly session: RecordingSession;
    }
  | {
      readonly kind: "sample";
      readonly captureNumber: number;
      readonly session_id: number;
      readonly sample: StatsSample;
    }
  | { readonly kind: "client_added"; readonly client: Client }
  | ({ readonly kind: "refused"; readonly address: string } & RefusedWhy)
  /** News about the source of a stream that is being opened. */
  | { readonly kind: "source"; readonly news: SourceNews }
  /** The worker has exited, and all its sessions with it. */
  | { readonly kind: "failed"; readonly ending: Ending };

/** Those with a number are answered under it. */
export type PathRequest<Options, Question> =
  | { readonly kind: "start"; readonly options: Options }
  | { readonly kind: "idr"; readonly id: number }
  | { readonly kind: "bitrate"; readonly id: number; readonly bitrateKbps: number }
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "disconnect"; readonly id: number }
  /** Answered at once, from the loop that sends. */
  | { readonly kind: "alive"; readonly number: number }
  | { readonly kind: "clients"; readonly number: number }
  | { readonly kind: "remove_client"; readonly number: number; readonly id: string }
  | {
      readonly kind: "rename_client";
      readonly number: number;
      readonly id: string;
      readonly name: string;
    }
  /** Answered with true when no thread that runs native code is left below the worker. */
  | { readonly kind: "stop"; readonly number: number }
  | { readonly kind: "ask"; readonly number: number; readonly question: Question };

/** A message of a path’s worker to main. */
export type PathReport<Event> =
  /** With the port that the kernel assigned, if it was left open. */
  | { readonly kind: "started"; readonly port: number }
  | { readonly kind: "not_started"; readonly code: FailureCode; readonly message: string }
  | { readonly kind: "sessions"; readonly sessions: readonly Session[] }
  | { readonly kind: "event"; readonly event: Event }
  | { readonly kind: "answer"; readonly number: number; readonly value: unknown }
  | { readonly kind: "no_answer"; readonly number: number; readonly message: string };
