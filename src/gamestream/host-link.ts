/** What main and the GameStream host's worker say to each other. */
import type { Identity } from "../base/identity.ts";
import type { CodecName, Kind, StatsSample } from "../model/capture.ts";
import type { Client, PinEntry } from "../model/player.ts";
import type { Session } from "../model/session.ts";
import type { Settings } from "../model/settings.ts";
import type { EncoderChoice } from "../video/encoders.ts";
import type { App } from "./apps.ts";
import type { PendingPairing } from "./pairing.ts";

export type HostOptions = {
  /** An IPv4 address; `0.0.0.0` for all. */
  readonly listenHost: string;
  /** HTTP; the other ports lie at fixed offsets from it. */
  readonly basePort: number;
  readonly dataDirectory: string;
  /** What players may choose from; at least one. */
  readonly apps: readonly App[];
  /** What the encoder can do; `h264` among them. */
  readonly codecs: readonly CodecName[];
  /** Speed setting of a software encoder. */
  readonly preset?: string | undefined;
  readonly encoder?: EncoderChoice;
  /** The operator's, as they are at the start; changes are told. */
  readonly settings: Settings;
  /** Shown in players; the machine's name unless given. */
  readonly name?: string | undefined;
  /** Announce the host in the local network. */
  readonly isAnnounced: boolean;
  /** Pass keyboard, mouse and text on to `x11:` sources. */
  readonly isInputOn: boolean;
  readonly gate: SharedArrayBuffer;
  readonly sessionIds: SharedArrayBuffer;
  readonly identity: Identity;
};

/** What a session says of itself when it first records in a capture. */
export type RecordingSession = Pick<
  Session,
  "session_id" | "width" | "height" | "fps" | "client"
> & { readonly kind: Kind; readonly codec: CodecName };

export type HostEvent =
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
  /** A player waits for the operator to type its PIN. */
  | { readonly kind: "pairing_waits"; readonly pairing: PendingPairing }
  | { readonly kind: "client_added"; readonly client: Client }
  | { readonly kind: "refused"; readonly address: string; readonly reason: string }
  /** The worker is gone and its session with it. */
  | { readonly kind: "failed"; readonly reason: string };

export type HostQuestion =
  | { readonly kind: "submit_pin"; readonly entry: PinEntry }
  | { readonly kind: "refuse_pairing"; readonly id: number }
  | { readonly kind: "pending_pairings" }
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
  | { readonly kind: "started" }
  | { readonly kind: "not_started"; readonly code: string; readonly message: string }
  | { readonly kind: "sessions"; readonly sessions: readonly Session[] }
  | { readonly kind: "event"; readonly event: HostEvent }
  | { readonly kind: "answer"; readonly number: number; readonly value: unknown }
  | { readonly kind: "no_answer"; readonly number: number; readonly message: string };
