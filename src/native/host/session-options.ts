/** Options of a native session of the host. */
import type { Clock } from "../../base/clock.ts";
import type { Gate } from "../../base/gate.ts";
import type { Ending } from "../../model/ending.ts";
import type { Settings } from "../../model/settings.ts";
import type { UdpPort } from "../../session/udp.ts";
import type { StreamMode } from "../../video/link.ts";
import type { EncodeStream } from "../../video/stream.ts";
import type { NativeEvent } from "./link.ts";

/** The server's facts about a session when it begins. */
export type SessionOptions = {
  readonly id: number;
  readonly client: string;
  /** SHA-256 of the player's certificate. */
  readonly clientId: string;
  /** The player's request; settings may override it. */
  readonly mode: StreamMode;
  /** The settings that the stream was opened with. */
  readonly settings: Settings;
  /** The host's own, if the settings set none. */
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
  /** Called once; the session is over and holds no resources any more. */
  onEnd(why: Ending): void;
};
