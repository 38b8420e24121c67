/**
 * The HTTP side, made from parts that already run; it does not listen. The caller that listens
 * provides only address and TLS: the limits of the server are in here.
 */
import { Elysia } from "elysia";
import { RouteTable } from "./api/describe/route-table.ts";
import { Admissions } from "./api/edge/admissions.ts";
import { ControlLog } from "./api/edge/control-log.ts";
import type { Credentials } from "./api/edge/credentials.ts";
import { guard } from "./api/edge/guard.ts";
import type { LateConsole } from "./api/edge/late-console.ts";
import { lazyAdapter } from "./api/edge/lazy-adapter.ts";
import { problem, type Refuse, refusalOf } from "./api/edge/problem.ts";
import { type Handler, requestGate } from "./api/edge/request-gate.ts";
import { endWithRight } from "./api/edge/signed-in-streams.ts";
import { docsRoutes, documentPath } from "./api/routes/docs.ts";
import { moqRoute } from "./api/routes/moq.ts";
import { playRoute } from "./api/routes/play.ts";
import { addApiRoutes } from "./api/routes/routes.ts";
import type { Performer } from "./operations/perform.ts";
import { isReadable } from "./operations/route.ts";
import type { PlayConnections } from "./ports/play.ts";
import type { MoqConnections } from "./ports/streams.ts";
import type { Timelines } from "./ports/timeline.ts";

/** The parts of the HTTP side; all of them run already. */
export type AppParts = {
  readonly performer: Performer;
  readonly credentials: Credentials;
  readonly timeline: Pick<Timelines, "isRecording" | "record">;
  readonly moq: MoqConnections;
  /** Where pages send input; a host without it has no such address. */
  readonly play?: PlayConnections;
  /** Names in the form of `ownHosts`. */
  readonly allowedHosts: ReadonlySet<string>;
  /** A host without it serves programs only. */
  readonly console?: LateConsole;
  /** How sockets of the MoQ endpoint behave. */
  readonly socketLimits?: WebSocketLimits;
};

type WebSocketLimits = {
  readonly maxPayloadLength: number;
  readonly backpressureLimit: number;
  readonly closeOnBackpressureLimit: boolean;
  readonly perMessageDeflate: boolean;
  readonly sendPings: boolean;
  readonly idleTimeout: number;
};

/** A silent connection is closed after this; the event stream pings three times as often. */
const idleSeconds = 30;

/**
 * Beyond this the runtime refuses on its own, without the envelope. What the request gate refuses is never
 * kept: 400 MB declared and sent moved the resident size by 2 MB.
 */
const declaredBytesMax = 2 ** 30;

/** The app with every route, limit and check. It does not listen yet. */
export function createApp(parts: AppParts) {
  const { allowedHosts } = parts;
  const table = new RouteTable(() => app.routes);
  const admissions = new Admissions();
  const controls = new ControlLog(parts.timeline);
  const refuse = refuserOf(parts.console);
  const again: Handler = (request) => app.fetch(request);
  const app = new Elysia({
    adapter: lazyAdapter,
    strictPath: true,
    // Fields that a schema does not name are kept in answers, and refused in requests.
    normalize: false,
    // The runtime's own router matches other paths than the one of `handle`, and relies on the request gate.
    systemRouter: false,
    ...(parts.socketLimits === undefined ? {} : { websocket: { ...parts.socketLimits } }),
    serve: {
      development: false,
      reusePort: false,
      maxRequestBodySize: declaredBytesMax,
      idleTimeout: idleSeconds,
    },
  })
    // The framework's own handler type is empty; it is called with the request.
    .wrap((handler) => {
      const followed = controls.follow(handler as unknown as Handler);
      const ended = endWithRight(followed, parts.credentials);
      const answer = requestGate(ended, { allowedHosts, refuse });
      return withConsole(parts.console, { answer, again });
    })
    .onError({ as: "global" }, ({ error, code, request }) => {
      if (code === "NOT_FOUND") return refuse(table.refuseMissing(request), request);
      const refusal = refusalOf(error, request);
      const isConsole = parts.console !== undefined && !isApi(request);
      const isSent = refusal.status === 401 && isConsole;
      return isSent ? sendToSignIn(request) : refuse(refusal, request);
    })
    .use(
      guard({
        credentials: parts.credentials,
        isOpen: (method, route) => table.isOpen(method, route),
        isReadable: (method, route) => isReadable(method, route) || route === documentPath,
        onAdmitted: (request, { actor, route }) => {
          admissions.admit(request, actor);
          controls.admit(request, route);
        },
      }),
    )
    // Straight onto the app: each level of apps costs a start the time of adding every route again.
    .use((whole) => {
      addApiRoutes(whole, parts.performer, admissions);
      return whole;
    })
    .use(moqRoute(parts.moq))
    .use(docsRoutes());
  if (parts.play !== undefined) app.use(playRoute(parts.play));
  parts.console?.attach((pages) => {
    for (const page of pages) app.use(page);
    table.grown();
    // Composed again, with the pages, when it is next asked for.
    Reflect.deleteProperty(app, "fetch");
  });
  return app;
}

/** In the form that fits the caller. */
function refuserOf(pages: LateConsole | undefined): Refuse {
  return (refusal, request) => {
    const page = isPage(request) ? pages?.problemPage : undefined;
    return page === undefined ? problem(refusal) : page(refusal, request);
  };
}

/** The first requests for pages wait until they are loaded, and start over with them. */
function withConsole(
  pages: LateConsole | undefined,
  { answer, again }: { readonly answer: Handler; readonly again: Handler },
): Handler {
  if (pages === undefined || pages.problemPage !== undefined) return answer;
  return async (request) => {
    if (!URL.canParse(request.url) || isApi(request)) return await answer(request);
    await pages.opened();
    return await again(request);
  };
}

/**
 * Requests of programs. The page with the API's description is a page like those of the console.
 */
function isApi(request: Request): boolean {
  const { pathname } = new URL(request.url);
  return pathname.startsWith("/api/v1/") || programPaths.has(pathname);
}

const programPaths: ReadonlySet<string> = new Set(["/metrics", "/moq", "/input", "/healthz"]);

/** A browser that navigates, or fetches a part of a page. */
function isPage(request: Request): boolean {
  return (
    URL.canParse(request.url) &&
    !isApi(request) &&
    (request.headers.get("accept") ?? "").includes("text/html")
  );
}

/**
 * A part of a page that htmx fetches replaces the whole page: its sign-in has just ended. The
 * person's location is included, for the way back.
 */
function sendToSignIn(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  const shown = request.headers.get("hx-current-url");
  if (request.headers.has("hx-request")) {
    const back = shown !== null && URL.canParse(shown) ? new URL(shown) : undefined;
    const to = back === undefined ? "/" : back.pathname + back.search;
    return new Response(null, {
      status: 401,
      headers: { "hx-redirect": `${signInPath}?ended=yes&to=${encodeURIComponent(to)}` },
    });
  }
  const isWayBack = request.method === "GET" && pathname !== "/";
  const to = isWayBack ? `?to=${encodeURIComponent(pathname + search)}` : "";
  return new Response(null, { status: 303, headers: { location: signInPath + to } });
}

const signInPath = "/sign-in";
