/** The host's recent log lines, for people who are not at its terminal. */
import { type Static, Type } from "@sinclair/typebox";
import { unixMs } from "./unix-ms.ts";

/** Lines that the host keeps for it; older ones are in its own log only. */
export const logLineCountMax = 1000;

export const LogLine = Type.Object(
  {
    index: Type.Integer({ minimum: 0, description: "Index since the host started" }),
    at_unix_ms: unixMs("When it was logged, on the wall clock"),
    level: Type.Union([Type.Literal("info"), Type.Literal("warn")]),
    text: Type.String({ description: "What happened, with its values as name=value" }),
  },
  { $id: "LogLine", description: "A line of the host's log" },
);
/** A line of the host's log. */
export type LogLine = Static<typeof LogLine>;

export const LogPage = Type.Object(
  {
    lines: Type.Array(LogLine, { maxItems: logLineCountMax }),
    next: Type.Integer({
      minimum: 0,
      description: "Index of the next line; pass it as `after` for more",
    }),
  },
  { $id: "LogPage", description: "The last lines of the host's log, oldest first" },
);
/** The last lines of the host's log, oldest first. */
export type LogPage = Static<typeof LogPage>;
