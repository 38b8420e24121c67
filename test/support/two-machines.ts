/** Two network namespaces joined by a cable, for a loss that the kernel itself makes and counts. */
const hostAddress = "10.77.0.1";
const playerAddress = "10.77.0.2";

export class TwoMachines implements AsyncDisposable {
  readonly hostAddress = hostAddress;
  readonly #host: string;
  readonly #player: string;

  private constructor(name: string) {
    this.#host = `${name}-host`;
    this.#player = `${name}-play`;
  }

  /** Needs root. */
  static async make(): Promise<TwoMachines> {
    const machines = new TwoMachines(`test-${process.pid}`);
    try {
      await machines.#join();
      return machines;
    } catch (cause) {
      // What was made of them goes again; why it could not be made is what matters.
      await machines[Symbol.asyncDispose]().catch(() => undefined);
      throw cause;
    }
  }

  async #join(): Promise<void> {
    const [host, player] = [this.#host, this.#player];
    await run(["ip", "netns", "add", host]);
    await run(["ip", "netns", "add", player]);
    await run([
      "ip",
      "link",
      "add",
      "cable",
      "netns",
      host,
      "type",
      "veth",
      "peer",
      "cable",
      "netns",
      player,
    ]);
    for (const [name, address] of [
      [host, hostAddress],
      [player, playerAddress],
    ] as const) {
      await run(["ip", "-n", name, "addr", "add", `${address}/24`, "dev", "cable"]);
      await run(["ip", "-n", name, "link", "set", "cable", "up"]);
      await run(["ip", "-n", name, "link", "set", "lo", "up"]);
    }
    const table =
      'table netdev loss { counter lost {}; chain out { type filter hook egress device "cable" priority 0; }; }';
    await this.onHost(["nft", table]);
  }

  /** From now on the host's kernel loses this share of its datagrams, unseen by who sends them. */
  async lose(percent: number, port: number, protocol: "udp" | "tcp" = "udp"): Promise<void> {
    const share = percent < 100 ? `numgen random mod 100 < ${percent}` : "";
    const rule = `${protocol} sport ${port} ${share} counter name lost drop`;
    await this.onHost(["nft", `add rule netdev loss out ${rule}`]);
  }

  /** The same, of media alone: answers to the player's pings are shorter than any of it. */
  async loseMedia(percent: number, port: number): Promise<void> {
    const rule = `udp sport ${port} udp length > 200 numgen random mod 100 < ${percent}`;
    await this.onHost(["nft", `add rule netdev loss out ${rule} counter name lost drop`]);
  }

  /** From now on datagrams of the host that are larger vanish, as behind a router that reports nothing. */
  async swallowAbove(bytes: number, port: number): Promise<void> {
    const rule = `udp sport ${port} udp length > ${bytes} counter name lost drop`;
    await this.onHost(["nft", `add rule netdev loss out ${rule}`]);
  }

  /** No more is lost; gives how many were since the last time, as the kernel counted. */
  async heal(): Promise<number> {
    await this.onHost(["nft", "flush chain netdev loss out"]);
    const said = await this.onHost(["nft", "reset counter netdev loss lost"]);
    return Number(/packets (\d+)/.exec(said)?.[1]);
  }

  /**
   * From now on the cable carries no more than this towards the player. What the queue before it
   * cannot hold is lost in the network; `queueBytes` beyond the sender's own buffer keep it there.
   */
  async shape(kbitPerSecond: number, queueBytes: number): Promise<void> {
    const rate = ["rate", `${kbitPerSecond}kbit`, "burst", "5kb", "limit", `${queueBytes}`];
    await this.onHost(["tc", "qdisc", "replace", "dev", "cable", "root", "tbf", ...rate]);
  }

  /** The cable carries everything again; what waited before it is lost. */
  async unshape(): Promise<void> {
    await this.onHost(["tc", "qdisc", "del", "dev", "cable", "root"]);
  }

  async onHost(command: readonly string[]): Promise<string> {
    return await run(this.hostCommand(command));
  }

  hostCommand(command: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.#host, ...command];
  }

  playerCommand(command: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.#player, ...command];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run(["ip", "netns", "delete", this.#player]);
    await run(["ip", "netns", "delete", this.#host]);
  }
}

async function run(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { stdout: "pipe", stderr: "pipe" });
  const [output, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) === 0) return output;
  throw new Error(`Cannot run "${command.join(" ")}": ${complaint}`);
}
