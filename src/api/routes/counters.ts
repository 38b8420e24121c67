/** What was counted by path prefix, for people and for Prometheus. */
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { CounterReport } from "../../model/counters.ts";
import { shapeNames } from "../describe/shapes.ts";
import type { Parts } from "../parts.ts";
import { metricsText, metricsType } from "./metrics.ts";

const CountersQuery = Type.Object(
  {
    prefix: Type.Optional(
      Type.String({ maxLength: 512, description: "Only levels at or below this path" }),
    ),
    depth: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 16, description: "Segments below the prefix" }),
    ),
  },
  { additionalProperties: false },
);

export function counterRoutes(parts: Parts) {
  return new Elysia()
    .use(shapeNames)
    .get("/api/v1/counters", ({ query }): CounterReport => parts.counters.report(query), {
      transform: readDepth,
      query: CountersQuery,
      response: { 200: "CounterReport" },
      detail: {
        tags: ["counters"],
        operationId: "counters",
        summary: "Totals by path prefix",
        description:
          "Each level is the sum of what was counted at or below it. A closed level stays for ten minutes; `since_unix_ms` tells when its totals began.",
      },
    })
    .get("/metrics", async () => answerMetrics(parts), {
      response: { 200: Type.String({ contentMediaType: metricsType }) },
      detail: {
        tags: ["counters"],
        operationId: "metrics",
        summary: "Totals for Prometheus, by first path segment",
      },
    });
}

async function answerMetrics(parts: Parts): Promise<Response> {
  const status = await parts.status();
  const text = metricsText({
    report: parts.counters.report({ depth: 1 }),
    sessions: parts.sessions.sessions(),
    status,
  });
  return new Response(text, { headers: { "content-type": metricsType } });
}

/** Only the depth is a number; a prefix may look like one. */
function readDepth({ query }: { readonly query: Record<string, unknown> }): void {
  const { depth } = query;
  if (typeof depth === "string" && /^\d{1,4}$/.test(depth)) query.depth = Number(depth);
}
