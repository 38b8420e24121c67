/**
 * onglass as processes of its own: the compiled executable, alone, with no other program in reach,
 * or the same commands from the checkout. Each has a folder and an empty home of its own.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { HostLog } from "./host-log.ts";
import { tempDirectory } from "./temp-directory.ts";

const path = resolve(process.env.ONGLASS_EXECUTABLE || "dist/onglass");
const startDeadlineMs = 20_000;

export type Run = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type Alone = AsyncDisposable & {
  readonly folder: string;
  readonly dataDirectory: string;
  /** Starts the executable; it is ended with the folder. */
  start(
    args: readonly string[],
    env?: Record<string, string>,
  ): Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** Runs the executable to its end. */
  run(args: readonly string[], env?: Record<string, string>): Promise<Run>;
};

/** @param before a program, with its arguments, that starts it */
export function executableAlone(before: readonly string[] = []): Promise<Alone> {
  return alone([...before, path]);
}

/** The same, run from the sources by the runtime that runs the tests. */
export function checkoutAlone(): Promise<Alone> {
  return alone([process.execPath, resolve("src/main.ts")]);
}

async function alone(command: readonly string[]): Promise<Alone> {
  const temporary = await tempDirectory();
  const folder = join(temporary.path, "folder");
  const home = join(temporary.path, "home");
  await mkdir(folder);
  await mkdir(home);
  const started: Bun.Subprocess[] = [];
  const start: Alone["start"] = (args, env = {}) => {
    const child = Bun.spawn([...command, ...args], {
      cwd: folder,
      env: { HOME: home, PATH: folder, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    started.push(child);
    return child;
  };
  return {
    folder,
    dataDirectory: join(home, ".config/onglass"),
    start,
    run: async (args, env) => {
      const child = start(args, env);
      const [code, stdout, stderr] = await Promise.all([
        child.exited,
        child.stdout.text(),
        child.stderr.text(),
      ]);
      return { code, stdout, stderr };
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of started) child.kill();
      await Promise.all(started.map((child) => child.exited));
      await temporary[Symbol.asyncDispose]();
    },
  };
}

export type Host = {
  readonly consoleUrl: string;
  readonly nativeAddress: string;
  readonly process: Bun.Subprocess;
  readonly log: HostLog;
};

/** On ports of the kernel's choice; GameStream, whose ports are fixed, only where a test asks. */
export const quietServe = [
  "serve",
  ...["--listen", "127.0.0.1:0", "--native-listen", "127.0.0.1:0", "--gamestream-port", "0"],
  // A busy machine is trouble enough to save captures that a test does not expect.
  ...["--keep-on", "off"],
] as const;

/** Starts a host on ports of the kernel's choice and waits until it says where it listens. */
export async function startHost(
  from: Alone,
  { args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Host> {
  const child = from.start([...quietServe, ...args], env);
  const deadline = setTimeout(() => child.kill(), startDeadlineMs);
  const log = new HostLog(child.stderr);
  const said = await log.line("listening").finally(() => clearTimeout(deadline));
  return {
    consoleUrl: String(said.console),
    nativeAddress: `127.0.0.1:${said.native_port}`,
    process: child,
    log,
  };
}
