/** `onglass serve`: says where the host listens, and ends it well on Ctrl-C or SIGTERM. */

import {
  isAnyAddress,
  isLoopbackHost,
  joinAddress,
  moonlightAddresses,
  reachableAddresses,
} from "../base/host-names.ts";
import { log } from "../base/log.ts";
import { typedCommand } from "../base/own-command.ts";
import { endNow } from "../base/process.ts";
import { timers } from "../base/scheduler.ts";
import { ServiceManager } from "../base/service-manager.ts";
import { isTerminal } from "../base/terminal-check.ts";
import { type Config, dataDirectoryFlag } from "../config.ts";
import type { GamestreamStatus } from "../model/status.ts";
import { exitFailed, exitOk, type Terminal } from "./output.ts";
import { ServiceReporter } from "./service-reporter.ts";

/** A host that runs; `stop` saves what is recording and closes everything. */
export type RunningHost = {
  readonly consoleUrl: string;
  readonly nativePort: number;
  readonly gamestream: GamestreamStatus;
  readonly token: string;
  /** Resolves with the reason when the host cannot continue. */
  readonly failed: Promise<string>;
  /** Resolves with the loops that do not run; it may never resolve, where one hangs. */
  standing(): Promise<readonly string[]>;
  /** Resolves with false when a capture that was recording could not be saved. */
  stop(): Promise<boolean>;
};

/** Time for what is still on its way to sockets and pipes. */
const lastWordsMs = 100;

/** `onglass serve`: runs the host until a signal or a failure. Gives the exit code. */
export async function runServe(
  config: Config,
  terminal: Terminal,
  startHost: (config: Config) => Promise<RunningHost>,
): Promise<number> {
  // First of all: what the host starts is not the service.
  const manager = ServiceManager.take(process.env);
  // The console answers before the host has started: stopping it in between is an orderly end too.
  const signalled = endSignal();
  const host = await startHost(config);
  const service = manager && new ServiceReporter({ manager, host, scheduler: timers });
  service?.begin();
  log("listening", {
    console: host.consoleUrl,
    native_port: host.nativePort,
    gamestream: gamestreamText(host.gamestream),
    source: config.source,
  });
  if (isTerminal(2)) sayWhereToGo(host, config, terminal);
  const end = await Promise.race([
    signalled.then((reason) => ({ reason, code: exitOk })),
    host.failed.then((reason) => ({ reason, code: exitFailed })),
  ]);
  service?.end();
  log("stopping", { reason: end.reason });
  const code = (await host.stop()) ? end.code : exitFailed;
  // Not the runtime's own exit: that waits for threads, and one may hang.
  timers.after(lastWordsMs, () => endNow(code));
  return code;
}

/** The token is in the fragment, which browsers send to nobody: it reaches no log. */
function sayWhereToGo(host: RunningHost, config: Config, terminal: Terminal): void {
  const [own = "127.0.0.1"] = reachableAddresses(config.nativeListen.host).toReversed();
  const flag = dataDirectoryFlag(config, terminal.env);
  const lines = [
    ["Browser", signInUrl(host, config)],
    ...(isLoopbackHost(config.listen.host)
      ? [["", `this machine only; --listen 0.0.0.0:${config.listen.port} opens it to others`]]
      : []),
    ["Moonlight", moonlightText(host.gamestream)],
    ["Terminal", `${typedCommand()} play ${joinAddress(own, host.nativePort)}${flag}`],
    ["Token", config.token ? "from ONGLASS_TOKEN" : `${config.dataDirectory}/token`],
  ];
  terminal.say("");
  for (const [name = "", text] of lines) terminal.say(`  ${name.padEnd(10)}${text}`);
  terminal.say("");
}

/** An address that a browser can open: a wildcard address is not one. */
function signInUrl({ consoleUrl, token }: RunningHost, { listen }: Config): string {
  const url = new URL("/sign-in", consoleUrl);
  const [first = listen.host] = reachableAddresses(listen.host);
  if (isAnyAddress(listen.host)) url.hostname = first;
  return `${url}#token=${encodeURIComponent(token)}`;
}

/** The address to add as a host there. */
function moonlightText(status: GamestreamStatus): string {
  const { address, port } = status;
  if (address === undefined) return gamestreamText(status);
  return `add ${moonlightAddresses(address, port).join(" or ")}`;
}

/** Address and port, or why there are none. */
function gamestreamText({ address, port, reason }: GamestreamStatus): string {
  return address === undefined ? `off: ${reason ?? "it is not there"}` : `${address}:${port}`;
}

/** The first signal ends in order; a second one at once. */
function endSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(name, () => {
        process.on(name, () => endNow(exitFailed));
        resolve(name);
      });
    }
  });
}
