/** A saved capture before and after one of its checkpoints. */
import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Comparison } from "../../model/comparison.ts";
import { shapeNames } from "../describe/shapes.ts";
import { numericQuery } from "../edge/input.ts";
import { notFound } from "../edge/problem.ts";
import type { Parts } from "../parts.ts";
import { noRecording } from "./recordings.ts";

const Query = Type.Object(
  {
    checkpoint: Type.String({ maxLength: 128, description: "Its id" }),
    seconds: Type.Optional(
      Type.Integer({ minimum: 5, maximum: 300, default: 30, description: "Length of each side" }),
    ),
    settle_ms: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 60_000,
        default: 2000,
        description: "Left out behind the checkpoint",
      }),
    ),
  },
  { additionalProperties: false },
);

export function comparisonRoutes(parts: Parts) {
  return new Elysia({ prefix: "/api/v1/stats/recordings" })
    .use(shapeNames)
    .get(
      "/:id/before-after",
      async ({ params, query }) => Response.json(await compare(parts, params.id, query)),
      {
        ...numericQuery,
        query: Query,
        response: { 200: "Comparison", 404: "Problem" },
        detail: {
          tags: ["timeline"],
          operationId: "stats_recording_before_after",
          summary: "The samples on both sides of a checkpoint, compared",
          description:
            "Medians of blocks of five seconds; the 95 % interval is that of the rank sum test.",
        },
      },
    );
}

async function compare(parts: Parts, id: string, query: Static<typeof Query>): Promise<Comparison> {
  const capture = await parts.recordings.load(id);
  if (capture === undefined) throw noRecording(id);
  const timeline = await parts.recordings.loadTimeline(id);
  const found = timeline?.checkpoints.find((one) => one.id === query.checkpoint);
  if (found === undefined) {
    throw notFound(`Cannot find checkpoint "${query.checkpoint}": recording "${id}" has none`);
  }
  return parts.compareAround(capture, {
    checkpoint: found.id,
    atMs: found.t_ms ?? 0,
    seconds: query.seconds ?? 30,
    settleMs: query.settle_ms ?? 2000,
  });
}
