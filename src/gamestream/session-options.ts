/** Options of a GameStream session. */
import type { Clock } from "../base/clock.ts";
import type { Gate } from "../base/gate.ts";
import type { Ending } from "../model/ending.ts";
import type { Settings } from "../model/settings.ts";
import type { InputSink } from "../play/input-sink.ts";
import type { Tuning } from "../video/link.ts";
import type { EncodeStream } from "../video/stream.ts";
import type { Launch } from "./launch.ts";
import type { GamestreamEvent } from "./link.ts";
import type { DatagramOutlet } from "./media/port.ts";
import type { StreamSettings } from "./rtsp/sdp.ts";

export type SessionFacts = {
  readonly id: number;
  readonly launch: Launch;
  readonly settings: StreamSettings;
  readonly source: string;
  /** The operator's settings at the start of the session. */
  readonly operatorSettings: Settings;
  /** The host's own, where the operator's settings set none. */
  readonly preset: string | undefined;
};

export type GamestreamSessionDeps = {
  readonly clock: Clock;
  readonly gate: Gate;
  /** Opens the encode stream; rejects with a reason. */
  openStream(tuning: Required<Tuning>): Promise<EncodeStream>;
  readonly sendVideo: DatagramOutlet;
  readonly sendAudio: DatagramOutlet;
  /** False when it could not be sent. */
  sendControl(packet: Uint8Array): boolean;
  rttUs(): number | undefined;
  /** How long nothing sealed by the player has arrived. */
  silentUs(): number;
  readonly input: InputSink;
  /** The player's input that reached the source, so far. */
  actionCount(): number;
  onEvent(event: GamestreamEvent): void;
  /** Workers of the session that are ending. */
  onClosing(done: Promise<unknown>): void;
  /** Called once; the session is over and holds no resources any more. */
  onEnd(end: SessionEnd): void;
};

export type SessionEnd = { readonly ending: Ending; readonly mayResume: boolean };
