/** Where the console is reached. */
import type { createApp } from "../app.ts";
import { Failure } from "../base/failure.ts";
import type { Identity } from "../base/identity.ts";
import type { Config } from "../config.ts";

/** Lets the console listen. @throws Failure `port_taken` */
export function openConsole(
  app: ReturnType<typeof createApp>,
  config: Config,
  identity: Identity,
): void {
  try {
    app.listen(listenOptions(config, identity));
  } catch (cause) {
    const { host, port } = config.listen;
    throw new Failure(
      "console_address",
      `Cannot listen for the console on "${host}:${port}"; --listen or ONGLASS_LISTEN names another`,
      { cause },
    );
  }
}

function listenOptions({ listen, tls }: Config, identity: Identity) {
  const address = { hostname: listen.host, port: listen.port };
  if (!tls) return address;
  return { ...address, tls: { cert: identity.certificatePem, key: identity.keyPem } };
}

/** Where a person on this machine opens the console. */
export function consoleUrl({ listen, tls }: Config, port: number): string {
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return `${tls ? "https" : "http"}://${host}:${port}`;
}
