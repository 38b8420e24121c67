/** Two runs side by side: two captures, ranges or sessions, or one against the baseline. */
import { Type } from "@sinclair/typebox";
import { rangeMsMax } from "../model/frames-page.ts";
import { RunComparison } from "../model/run-comparison.ts";
import { operation } from "./operation.ts";

const side = (description: string) => Type.String({ minLength: 1, maxLength: 128, description });
const millis = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: rangeMsMax, description }));
const session = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: 2 ** 32 - 1,
    description: "Default: the session with the most frames in the range",
  }),
);

const Query = Type.Object(
  {
    a: side("Id of a capture, `baseline`, or `history:` and the id of a session in the history"),
    b: side("The same for the other side"),
    a_from: millis("Milliseconds since A began"),
    a_to: millis("End of the range of A"),
    a_session: session,
    b_from: millis("Milliseconds since B began"),
    b_to: millis("End of the range of B"),
    b_session: session,
    force: Type.Optional(
      Type.Boolean({
        default: false,
        description: "Compare even if mode, codec, path or source differ",
      }),
    ),
  },
  { additionalProperties: false },
);

export const statsCompare = operation({
  id: "stats_compare",
  method: "GET",
  route: "/api/v1/stats/compare",
  tag: "stats",
  summary: "Compare two runs",
  description:
    "Each figure is based on medians of five-second blocks of single frames, or of samples if no frames were kept; one false-alarm rate applies to all figures together. Runs with a different mode, codec, path or source are not comparable unless forced. Facts and codes, without text in any language.",
  query: Query,
  answers: { 200: RunComparison },
  problems: [404, 503],
  isLong: true,
  act: async ({ comparisons }, { query }) =>
    await comparisons.compare({
      a: { id: query.a, from: query.a_from, to: query.a_to, session: query.a_session },
      b: { id: query.b, from: query.b_from, to: query.b_to, session: query.b_session },
      isForced: query.force === true,
    }),
});
