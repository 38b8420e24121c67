/** Messages between main and the GameStream host's worker. */
import type { CodecName } from "../model/capture.ts";
import type { PinEntry } from "../model/player.ts";
import type { PathEvent, PathOptions } from "../worker/link.ts";
import type { App } from "./http/apps.ts";
import type { PendingPairing } from "./http/pairing.ts";

/** `listenHost` is an IPv4 address; `0.0.0.0` for all. */
export type GamestreamOptions = PathOptions & {
  /** HTTP; the other ports have fixed offsets from it. */
  readonly basePort: number;
  /** The apps that players may choose from; at least one. */
  readonly apps: readonly App[];
  /** Codecs of the encoder; `h264` among them. */
  readonly codecs: readonly CodecName[];
  /** Shown in players; the machine's name unless given. */
  readonly name?: string | undefined;
  /** Announce the host in the local network. */
  readonly isAnnounced: boolean;
  /** Forward keyboard, mouse and text to `x11:` sources. */
  readonly isInputOn: boolean;
};

export type GamestreamEvent =
  /** A player waits for the operator to enter its PIN. */
  { readonly kind: "pairing_waits"; readonly pairing: PendingPairing } | PathEvent;

export type GamestreamQuestion =
  | { readonly kind: "submit_pin"; readonly entry: PinEntry }
  | { readonly kind: "refuse_pairing"; readonly id: number }
  | { readonly kind: "pending_pairings" }
  | { readonly kind: "pin_outcome" }
  | { readonly kind: "know_encoders"; readonly names: readonly string[] };
