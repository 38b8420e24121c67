/** Links to one stream for others: to watch or to play, until when, and how often. */
import { type Static, Type } from "@sinclair/typebox";
import { cleanPlayerName } from "./player.ts";
import { unixMs } from "./unix-ms.ts";
import { StreamRequest } from "./watch.ts";

/** Links of a host, at most. */
export const linkCountMax = 100;
/** Browsers that one link lets in, at most. */
export const linkUsesMax = 100;
/** A year. */
export const linkMinutesMax = 525_600;
const nameLengthMax = 64;
const minutesDefault = 1440;

/** The defaults of a new link. */
export const linkDefaults = { rights: "watch", uses: 1, minutes: minutesDefault } as const;

export const LinkRights = Type.Union([Type.Literal("watch"), Type.Literal("play")], {
  description: "watch: picture and sound; play: keyboard and mouse too",
});
/** The rights of a link: watching only, or playing too. */
export type LinkRights = Static<typeof LinkRights>;

const facts = {
  id: Type.String({ description: "Id of the link; grants no access" }),
  name: Type.String({ maxLength: nameLengthMax, description: "Who it is for; may be empty" }),
  rights: LinkRights,
  stream: StreamRequest,
  created_unix_ms: unixMs("When it was created, on the wall clock"),
  expires_unix_ms: unixMs("When it expires; whatever was opened with it ends then"),
  uses_max: Type.Integer({
    minimum: 1,
    maximum: linkUsesMax,
    description: "How many browsers may use it",
  }),
  uses: Type.Integer({ minimum: 0, description: "Browsers that have used it" }),
};

export const StreamLink = Type.Object(
  {
    ...facts,
    connections: Type.Integer({ minimum: 0, description: "Connections currently open with it" }),
  },
  { $id: "StreamLink", description: "A link to one stream, without its secret" },
);
/** A link to one stream, without its secret. */
export type StreamLink = Static<typeof StreamLink>;

export const NewStreamLink = Type.Object(
  {
    ...facts,
    connections: StreamLink.properties.connections,
    url: Type.String({
      description:
        "The link to send, at the address of this request. Its fragment contains the secret; only this response has it",
    }),
  },
  { $id: "NewStreamLink", description: "A link that was just created, with its secret" },
);
/** A new link: only this answer contains its secret. */
export type NewStreamLink = Static<typeof NewStreamLink>;

export const StreamLinkRequest = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: nameLengthMax, description: "Who it is for" })),
    rights: Type.Optional(LinkRights),
    stream: Type.Optional(StreamRequest),
    uses: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: linkUsesMax,
        description: "How many browsers may use it; default 1",
      }),
    ),
    expires_in_minutes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: linkMinutesMax,
        description: "Minutes until it expires; default 1,440, one day",
      }),
    ),
  },
  { $id: "StreamLinkRequest", additionalProperties: false },
);
/** The input for a new link. */
export type StreamLinkRequest = Static<typeof StreamLinkRequest>;

const hash = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" });

/** As it is stored: SHA-256 of its secret, and of the cookies of admitted browsers. */
export const KeptLink = Type.Object({
  ...facts,
  id: Type.String({ pattern: "^[0-9a-f]{12}$" }),
  hash,
  guests: Type.Array(hash, { maxItems: linkUsesMax }),
});
/** A link as stored on disk: neither the secret nor a cookie can be made from it. */
export type KeptLink = Static<typeof KeptLink>;

/** A name that is safe to show anywhere; empty when nothing is left of it. */
export function cleanLinkName(text: string): string {
  return cleanPlayerName(text);
}
