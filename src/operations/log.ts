/** What the host logged lately. */
import { Type } from "@sinclair/typebox";
import { LogPage, logLineCountMax } from "../model/log-line.ts";
import { operation } from "./operation.ts";

export const logLines = operation({
  id: "log_lines",
  method: "GET",
  route: "/api/v1/log",
  tag: "host",
  summary: "Last lines of the log",
  description: `The last ${logLineCountMax} lines since the host started, oldest first. To continue, pass \`next\` of the previous response as \`after\`.`,
  query: Type.Object(
    {
      after: Type.Optional(
        Type.Integer({ minimum: 0, default: 0, description: "Only lines from this index on" }),
      ),
    },
    { additionalProperties: false },
  ),
  answers: { 200: LogPage },
  act: ({ host }, { query }) => host.log(query.after ?? 0),
});
