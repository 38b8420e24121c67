/**
 * How the framework is put on the runtime. Its own adapter composes the handler of every route
 * before it listens, and the whole app again after that: a fifth of a start, of which the first
 * request needs one handler of 290. Here the handler of a route is composed when it is first asked
 * for.
 */
import type { AnyElysia, ElysiaAdapter } from "elysia";
import { BunAdapter } from "elysia/adapter/bun";
import { websocket } from "elysia/ws";

/** For an app that names its limits in `serve` and `websocket`, and is ready when it listens. */
export const lazyAdapter: ElysiaAdapter = {
  ...BunAdapter,
  beforeCompile: () => undefined,
  listen: (app: AnyElysia) => (options) => {
    if (typeof options !== "object")
      throw new Error("Bug: an app listens on an address, not on a port alone");
    app.server = Bun.serve({
      ...app.config.serve,
      ...options,
      websocket: { ...app.config.websocket, ...websocket },
      // Another one after pages have been added.
      fetch: (request: Request) => app.fetch(request),
    } as Parameters<typeof Bun.serve>[0]);
  },
};
