/** What main and the native host's worker say to each other. */
import type { Identity } from "../base/identity.ts";
import type { CodecName, Kind, StatsSample } from "../model/capture.ts";
import type { Client } from "../model/player.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import type { EncoderChoice } from "../video/encoders.ts";

export type HostOptions = {
  readonly listenHost: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly dataDirectory: string;
  /** `testsrc`, `x11:<display>` or `file:<path>`. */
  readonly source: string;
  /** Speed setting of a software encoder. */
  readonly preset?: string | undefined;
  /** Which encoders to try; `auto` unless told otherwise. */
  readonly encoder?: EncoderChoice;
  /** As they are at the start; changes are told. */
  readonly settings: Settings;
  readonly gate: SharedArrayBuffer;
  readonly sessionIds: SharedArrayBuffer;
  readonly identity: Identity;
};

/** What a session says of itself when it first records in a capture. */
export type RecordingSession = Pick<
  Session,
  "session_id" | "width" | "height" | "fps" | "client"
> & { readonly kind: Kind; readonly codec: CodecName };

/** Who asked for something. */
export type Asker = "player" | "host" | "operator";

/** Something about a stream other than its numbers, on the monotonic clock. */
export type Happening = { readonly atUs: number } & (
  | { readonly action: "idr_requested"; readonly by: Asker }
  | { readonly action: "idr_sent" }
  | {
      readonly action: "bitrate_changed";
      readonly from_kbps: number;
      readonly to_kbps: number;
      readonly by: Asker;
    }
  | { readonly action: "source_starved"; readonly ms: number }
  | { readonly action: "loss_burst"; readonly packets: number; readonly ms: number }
);

export type HostEvent =
  | {
      readonly kind: "happened";
      readonly session_id: number;
      readonly happenings: readonly Happening[];
      /** Of a flood, beyond what is told. */
      readonly leftOutCount: number;
    }
  | {
      readonly kind: "session_started";
      readonly session: Session;
      /** What it sends, as `mediaSlots` lays it out; exact whenever it is read. */
      readonly totals: SharedArrayBuffer;
    }
  | { readonly kind: "session_ended"; readonly session: Session; readonly reason: string }
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
  /** Too many wrong tries, or too late: the code is worth nothing any more. */
  | { readonly kind: "code_closed" }
  | { readonly kind: "refused"; readonly address: string; readonly reason: string }
  /** The worker is gone and all its sessions with it. */
  | { readonly kind: "failed"; readonly reason: string };

export type HostQuestion =
  | { readonly kind: "create_code" }
  | { readonly kind: "cancel_code" }
  | { readonly kind: "clients" }
  | { readonly kind: "remove_client"; readonly id: string }
  | { readonly kind: "stop" };

export type HostRequest =
  | { readonly kind: "start"; readonly options: HostOptions }
  | { readonly kind: "idr"; readonly id: number }
  | { readonly kind: "bitrate"; readonly id: number; readonly bitrateKbps: number }
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "disconnect"; readonly id: number }
  | { readonly kind: "ask"; readonly number: number; readonly question: HostQuestion };

export type HostReport =
  | { readonly kind: "started"; readonly port: number }
  | { readonly kind: "not_started"; readonly code: string; readonly message: string }
  | { readonly kind: "sessions"; readonly sessions: readonly Session[] }
  | { readonly kind: "event"; readonly event: HostEvent }
  | { readonly kind: "answer"; readonly number: number; readonly value: unknown }
  | { readonly kind: "no_answer"; readonly number: number; readonly message: string };
