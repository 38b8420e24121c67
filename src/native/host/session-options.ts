/** What a native session of the host is made from. */
import type { Clock } from "../../base/clock.ts";
import type { Gate } from "../../base/gate.ts";
import type { Ending } from "../../model/ending.ts";
import type { Settings } from "../../model/settings.ts";
import type { UdpPort } from "../../session/udp.ts";
import type { StreamMode } from "../../video/link.ts";
import type { EncodeStream } from "../../video/stream.ts";
import type { NativeEvent } from "./link.ts";

/** What the server knows of a session when it begins. */
export type SessionOptions = {
  readonly id: number;
  readonly client: string;
  /** SHA-256 of the player's certificate. */
  readonly clientId: string;
  /** As the player asked; settings may say otherwise. */
  readonly mode: StreamMode;
  /** Those that the stream was opened with. */
  readonly settings: Settings;
  /** The host's own, where the settings name none. */
  readonly preset: string | undefined;
  readonly packetBytes: number;
  readonly tag: number;
  readonly keyToPlayer: Uint8Array;
  readonly keyToHost: Uint8Array;
  readonly stream: EncodeStream;
};

/** What a session needs of the server. */
export type NativeSessionDeps = {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly udp: UdpPort;
  onEvent(event: NativeEvent): void;
  /** Called once; the session is over and holds nothing any more. */
  onEnd(why: Ending): void;
};
