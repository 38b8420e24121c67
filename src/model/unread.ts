/** What is on the disk and could not be read: a reader is not to take it for a pause of the stream. */
import { type Static, Type } from "@sinclair/typebox";

/** More than the minutes of a capture of three hours. */
const stretchCountMax = 20_000;

export const Unread = Type.Array(
  Type.Object({
    from_ms: Type.Integer({ minimum: 0, description: "Since the begin" }),
    to_ms: Type.Integer({ minimum: 0, description: "Where reading continued" }),
  }),
  {
    maxItems: stretchCountMax,
    description:
      "Stretches that were recorded and could not be read, because the file is damaged or the disk failed; absent: all was read",
  },
);
/** In the order of time. */
export type Unread = Static<typeof Unread>;
