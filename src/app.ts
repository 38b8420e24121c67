/**
 * The HTTP side, made from parts that already run; it does not listen. Whoever listens gives address
 * and TLS only: the limits of the server are in here.
 */
import { type AnyElysia, Elysia } from "elysia";
import type { Credentials } from "./api/credentials.ts";
import { bodyBytesMax, door, type Handler } from "./api/door.ts";
import { guard } from "./api/guard.ts";
import { hostRoutes, sessionRoutes } from "./api/host.ts";
import type { Parts } from "./api/parts.ts";
import { clientRoutes, pairingRoutes } from "./api/players.ts";
import { answerError } from "./api/problem.ts";
import { recordingRoutes } from "./api/recordings.ts";
import { RouteTable } from "./api/route-table.ts";
import { statsRoutes } from "./api/stats.ts";

export type AppParts = Parts & {
  readonly credentials: Credentials;
  /** Names in the form of `ownHosts`. */
  readonly allowedHosts: ReadonlySet<string>;
  /** The console; what it leaves open says so with `detail: { security: [] }`. */
  readonly pages?: AnyElysia;
};

/** A silent connection is closed after this; the event stream pings three times as often. */
const idleSeconds = 30;

export function createApp(parts: AppParts) {
  const table = new RouteTable(() => app.routes);
  const app = new Elysia({
    strictPath: true,
    // Fields that a schema does not name are kept in answers, and refused in questions.
    normalize: false,
    // The runtime's own router matches other paths than the one of `handle`, and goes by the door.
    systemRouter: false,
    serve: {
      development: false,
      reusePort: false,
      maxRequestBodySize: bodyBytesMax,
      idleTimeout: idleSeconds,
    },
  })
    // The framework's own type of a handler says nothing; it is called with the request.
    .wrap((handler) => door(handler as unknown as Handler, parts.allowedHosts))
    .onError({ as: "global" }, ({ error, code, request }) =>
      code === "NOT_FOUND" ? table.answerMissing(request) : answerError(error, request),
    )
    .use(
      guard({
        credentials: parts.credentials,
        isOpen: (method, route) => table.isOpen(method, route),
      }),
    )
    .use(statsRoutes(parts))
    .use(recordingRoutes(parts))
    .use(hostRoutes(parts))
    .use(sessionRoutes(parts))
    .use(clientRoutes(parts))
    .use(pairingRoutes(parts));
  if (parts.pages !== undefined) app.use(parts.pages);
  return app;
}
