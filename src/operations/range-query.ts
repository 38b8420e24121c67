/** The part of a stream that is asked for, in the query of frames and verdicts. */
import { Type } from "@sinclair/typebox";
import { rangeMsMax } from "../model/frames-page.ts";

/** @param what is due within it, with a capital */
export function rangeQuery(what: "Rows" | "Frames") {
  return {
    from: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: rangeMsMax,
        description: "Milliseconds since the start",
      }),
    ),
    to: Type.Optional(
      Type.Integer({ minimum: 0, maximum: rangeMsMax, description: `${what} due before it` }),
    ),
    last_s: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 600,
        description: "The last N seconds, instead of from and to",
      }),
    ),
  };
}
