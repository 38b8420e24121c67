/** Named tokens for programs and people: their rights, expiry, and last use. */
import { type Static, Type } from "@sinclair/typebox";
import { cleanPlayerName } from "./player.ts";
import { unixMs } from "./unix-ms.ts";

/** Named tokens of a host, at most. */
export const accessTokenCountMax = 100;
const nameLengthMax = 64;
/** Ten years. */
const daysMax = 3650;

export const TokenRights = Type.Union([Type.Literal("read"), Type.Literal("operator")], {
  description: "read: GET of everything but secrets; operator: everything",
});
/** The rights of a token: read-only, or everything. */
export type TokenRights = Static<typeof TokenRights>;

const facts = {
  id: Type.String({ description: "Id of the token; grants no access" }),
  name: Type.String({ minLength: 1, maxLength: nameLengthMax, description: "Unique on this host" }),
  rights: TokenRights,
  created_unix_ms: unixMs("When it was created, on the wall clock"),
  expires_unix_ms: Type.Optional(unixMs("When it expires; never if absent")),
  last_used_on: Type.Optional(
    Type.String({
      maxLength: 10,
      description: "UTC day of its last use, as 2026-11-28; absent if unused",
    }),
  ),
};

export const AccessToken = Type.Object(facts, {
  $id: "AccessToken",
  description: "A named token, without its secret",
});
/** A named token, without its secret. */
export type AccessToken = Static<typeof AccessToken>;

export const NewAccessToken = Type.Object(
  {
    ...facts,
    token: Type.String({ description: "The secret; only this response contains it" }),
  },
  { $id: "NewAccessToken", description: "A token that was just created, with its secret" },
);
/** A new token: only this answer contains its secret. */
export type NewAccessToken = Static<typeof NewAccessToken>;

export const AccessTokenRequest = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: nameLengthMax,
      description: "What it is for, such as the name of a program",
    }),
    rights: TokenRights,
    expires_in_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: daysMax,
        description: "Days until it expires; never if absent",
      }),
    ),
  },
  { $id: "AccessTokenRequest", additionalProperties: false },
);
/** The input for a new token. */
export type AccessTokenRequest = Static<typeof AccessTokenRequest>;

/** As it is stored: the SHA-256 of the secret in place of the secret. */
export const KeptToken = Type.Object({
  ...facts,
  id: Type.String({ pattern: "^[0-9a-f]{12}$" }),
  hash: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
});
/** A token as stored on disk: no secret can be made from it. */
export type KeptToken = Static<typeof KeptToken>;

/** A name that is safe to show anywhere; empty when nothing is left of it. */
export function cleanTokenName(text: string): string {
  return cleanPlayerName(text);
}
