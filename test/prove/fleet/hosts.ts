/**
 * A host of the proof: a real one with a machine name of its own, a player that plays it, and a way to
 * make it slow from outside: its process is paused for a part of each second.
 */
import { join } from "node:path";
import {
  hostCommand,
  type RunningHost,
  startPlayer,
  startRunningHost,
} from "../../support/running-host.ts";
import { endProcess } from "../verdict/setup.ts";

const stillMs = 400;
const periodMs = 1000;

/** Of a fleet; ended with its player when disposed. */
export type FleetHost = AsyncDisposable & {
  readonly name: string;
  readonly address: string;
  readonly dataDirectory: string;
  /** Stands still for 0.4 s of each second until what is returned is disposed. */
  slow(): AsyncDisposable;
};

/** @param flags of `onglass serve`, beside its listeners */
export async function startFleetHost(
  name: string,
  { directory, flags }: { readonly directory: string; readonly flags: readonly string[] },
): Promise<FleetHost> {
  await using stack = new AsyncDisposableStack();
  // The host names itself as the machine does: `unshare` gives it a machine name of its own.
  const named = ["unshare", "--uts", "sh", "-c", `hostname "$0" && exec "$@"`, name];
  const host = await startRunningHost(join(directory, name), {
    command: [...named, ...hostCommand()],
    flags: ["--tls", "--source", "testsrc", "--keep-on", "verdict", ...flags],
  });
  stack.defer(() => endProcess(host.process));
  const small = ["--width", "320", "--height", "180", "--fps", "30", "--seconds", "3600"];
  const player = startPlayer(host, small);
  stack.defer(() => endProcess(player));
  const owned = stack.move();
  return {
    name,
    address: new URL(host.consoleUrl).host,
    dataDirectory: host.dataDirectory,
    slow: () => slowDown(host),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function slowDown({ pid }: RunningHost): AsyncDisposable {
  const end = new AbortController();
  const pulses = (async () => {
    while (!end.signal.aborted) {
      process.kill(pid, "SIGSTOP");
      await Bun.sleep(stillMs);
      process.kill(pid, "SIGCONT");
      await Bun.sleep(periodMs - stillMs);
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await pulses;
    },
  };
}
