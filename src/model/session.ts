/** Who is playing now, and what an operator can do about it. */
import { type Static, Type } from "@sinclair/typebox";
import { InputProblemShape } from "./input-problem.ts";

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const Session = Type.Object(
  {
    session_id: count("Unique while the host runs"),
    kind: Type.String({ description: "native, gamestream or moq" }),
    client: Type.String({ description: "Name of the player" }),
    viewers: Type.Optional(count("Browsers watching, if the kind is moq")),
    width: count("Pixels"),
    height: count("Pixels"),
    fps: Type.Number({ minimum: 0, description: "Requested; may be a fraction, such as 59.94" }),
    codec: Type.String({ description: "h264, hevc or av1" }),
    encoder: Type.String({ description: "Encoder, such as libx264" }),
    bitrate_kbps: count("Target bitrate"),
    started_unix_ms: count("Start of the session"),
    frames_sent: count("Duration so far"),
    bytes_sent: count("Media payload since the session began"),
    packets_sent: count("Datagrams that the kernel accepted"),
    packets_lost: Type.Optional(count("As the player reports; absent until it does")),
    lower_bounds: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: 1,
        description: "`packets_lost`, if it is a lower bound",
      }),
    ),
    rtt_us: Type.Optional(count("As the player reports; absent until it does")),
    input_problem: Type.Optional(InputProblemShape),
  },
  { $id: "Session", description: "A stream to a player" },
);
/** A running session, as the API shows it. */
export type Session = Omit<Static<typeof Session>, "input_problem"> & {
  input_problem?: InputProblemShape;
};

export const BitrateChange = Type.Object(
  { bitrate_kbps: Type.Integer({ minimum: 200, maximum: 500_000 }) },
  { $id: "BitrateChange", additionalProperties: false },
);
export type BitrateChange = Static<typeof BitrateChange>;
