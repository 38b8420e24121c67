/** A player behind a network that takes small packets only, or none. Needs root. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { HostLog } from "../support/host-log.ts";
import { isRoot } from "../support/network-run.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TwoMachines } from "../support/two-machines.ts";

const main = join(import.meta.dir, "../../src/main.ts");
const port = 7781;

async function open() {
  await using stack = new AsyncDisposableStack();
  const machines = stack.use(await TwoMachines.make());
  const { path } = stack.use(await tempDirectory());
  const flags = [
    "--data-dir",
    path,
    "--native-listen",
    `0.0.0.0:${port}`,
    "--gamestream-port",
    "0",
    "--keep-on",
    "off",
  ];
  const host = Bun.spawn(machines.hostCommand([process.execPath, main, "serve", ...flags]), {
    ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  });
  stack.defer(async () => {
    host.kill();
    await host.exited;
  });
  await new HostLog(host.stderr).line("listening");
  const parts = stack.move();
  const play = async (...more: string[]) => {
    const address = `${machines.hostAddress}:${port}`;
    const words = ["play", address, "--data-dir", path, "--json", "--seconds", "1", ...more];
    const small = ["--width", "640", "--height", "360"];
    const child = Bun.spawn(machines.playerCommand([process.execPath, main, ...words, ...small]), {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, said] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    return { code: await child.exited, out, said };
  };
  return { machines, play, [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose]() };
}

test.skipIf(!isRoot)(
  "where large packets vanish the player finds a size that passes, and plays",
  async () => {
    await using link = await open();
    await link.machines.swallowAbove(1000, port);
    const found = await link.play();
    expect(found.code).toBe(0);
    expect(found.said).toBe("Packets of 1200 bytes do not get through; trying smaller ones\n");
    expect(JSON.parse(found.out).frames).toBeGreaterThan(30);
    const chosen = await link.play("--packet-bytes", "900");
    expect([chosen.code, chosen.said]).toEqual([0, ""]);
    const tooLarge = await link.play("--packet-bytes", "1100");
    expect(tooLarge.code).toBe(1);
    expect(tooLarge.said).toContain(
      "no whole picture arrived within 3 s, with packets of 1100 bytes",
    );
  },
  90_000,
);

test.skipIf(!isRoot)(
  "where UDP is blocked the player ends, and names firewall and port",
  async () => {
    await using link = await open();
    await link.machines.swallowAbove(0, port);
    const { code, said, out } = await link.play();
    expect([code, out]).toEqual([1, ""]);
    expect(said).toContain(`nothing came back over UDP port ${port}, while TCP works`);
    expect(said).toContain("firewall");
  },
  60_000,
);
