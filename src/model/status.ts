/** What the host says of itself. */
import { type Static, Type } from "@sinclair/typebox";
import { StatsStatus } from "./capture.ts";
import { sourceForms } from "./source.ts";
import { ChosenSource } from "./source-state.ts";

export const EncoderStatus = Type.Object(
  {
    codec: Type.String({ description: "h264, hevc or av1" }),
    encoder: Type.String({ description: "FFmpeg’s name for the encoder" }),
    available: Type.Boolean({ description: "Determined by opening it, not from a list" }),
  },
  { $id: "EncoderStatus" },
);
export type EncoderStatus = Static<typeof EncoderStatus>;

export const GamestreamStatus = Type.Object(
  {
    listening: Type.Boolean(),
    address: Type.Optional(
      Type.String({
        description: "IPv4 address it listens on; 0.0.0.0 for all addresses of the machine",
      }),
    ),
    port: Type.Optional(
      Type.Integer({ description: "HTTP port; the other ports are at fixed offsets from it" }),
    ),
    announced: Type.Boolean({ description: "Announced in the local network by mDNS" }),
    reason: Type.Optional(Type.String({ description: "Why it does not listen" })),
  },
  { $id: "GamestreamStatus", description: "Where Moonlight players reach the host" },
);
/** The address for Moonlight players, or why there is none. */
export type GamestreamStatus = Static<typeof GamestreamStatus>;

/** How the threads that frames go through are scheduled. */
export const PriorityGrant = Type.Union(
  [
    Type.Literal("realtime"),
    Type.Literal("nice"),
    Type.Literal("none"),
    Type.Literal("untried"),
    Type.Literal("off"),
  ],
  {
    description:
      "Priority of the threads that encode and send: realtime, a lower nice value, none if the machine does not allow it, untried before the first session, or off",
  },
);
/** `untried` before the first session; `off` if the operator has disabled it. */
export type PriorityGrant = Static<typeof PriorityGrant>;

export const HostStatus = Type.Object(
  {
    version: Type.String({ description: "Version of onglass" }),
    host: Type.String({ description: "Name of this machine" }),
    uptime_ms: Type.Integer({ minimum: 0 }),
    source: Type.String({ description: sourceForms }),
    chosen_source: Type.Optional(ChosenSource),
    waiting_for_desktop: Type.Optional(
      Type.Boolean({ description: "A stream waits for an answer at this machine’s desktop" }),
    ),
    native_port: Type.Integer({ description: "Address for TLS control and UDP media" }),
    gamestream: Type.Optional(GamestreamStatus),
    fingerprint: Type.String({ description: "SHA-256 of the host's certificate" }),
    encoders: Type.Array(EncoderStatus),
    priority: PriorityGrant,
    session_count: Type.Integer({ minimum: 0 }),
    capture: StatsStatus,
    verdicts: Type.Optional(
      Type.Object(
        {
          smooth: Type.Integer({ minimum: 0 }),
          stutter: Type.Integer({ minimum: 0 }),
          bad: Type.Integer({ minimum: 0 }),
        },
        {
          description: "Sessions by their verdict of the last ten seconds; new sessions have none",
        },
      ),
    ),
    load_per_core: Type.Optional(
      Type.Number({
        minimum: 0,
        description: "Programs that ran or waited for a core in the last minute, per core",
      }),
    ),
  },
  { $id: "HostStatus", description: "State of the host" },
);
export type HostStatus = Static<typeof HostStatus>;
