/** The OpenAPI document: made from the routes themselves, without a host behind them. */
import { swagger } from "@elysiajs/swagger";
import { Elysia } from "elysia";
import { sessionCookieName } from "../edge/credentials.ts";
import type { Parts } from "../parts.ts";
import { EventStreams } from "../routes/event-stream.ts";
import { apiRoutes } from "../routes/routes.ts";
import { TimelineStreams } from "../routes/timeline-stream.ts";
import { normalise, type Tree } from "./openapi.ts";

const documentation = {
  info: {
    title: "onglass",
    description:
      "Control of a streaming host and its flight recorder. Every refusal is a `Problem`. Paths are matched strictly, and the Host header has to name the host.",
    version: "1.0.0",
    license: { name: "MIT", url: "https://opensource.org/license/mit" },
  },
  servers: [{ url: "/", description: "This host" }],
  tags: [
    { name: "stats", description: "The flight recorder" },
    { name: "host", description: "The host itself" },
    { name: "sessions", description: "Who is playing now" },
    { name: "clients", description: "Paired players" },
    { name: "pairing", description: "Letting a new player in" },
    { name: "timeline", description: "What happened, and doing it again" },
    { name: "watch", description: "Streams for browsers, over MoQ" },
    { name: "counters", description: "What left and entered, by path prefix" },
  ],
  security: [{ bearer: [] }, { session: [] }],
  components: {
    securitySchemes: {
      bearer: {
        type: "http" as const,
        scheme: "bearer",
        description: "The operator's token, from the file `token` in the data directory",
      },
      session: {
        type: "apiKey" as const,
        in: "cookie",
        name: sessionCookieName,
        description: "A signed-in browser; changes need a page of the same origin",
      },
    },
  },
};

/** The text of `openapi.json`, newline at the end. */
export async function openApiText(): Promise<string> {
  const app = new Elysia()
    .use(
      apiRoutes(noHost, {
        streams: new EventStreams(noHost),
        timelineStreams: new TimelineStreams(noHost),
        replay: () => Promise.reject(new Error("Bug: nothing is replayed here")),
      }),
    )
    .use(
      swagger({ path: "/page", specPath: "/document", excludeStaticFile: false, documentation }),
    );
  const answer = await app.handle(new Request("http://localhost/document"));
  const document = normalise((await answer.json()) as Tree);
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** Describing a route calls none of its parts; one that does so while it is declared is a bug. */
const noHost = new Proxy({} as Parts, {
  get: (_, name) => {
    throw new Error(`Bug: a route wants "${String(name)}" before any request has come`);
  },
});
