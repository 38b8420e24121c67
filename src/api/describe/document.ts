/** The OpenAPI document: made from the operations themselves, without a running host. */
import { swagger } from "@elysiajs/swagger";
import type { TSchema } from "@sinclair/typebox";
import { type AnyElysia, Elysia } from "elysia";
import { operations } from "../../operations/all.ts";
import { nothing, type Operation } from "../../operations/operation.ts";
import { normalise, type Tree } from "./openapi.ts";
import { shapes } from "./shapes.ts";

const documentation = {
  info: {
    title: "onglass",
    description:
      "Control of a streaming host and its flight recorder. Errors are `Problem` objects. Every GET also answers HEAD, with the same headers and no body. Recordings and their timelines support `Range` (one range) and `If-None-Match`. Paths are matched strictly, and the Host header must name this host.",
    version: "1.0.0",
    license: { name: "MIT", url: "https://opensource.org/license/mit" },
  },
  servers: [{ url: "/", description: "This host" }],
  tags: [
    { name: "stats", description: "The flight recorder" },
    { name: "host", description: "The host itself" },
    { name: "sessions", description: "Sessions that are playing" },
    { name: "clients", description: "Paired players" },
    { name: "pairing", description: "Pairing of new players" },
    { name: "timeline", description: "Events, checkpoints and replay" },
    { name: "archive", description: "Captures of several hosts in one place" },
    { name: "access", description: "Named tokens" },
    { name: "watch", description: "Streams for browsers, over MoQ" },
    { name: "counters", description: "Traffic by path prefix" },
  ],
  security: [{ bearer: [] }, { session: [] }],
  components: {
    securitySchemes: {
      bearer: {
        type: "http" as const,
        scheme: "bearer",
        description:
          "The operator’s token, from the file `token` in the data directory, or a named token. A read-only token can GET everything that is not marked as needing an operator’s token",
      },
      session: {
        type: "apiKey" as const,
        in: "cookie",
        name: "onglass_session_7780",
        description:
          "A signed-in browser; changes need a page of the same origin. The number is the console’s port; with TLS the name is prefixed with `__Host-`",
      },
    },
  },
};

/** The text of `openapi.json`, newline at the end. */
export async function openApiText(): Promise<string> {
  const app: AnyElysia = new Elysia().use(shapes);
  for (const operation of operations) {
    // The framework derives a route's type from its hooks: these are known only at run time.
    app.route(operation.method, operation.route, unasked, hooksOf(operation) as object);
  }
  app.use(
    swagger({ path: "/page", specPath: "/document", excludeStaticFile: false, documentation }),
  );
  const answer = await app.handle(new Request("http://localhost/document"));
  const document = normalise((await answer.json()) as Tree);
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function unasked(): never {
  throw new Error("Bug: a route that only describes was called");
}

/** In the plugin's format. Nothing is checked by them: the operations check their input. */
function hooksOf({ id, tag, summary, isOpen, ...operation }: Operation): object {
  const isOperators = operation.method === "GET" && operation.isForOperators === true;
  const description = operation.description + (isOperators ? " Takes an operator’s token." : "");
  const problems = [...(operation.problems ?? []), ...(isOperators ? [403] : [])].map(
    (status) => [status, "Problem"] as const,
  );
  const parts =
    operation.isFile === true ? { 206: operation.answers[200] ?? nothing, 304: nothing } : {};
  const answers = Object.entries({ ...operation.answers, ...parts }).map(
    ([status, shape]) => [status, nameOf(shape) ?? shape] as const,
  );
  return {
    ...(operation.query === undefined ? {} : { query: operation.query }),
    ...(operation.body === undefined ? {} : { body: nameOf(operation.body) ?? operation.body }),
    response: Object.fromEntries([...answers, ...problems]),
    detail: {
      tags: [tag],
      operationId: id,
      summary,
      description,
      ...(isOpen === true ? { security: [] } : {}),
    },
  };
}

/** The name under which a shape is described. */
function nameOf({ $id }: TSchema): string | undefined {
  return $id;
}
