/** Players that may connect, and the code that lets a new one in. */

import { type Static, Type } from "@sinclair/typebox";
import { cutText } from "../base/cut-text.ts";
import { unixMs } from "./unix-ms.ts";

export const Client = Type.Object(
  {
    id: Type.String({ description: "SHA-256 of the player's certificate, lower-case hex" }),
    name: Type.String({ description: "Name given by the player or by the operator" }),
    kind: Type.String({ description: "native or gamestream" }),
    paired_unix_ms: unixMs("When it was paired, on the wall clock"),
  },
  { $id: "Client", description: "A paired player" },
);
/** A paired player. */
export type Client = Static<typeof Client>;

/** Characters of a player's name, at most. */
export const playerNameLengthMax = 64;

/**
 * A name that is safe to show anywhere: no control characters, no line breaks, no characters that
 * change the direction of text, cut between characters. Empty when nothing is left.
 */
export function cleanPlayerName(text: string): string {
  const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "").trim();
  return cutText(clean, playerNameLengthMax).trim();
}

export const ClientChange = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: playerNameLengthMax,
      description: "Name of the player from its next session on",
    }),
  },
  { $id: "ClientChange", additionalProperties: false },
);
/** Fields of a paired player that the operator may change. */
export type ClientChange = Static<typeof ClientChange>;

export const PairingCode = Type.Object(
  {
    code: Type.String({ description: "Works once; contains the host’s fingerprint and a secret" }),
    expires_unix_ms: Type.Integer({ minimum: 0 }),
    command: Type.String({ description: "Command to run on the player’s machine" }),
  },
  { $id: "PairingCode", description: "A code that pairs one new player" },
);
/** A one-time code, and until when it works. */
export type PairingCode = Static<typeof PairingCode>;

export const WaitingPlayer = Type.Object(
  {
    id: Type.Integer({
      minimum: 1,
      description: "Id of this attempt; unique while the host runs",
    }),
    uniqueid: Type.String({
      description: "Identifier sent by the player; many send the same",
    }),
    name: Type.String({ description: "Name sent by the player" }),
    address: Type.String({ description: "Address of the player" }),
  },
  { $id: "WaitingPlayer", description: "A Moonlight player waiting for its PIN" },
);
/** A Moonlight player that waits for its PIN. */
export type WaitingPlayer = Static<typeof WaitingPlayer>;

export const PinEntry = Type.Object(
  {
    pin: Type.String({
      pattern: "^[0-9]{4,8}$",
      description: "The four to eight digits that the player shows",
    }),
    uniqueid: Type.Optional(
      Type.String({ maxLength: 64, description: "Which player, if several are waiting" }),
    ),
    id: Type.Optional(
      Type.Integer({ minimum: 1, description: "The same, by the id of its attempt" }),
    ),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: "Name of the player from now on; Moonlight players do not send one",
      }),
    ),
  },
  { $id: "PinEntry", additionalProperties: false },
);
export type PinEntry = Static<typeof PinEntry>;

export const pinOutcomes = ["paired", "wrong_pin", "unfinished"] as const;
/** Result of a PIN; `unfinished` when the player has not answered within ten seconds. */
export type PinOutcome = (typeof pinOutcomes)[number];

export const PinResult = Type.Object(
  {
    outcome: Type.Union(
      pinOutcomes.map((outcome) => Type.Literal(outcome)),
      {
        description:
          "paired; wrong_pin: the player did not accept the PIN, try again there; " +
          "unfinished: the player has not answered yet",
      },
    ),
  },
  { $id: "PinResult", description: "Result of a PIN" },
);
export type PinResult = Static<typeof PinResult>;
