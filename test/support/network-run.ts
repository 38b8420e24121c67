/**
 * The real thing between two machines: `onglass serve` in one network namespace, `onglass play` in
 * the other, a capture that records from before the first frame. Needs root.
 */
import { join } from "node:path";
import type { Capture, StatsSample } from "../../src/model/capture.ts";
import type { PlaySummary } from "../../src/native/player/totals.ts";
import { HostLog } from "./host-log.ts";
import { tempDirectory } from "./temp-directory.ts";
import { TwoMachines } from "./two-machines.ts";

const main = join(import.meta.dir, "../../src/main.ts");
const port = 7781;
const pollMs = 200;
const deadlineMs = 60_000;
const quiet = { stdin: "ignore", stdout: "pipe", stderr: "pipe" } as const;

export const isRoot = process.getuid?.() === 0;

export type RunOptions = {
  /** Further arguments of `onglass play`. */
  readonly play?: readonly string[];
  readonly playEnv?: Record<string, string>;
  /** Further arguments of `onglass serve`. */
  readonly serve?: readonly string[];
};

type Counter =
  | "packets_dropped"
  | "send_dropped"
  | "fec_recovered"
  | "frames_dropped"
  | "frames_lost"
  | "missed_slots";

export function sumOf(samples: readonly StatsSample[], field: Counter): number {
  return samples.reduce((sum, sample) => sum + (sample[field] ?? 0), 0);
}

export class NetworkRun implements AsyncDisposable {
  readonly machines: TwoMachines;
  readonly port = port;
  readonly log: HostLog;
  readonly #stack: AsyncDisposableStack;
  readonly #directory: string;
  readonly #host: Bun.Subprocess<"ignore", "ignore", "pipe">;
  #player: Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined;

  private constructor(parts: {
    machines: TwoMachines;
    stack: AsyncDisposableStack;
    directory: string;
    host: Bun.Subprocess<"ignore", "ignore", "pipe">;
    log: HostLog;
  }) {
    this.machines = parts.machines;
    this.#stack = parts.stack;
    this.#directory = parts.directory;
    this.#host = parts.host;
    this.log = parts.log;
  }

  /** A host that records, and a player of which so many windows are over. */
  static async start(options: RunOptions = {}, windowCount = 1): Promise<NetworkRun> {
    await using stack = new AsyncDisposableStack();
    const machines = stack.use(await TwoMachines.make());
    const { path } = stack.use(await tempDirectory());
    const args = ["serve", "--data-dir", path, "--native-listen", `0.0.0.0:${port}`];
    const { serve = [] } = options;
    const only = ["--gamestream-port", "0", "--keep-on", "off", ...serve];
    const host = Bun.spawn(machines.hostCommand([process.execPath, main, ...args, ...only]), {
      ...quiet,
      stdout: "ignore",
    });
    stack.defer(() => ended(host));
    const log = new HostLog(host.stderr);
    await log.line("listening");
    const run = new NetworkRun({ machines, stack: stack.move(), directory: path, host, log });
    try {
      await run.call("POST", "stats/capture/start");
      run.play(options);
      await run.samples(windowCount);
      return run;
    } catch (cause) {
      await run[Symbol.asyncDispose]();
      throw cause;
    }
  }

  get hostPid(): number {
    return this.#host.pid;
  }

  /** What `onglass play` writes to stdout. */
  get output(): ReadableStream<Uint8Array<ArrayBuffer>> {
    if (this.#player === undefined) throw new Error("The player does not run");
    return this.#player.stdout;
  }

  /** The API's answer. */
  async call(method: string, path: string, body?: unknown): Promise<string> {
    const token = (await Bun.file(join(this.#directory, "token")).text()).trim();
    const url = `http://127.0.0.1:7780/api/v1/${path}`;
    const json = ["-H", "Content-Type: application/json", "-d", JSON.stringify(body)];
    return await this.machines.onHost([
      ...["curl", "-fsS", "-X", method, "-H", `Authorization: Bearer ${token}`, url],
      ...(body === undefined ? [] : json),
    ]);
  }

  /** All samples of the capture, as soon as there are so many. */
  async samples(count: number): Promise<StatsSample[]> {
    const giveUp = AbortSignal.timeout(deadlineMs);
    while (JSON.parse(await this.call("GET", "stats/capture/status")).sample_count < count) {
      giveUp.throwIfAborted();
      await Bun.sleep(pollMs);
    }
    const capture: Capture = JSON.parse(await this.call("GET", "stats/capture/live"));
    return capture.samples;
  }

  /**
   * Loses `percent` of the host's datagrams for `seconds`, then lets two windows pass, in which all
   * is reported. Gives the kernel's count and the samples from then on.
   */
  async lose(
    percent: number,
    seconds: number,
  ): Promise<{ lostCount: number; samples: StatsSample[] }> {
    const before = (await this.samples(0)).length;
    await this.machines.lose(percent, port);
    await Bun.sleep(seconds * 1000);
    const lostCount = await this.machines.heal();
    const now = (await this.samples(0)).length;
    const samples = (await this.samples(now + 2)).slice(before);
    return { lostCount, samples };
  }

  /** Ends the player; its summary, from stdout or with `--out -` from stderr. */
  async summary(from: "stdout" | "stderr" = "stdout"): Promise<PlaySummary> {
    this.#player?.kill("SIGINT");
    const said = (await this.#player?.[from].text()) ?? "";
    await this.#player?.exited;
    return JSON.parse(said.trim().split("\n").at(-1) ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** Another player; the summary is that of the last one. */
  play({ play = [], playEnv = {} }: RunOptions): void {
    const args = ["play", `${this.machines.hostAddress}:${port}`, "--data-dir", this.#directory];
    const size = ["--width", "640", "--height", "360", "--bitrate-kbps", "4000", "--json"];
    const command = [process.execPath, main, ...args, ...size, ...play];
    const player = Bun.spawn(this.machines.playerCommand(command), {
      ...quiet,
      env: { ...process.env, ...playEnv },
    });
    this.#player = player;
    this.#stack.defer(() => ended(player));
  }
}

async function ended(process: Bun.Subprocess): Promise<void> {
  process.kill("SIGINT");
  await process.exited;
}
