/** Unreadable data on disk: it must not be mistaken for a pause of the stream. */
import { type Static, Type } from "@sinclair/typebox";

/** More than the minutes of a capture of three hours. */
const stretchCountMax = 20_000;

export const Unread = Type.Array(
  Type.Object({
    from_ms: Type.Integer({ minimum: 0, description: "Since the start" }),
    to_ms: Type.Integer({ minimum: 0, description: "Where reading continued" }),
  }),
  {
    maxItems: stretchCountMax,
    description:
      "Recorded ranges that could not be read, because the file is damaged or the disk failed; absent if all was read",
  },
);
/** Where the rows of a capture end if it has more than a file can hold. */
export const RowsUntilMs = Type.Integer({
  minimum: 0,
  description:
    "Where the rows end, since the start, because a file cannot hold more; absent if complete",
});

/** In the order of time. */
export type Unread = Static<typeof Unread>;

/** What the rows of a capture lack; an absent field means that nothing of its kind does. */
export type RowMarks = { readonly unread?: Unread; readonly rows_until_ms?: number };
