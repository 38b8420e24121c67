/** Players that may connect, and the code that lets a new one in. */
import { type Static, Type } from "@sinclair/typebox";

export const Client = Type.Object(
  {
    id: Type.String({ description: "SHA-256 of the player's certificate, lower-case hex" }),
    name: Type.String({ description: "As the player calls itself" }),
    kind: Type.String({ description: "native or gamestream" }),
    paired_unix_ms: Type.Integer({ minimum: 0 }),
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
