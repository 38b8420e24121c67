/** The console's address, its certificate, and how that is changed. */
import { ownHosts } from "../api/edge/allowed-hosts.ts";
import type { createApp } from "../app.ts";
import type { TlsPair } from "../base/console-certificate.ts";
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { joinAddress } from "../base/host-names.ts";
import type { Config } from "../config.ts";
import type { ConsoleTls } from "./console-tls.ts";

type App = ReturnType<typeof createApp>;
type Listening = Pick<Config, "listen" | "tls">;
type Opening = Listening & Pick<Config, "allowHosts" | "httpRedirect">;

/**
 * Starts listening, with a new certificate whenever `tls` has one: open connections stay as they
 * are, new ones get the new certificate. Listeners are closed with `parts`.
 * @throws Failure `console_address`
 */
export function openConsole(
  { app, config, tls }: { app: App; config: Opening; tls: ConsoleTls | undefined },
  parts: AsyncDisposableStack,
  onFailed: (reason: string) => void,
): void {
  listen(app, config, tls?.pair);
  const before: NonNullable<App["server"]>[] = [];
  parts.defer(async () => {
    await app.stop(true);
    for (const server of before) void server.stop(true);
  });
  const { httpRedirect: from, listen: own, allowHosts } = config;
  if (from !== undefined) {
    const port = app.server?.port ?? own.port;
    parts.use(openRedirect({ from, port, allowedHosts: ownHosts(own.host, allowHosts) }));
  }
  tls?.follow((pair) => {
    const { server } = app;
    if (server === null) return;
    const port = server.port ?? config.listen.port;
    // It stops accepting at once; open requests run to their end.
    void server.stop(false);
    before.push(server);
    if (before.length > serverCountMax) void before.shift()?.stop(true);
    try {
      listen(app, { ...config, listen: { host: config.listen.host, port } }, pair);
    } catch (error) {
      onFailed(messageOf(error));
    }
  });
}

/** Previous listeners with connections that still run. */
const serverCountMax = 4;

function listen(app: App, { listen: { host, port } }: Listening, tls: TlsPair | undefined): void {
  try {
    app.listen({ hostname: host, port, ...(tls === undefined ? {} : { tls: { ...tls } }) });
  } catch (cause) {
    throw new Failure(
      "console_address",
      `Cannot listen for the console on "${host}:${port}"; --listen or ONGLASS_LISTEN names another`,
      { cause },
    );
  }
}

/** Where a person on this machine opens the console. */
export function consoleUrl({ listen: { host }, tls }: Listening, port: number): string {
  return `${tls ? "https" : "http"}://${joinAddress(host, port)}`;
}

type Redirect = {
  readonly from: NonNullable<Config["httpRedirect"]>;
  /** Of the console. */
  readonly port: number;
  readonly allowedHosts: ReadonlySet<string>;
};

/**
 * Redirects plain HTTP to the console's HTTPS address, only for names of this host; it reads only
 * the line and headers of a request. @throws Failure `console_address`
 */
export function openRedirect({
  from,
  port,
  allowedHosts,
}: Redirect): Disposable & { readonly port: number } {
  const answer = (request: Request) => {
    const name = (request.headers.get("host") ?? "").toLowerCase().replace(/:\d{1,5}$/, "");
    if (!allowedHosts.has(name)) return new Response("Not a name of this host\n", { status: 421 });
    const { pathname, search } = new URL(request.url);
    const location = `https://${port === 443 ? name : `${name}:${port}`}${pathname}${search}`;
    return new Response(null, { status: 308, headers: { location, "cache-control": "no-store" } });
  };
  try {
    const server = Bun.serve({
      hostname: from.host,
      port: from.port,
      development: false,
      idleTimeout: 5,
      maxRequestBodySize: 1024,
      fetch: answer,
    });
    return { port: server.port ?? from.port, [Symbol.dispose]: () => void server.stop(true) };
  } catch (cause) {
    const text = `Cannot listen on "${from.host}:${from.port}" to send plain HTTP to the console`;
    throw new Failure("console_address", text, { cause });
  }
}
