/**
 * The stream of the history's proof: a real host over a data directory that outlives it, a screen that
 * moves, a real player in a namespace of its own. Nobody starts a capture. Needs root.
 */
import { join } from "node:path";
import type { HistorySession, HistoryState } from "../../../src/model/frames-page.ts";
import { HostLog } from "../../support/host-log.ts";
import { TwoMachines } from "../../support/two-machines.ts";
import { openPicture, type Picture } from "../verdict/pictures.ts";
import { endProcess, type Setup } from "../verdict/setup.ts";

const main = join(import.meta.dir, "../../../src/main.ts");
const mediaPort = 7781;
const deadlineMs = 60_000;
const pollMs = 100;
const setup: Setup = {
  ...{ path: "native", picture: "screen", pictureFps: 60 },
  ...{ width: 960, height: 540, fps: 60, bitrateKbps: 8000 },
};

/** What runs, and how a proof takes hold of it. */
export class HistoryStream implements AsyncDisposable {
  readonly machines: TwoMachines;
  readonly directory: string;
  readonly picture: Picture;
  readonly #stack: AsyncDisposableStack;
  #host: Bun.Subprocess | undefined;
  #player: Bun.Subprocess | undefined;

  private constructor(parts: {
    machines: TwoMachines;
    directory: string;
    picture: Picture;
    stack: AsyncDisposableStack;
  }) {
    this.machines = parts.machines;
    this.directory = parts.directory;
    this.picture = parts.picture;
    this.#stack = parts.stack;
  }

  /** @param directory the host's data directory, kept when this is over */
  static async open(directory: string): Promise<HistoryStream> {
    await using stack = new AsyncDisposableStack();
    const machines = stack.use(await TwoMachines.make());
    const picture = stack.use(await openPicture(setup, directory));
    const parts = { machines, directory, picture, stack: stack.move() };
    return new HistoryStream(parts);
  }

  get url(): string {
    return `https://${this.machines.hostAddress}:7780`;
  }

  /** Also after it was killed, over the same directory. */
  async startHost(): Promise<void> {
    const { machines, directory, picture } = this;
    const command = [
      ...[process.execPath, main, "serve", "--data-dir", directory, "--source", picture.source],
      ...["--listen", "0.0.0.0:7780", "--allow-host", machines.hostAddress],
      // A host that may go before other programs is not troubled by them.
      ...["--gamestream-port", "0", "--priority", "normal"],
    ];
    const host = Bun.spawn(machines.hostCommand(command), {
      ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
    });
    this.#host = host;
    await new HostLog(host.stderr).line("listening");
  }

  /** Resolves when frames arrive. */
  async startPlayer(): Promise<void> {
    const { machines, directory } = this;
    this.#player = Bun.spawn(
      machines.playerCommand([
        ...[process.execPath, main, "play", `${machines.hostAddress}:${mediaPort}`],
        ...["--data-dir", directory, "--json", "--fps", `${setup.fps}`],
        ...["--width", `${setup.width}`, "--height", `${setup.height}`],
        ...["--bitrate-kbps", `${setup.bitrateKbps}`, "--reconnect", "0"],
      ]),
      { stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    );
    await this.until("frames are sent", async () => {
      const sessions = await this.get<{ frames_sent?: number }[]>("sessions");
      return sessions.some(({ frames_sent = 0 }) => frames_sent > 5);
    });
  }

  /** `kill -9`; answers when the signal was sent, by the wall clock. */
  async killHost(): Promise<number> {
    const atMs = Date.now();
    if (this.#host === undefined) throw new Error("There is no host to kill");
    process.kill(this.#host.pid, "SIGKILL");
    await this.#host.exited;
    this.#host = undefined;
    return atMs;
  }

  /** Datagrams of media, lost by the host's own kernel; answers how many it counted. */
  async lose(percent: number, ms: number): Promise<number> {
    await this.machines.lose(percent, mediaPort);
    await Bun.sleep(ms);
    return await this.machines.heal();
  }

  /** The one session that runs, or ran last. */
  async session(): Promise<HistorySession> {
    const { sessions } = await this.get<HistoryState>("history");
    const [newest] = sessions.toSorted((a, b) => b.started_unix_ms - a.started_unix_ms);
    if (newest === undefined) throw new Error("The history holds no session");
    return newest;
  }

  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.#curl([], path)) as T;
  }

  /** What another program is given. */
  async download(path: string, accept: string, to: string): Promise<void> {
    await this.#curl(["-H", `Accept: ${accept}`, "-o", to], path);
  }

  /** A command of the program, over the same directory. */
  async command(words: readonly string[]): Promise<string> {
    const own = [process.execPath, main, ...words, "--data-dir", this.directory];
    return await this.machines.onHost(own);
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + deadlineMs;
    while (!(await holds().catch(() => false))) {
      if (Date.now() > end) throw new Error(`Not within ${deadlineMs / 1000} s: ${what}`);
      await Bun.sleep(pollMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [this.#player, this.#host]) {
      if (child !== undefined) await endProcess(child);
    }
    await this.#stack.disposeAsync();
  }

  async #curl(flags: readonly string[], path: string): Promise<string> {
    const token = (await Bun.file(join(this.directory, "token")).text()).trim();
    return await this.machines.onHost([
      ...["curl", "-fsSk", "-H", `Authorization: Bearer ${token}`, ...flags],
      `https://127.0.0.1:7780/api/v1/${path}`,
    ]);
  }
}
