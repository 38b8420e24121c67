/** A real host in a process of its own, on ports of the kernel's choice, and players for it. */
import { join, resolve } from "node:path";
import { ownCommand } from "../../src/base/own-command.ts";
import { HostLog } from "./host-log.ts";

const startDeadlineMs = 30_000;

/** `ONGLASS_EXECUTABLE` where it is set, else the checkout. */
export function hostCommand(): string[] {
  const given = process.env.ONGLASS_EXECUTABLE;
  return given ? [resolve(given)] : ownCommand();
}

export type RunningHost = AsyncDisposable & {
  readonly process: Bun.Subprocess<"ignore", "ignore", "pipe">;
  readonly pid: number;
  readonly consoleUrl: string;
  readonly nativeAddress: string;
  readonly dataDirectory: string;
  /** Everything it has said so far. */
  said(): string;
  /** Calls the API as the operator. */
  call(method: string, path: string, body?: unknown): Promise<Response>;
  /** Ends it well, and answers its exit code. */
  stop(): Promise<number>;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
};

export async function startRunningHost(
  dataDirectory: string,
  options: {
    command?: readonly string[];
    flags?: readonly string[];
    env?: Record<string, string>;
  } = {},
): Promise<RunningHost> {
  const { command = hostCommand(), flags = [], env = {} } = options;
  const listen = ["--listen", "127.0.0.1:0", "--native-listen", "127.0.0.1:0"];
  // Its ports have fixed numbers: two hosts at a time would be in each other's way.
  const ports = [...listen, "--gamestream-port", "0"];
  // A busy machine is trouble enough to save captures that a test does not expect.
  if (!flags.includes("--keep-on")) ports.push("--keep-on", "off");
  const child = Bun.spawn([...command, "serve", "--data-dir", dataDirectory, ...ports, ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  const log = new HostLog(child.stderr);
  const deadline = setTimeout(() => child.kill(), startDeadlineMs);
  const listening = await log.line("listening").finally(() => clearTimeout(deadline));
  const consoleUrl = String(listening.console);
  const token = (await Bun.file(join(dataDirectory, "token")).text()).trim();
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const code = await child.exited;
    await log.ended;
    return code;
  };
  return {
    process: child,
    pid: child.pid,
    consoleUrl,
    nativeAddress: `127.0.0.1:${listening.native_port}`,
    dataDirectory,
    said: () => log.text,
    call: (method, path, body) =>
      fetch(consoleUrl + path, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    stop: () => end("SIGTERM"),
    kill: async () => void (await end("SIGKILL")),
    [Symbol.asyncDispose]: async () => void (await end("SIGTERM")),
  };
}

/** Starts `onglass play` against a host of this machine and user. */
export function startPlayer(
  host: Pick<RunningHost, "nativeAddress" | "dataDirectory">,
  flags: readonly string[] = [],
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  const trust = ["--data-dir", host.dataDirectory, "--json"];
  return Bun.spawn([...hostCommand(), "play", host.nativeAddress, ...trust, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}
