/** Players that may connect, and the code that lets a new one in. */

import { type Static, Type } from "@sinclair/typebox";
import { cutText } from "../base/cut-text.ts";
import { unixMs } from "./unix-ms.ts";

export const Client = Type.Object(
  {
    id: Type.String({ description: "SHA-256 of the player's certificate, lower-case hex" }),
    name: Type.String({ description: "As the player calls itself, or as the operator named it" }),
    kind: Type.String({ description: "native or gamestream" }),
    paired_unix_ms: unixMs("When it was paired, by the wall clock"),
  },
  { $id: "Client", description: "A paired player" },
);
/** A paired player. */
export type Client = Static<typeof Client>;

/** Characters of a player's name, at most. */
export const playerNameLengthMax = 64;

/**
 * A name fit to be shown anywhere: no control characters, no line breaks, no marks that turn the
 * direction of text, cut between characters. Empty when nothing is left.
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
      description: "What the player is called from its next session on",
    }),
  },
  { $id: "ClientChange", additionalProperties: false },
);
/** What the operator may change of a paired player. */
export type ClientChange = Static<typeof ClientChange>;

export const PairingCode = Type.Object(
  {
    code: Type.String({ description: "Works once; carries the host's fingerprint and a secret" }),
    expires_unix_ms: Type.Integer({ minimum: 0 }),
    command: Type.String({ description: "What to run on the player's machine" }),
  },
  { $id: "PairingCode", description: "Lets one new player in" },
);
/** A one-time code, and until when it works. */
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
/** A Moonlight player that waits for its PIN. */
export type WaitingPlayer = Static<typeof WaitingPlayer>;

export const PinEntry = Type.Object(
  {
    pin: Type.String({
      pattern: "^[0-9]{4,8}$",
      description: "Four to eight digits, as the player shows them",
    }),
    uniqueid: Type.Optional(
      Type.String({ maxLength: 64, description: "Which player, where several wait" }),
    ),
    id: Type.Optional(
      Type.Integer({ minimum: 1, description: "The same by the number of its attempt" }),
    ),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: "What the player is called from now on; Moonlight players give no name",
      }),
    ),
  },
  { $id: "PinEntry", additionalProperties: false },
);
export type PinEntry = Static<typeof PinEntry>;

export const pinOutcomes = ["paired", "wrong_pin", "unfinished"] as const;
/** What a typed PIN came to; `unfinished` when the player has not answered within ten seconds. */
export type PinOutcome = (typeof pinOutcomes)[number];

export const PinResult = Type.Object(
  {
    outcome: Type.Union(
      pinOutcomes.map((outcome) => Type.Literal(outcome)),
      {
        description:
          "paired; wrong_pin: the player found that the PIN was not its own, try again there; " +
          "unfinished: the player has not said",
      },
    ),
  },
  { $id: "PinResult", description: "What a typed PIN came to" },
);
export type PinResult = Static<typeof PinResult>;
