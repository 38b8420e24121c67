/**
 * One stream between two machines, for one fault: a real host in one network namespace, a real player
 * in the other, and the handles by which faults are made from outside. Needs root.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CaptureMeta } from "../../../src/model/capture.ts";
import type { Verdict } from "../../../src/model/verdict.ts";
import { HostLog } from "../../support/host-log.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { TwoMachines } from "../../support/two-machines.ts";
import { openPicture, type Picture } from "./pictures.ts";
import { type Glass, openGlass, startGamestreamPlayer, startNativePlayer } from "./players.ts";
import { endProcess, type Process, type Setup } from "./setup.ts";

/** Datagrams and segments of the host's media leave from this port. */
const mediaPorts = { native: 7781, gamestream: 47_998, browser: 7780 } as const;
const main = join(import.meta.dir, "../../../src/main.ts");
const deadlineMs = 30_000;
const pollMs = 100;

/** A host that streams, a player that plays, and a capture that can be taken of it. */
export class Lab implements AsyncDisposable {
  readonly setup: Setup;
  readonly machines: TwoMachines;
  readonly directory: string;
  readonly picture: Picture;
  readonly log: HostLog;
  readonly #host: Bun.Subprocess<"ignore", "ignore", "pipe">;
  readonly #stack: AsyncDisposableStack;
  /** What plays: a process, or a browser with a page. */
  player: Process | undefined;
  glass: Glass | undefined;
  relay: Process | undefined;

  private constructor(parts: {
    setup: Setup;
    machines: TwoMachines;
    directory: string;
    picture: Picture;
    host: Bun.Subprocess<"ignore", "ignore", "pipe">;
    log: HostLog;
    stack: AsyncDisposableStack;
  }) {
    this.setup = parts.setup;
    this.machines = parts.machines;
    this.directory = parts.directory;
    this.picture = parts.picture;
    this.#host = parts.host;
    this.log = parts.log;
    this.#stack = parts.stack;
  }

  /** Resolves when frames arrive at the player. */
  static async open(setup: Setup): Promise<Lab> {
    await using stack = new AsyncDisposableStack();
    const machines = stack.use(await TwoMachines.make());
    const { path } = stack.use(await tempDirectory());
    const directory = setup.dataDirectory ?? path;
    const picture = stack.use(await openPicture(setup, path));
    const host = Bun.spawn(machines.hostCommand(hostCommand(setup, directory, picture)), {
      ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
    });
    stack.defer(() => endProcess(host));
    const log = new HostLog(host.stderr);
    await log.line("listening");
    const lab = new Lab({ setup, machines, directory, picture, host, log, stack: stack.move() });
    try {
      await lab.#play(path);
      return lab;
    } catch (cause) {
      await lab[Symbol.asyncDispose]();
      throw cause;
    }
  }

  /** The process itself: `ip netns exec` becomes it. */
  get hostPid(): number {
    return this.#host.pid;
  }

  get mediaPort(): number {
    return mediaPorts[this.setup.path];
  }

  get protocol(): "udp" | "tcp" {
    return this.setup.path === "browser" ? "tcp" : "udp";
  }

  /** The API's answer. */
  async call(method: string, path: string, body?: unknown): Promise<string> {
    const token = (await Bun.file(join(this.directory, "token")).text()).trim();
    const json = ["-H", "Content-Type: application/json", "-d", JSON.stringify(body)];
    return await this.machines.onHost([
      ...["curl", "-fsSk", "-X", method, "-H", `Authorization: Bearer ${token}`],
      `https://127.0.0.1:7780/api/v1/${path}`,
      ...(body === undefined ? [] : json),
    ]);
  }

  /** What the host says of all that happens during `work`. */
  async capture(work: () => Promise<void>): Promise<Verdict & { readonly id: string }> {
    await this.call("POST", "stats/capture/start");
    await work();
    const meta: CaptureMeta = JSON.parse(await this.call("POST", "stats/capture/stop"));
    const answer = await this.call("GET", `stats/recordings/${meta.id}/verdict`);
    return { ...JSON.parse(answer), id: meta.id };
  }

  /** A host with a session is not asked to end it first: that would be another fault. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #play(directory: string): Promise<void> {
    // A stream that adapts to its link shows it as a smaller bitrate; one that does not, as stutter.
    const bitrate_follows_link = this.setup.followsLink ?? false;
    await this.call("PATCH", "settings", { bitrate_follows_link });
    const identity = join(directory, "player");
    await mkdir(identity, { recursive: true });
    const parts = { lab: this, stack: this.#stack, identity, main };
    if (this.setup.path === "native") await startNativePlayer(parts);
    else if (this.setup.path === "gamestream") await startGamestreamPlayer(parts);
    else await openGlass(parts);
    await this.until("frames are sent", async () => {
      const [session] = JSON.parse(await this.call("GET", "sessions"));
      return (session?.frames_sent ?? 0) > 5;
    });
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + deadlineMs;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`Not within ${deadlineMs / 1000} s: ${what}`);
      await Bun.sleep(pollMs);
    }
  }
}

function hostCommand(setup: Setup, directory: string, picture: Picture): string[] {
  const first = setup.isRealTime === true ? ["chrt", "--rr", "2"] : [];
  return [
    ...first,
    ...[process.execPath, main, "serve", "--data-dir", directory, "--keep-on", "off"],
    // The proof is about machines on which the host may not go before other programs.
    ...["--priority", "normal"],
    ...["--listen", "0.0.0.0:7780", "--allow-host", "10.77.0.1", "--source", picture.source],
    ...["--gamestream-port", setup.path === "gamestream" ? "47989" : "0"],
    ...(setup.preset === undefined ? [] : ["--encoder-preset", setup.preset]),
  ];
}
