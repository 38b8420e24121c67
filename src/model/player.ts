/** Players that may connect, and the code that lets a new one in. */
import { type Static, Type } from "@sinclair/typebox";
import { unixMs } from "./unix-ms.ts";

export const Client = Type.Object(
  {
    id: Type.String({ description: "SHA-256 of the player's certificate, lower-case hex" }),
    name: Type.String({ description: "As the player calls itself" }),
    kind: Type.String({ description: "native or gamestream" }),
    paired_unix_ms: unixMs("When it was paired, by the wall clock"),
  },
  { $id: "Client", description: "A paired player" },
);
export type Client = Static<typeof Client>;

export const PairingCode = Type.Object(
  {
    code: Type.String({ description: "Works once; carries the host's fingerprint and a secret" }),
    expires_unix_ms: Type.Integer({ minimum: 0 }),
    command: Type.String({ description: "What to run on the player's machine" }),
  },
  { $id: "PairingCode", description: "Lets one new player in" },
);
export type PairingCode = Static<typeof PairingCode>;

export const WaitingPlayer = Type.Object(
  {
    id: Type.Integer({
      minimum: 1,
      description: "Of this attempt; never repeats while the host runs",
    }),
    uniqueid: Type.String({
      description: "As the player names itself to the host; many say the same",
    }),
    name: Type.String({ description: "As the player calls itself" }),
    address: Type.String({ description: "Where it connects from" }),
  },
  { $id: "WaitingPlayer", description: "A Moonlight player that waits for its PIN" },
);
export type WaitingPlayer = Static<typeof WaitingPlayer>;

export const PinEntry = Type.Object(
  {
    pin: Type.String({ pattern: "^[0-9]{4,8}$", description: "As the player shows it" }),
    uniqueid: Type.Optional(
      Type.String({ maxLength: 64, description: "Which player, where several wait" }),
    ),
    id: Type.Optional(
      Type.Integer({ minimum: 1, description: "The same by the number of its attempt" }),
    ),
  },
  { $id: "PinEntry", additionalProperties: false },
);
export type PinEntry = Static<typeof PinEntry>;
