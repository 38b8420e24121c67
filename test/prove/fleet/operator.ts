/**
 * The operator of the proof, who has what docs/fleet.md says: the program, `hosts.toml`, and tokens
 * that each host made. Nothing here uses more of a host than its commands.
 */
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { hostCommand } from "../../support/running-host.ts";
import type { FleetHost } from "./hosts.ts";

/** Runs commands as somebody on a machine of their own would. */
export type Operator = {
  /** What it printed. @throws Error with what it complained of */
  run(...words: readonly string[]): Promise<string>;
};

/** Makes a token at each host, and names the hosts in a `hosts.toml` below `directory`. */
export async function makeOperator(
  directory: string,
  hosts: readonly FleetHost[],
): Promise<Operator> {
  const home = join(directory, "onglass");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const lines: string[] = [];
  for (const host of hosts) {
    await makeToken(host, {
      name: "console",
      path: join(home, `${host.name}.token`),
      isOperator: true,
    });
    await copyFile(join(host.dataDirectory, "console-cert.pem"), join(home, `${host.name}.pem`));
    lines.push(
      `[hosts.${host.name}]`,
      `url = "https://${host.address}"`,
      `token_file = "${host.name}.token"`,
      `ca = "${host.name}.pem"`,
    );
  }
  await Bun.write(join(home, "hosts.toml"), `${lines.join("\n")}\n`);
  return { run: (...words) => command(words, { XDG_CONFIG_HOME: directory }) };
}

/** Asks the host on its own machine, and writes the secret into a file for its owner alone. */
export async function makeToken(
  { dataDirectory, address }: FleetHost,
  {
    name,
    path,
    isOperator,
  }: { readonly name: string; readonly path: string; readonly isOperator: boolean },
): Promise<void> {
  const there = ["--data-dir", dataDirectory, "--listen", address, "--tls"];
  const rights = isOperator ? ["--operator"] : [];
  await Bun.write(path, await command(["token", "make", name, ...rights, ...there]));
  await chmod(path, 0o600);
}

async function command(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = Bun.spawn([...hostCommand(), ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const [said, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0)
    throw new Error(`"onglass ${words.join(" ")}" failed: ${complaint || said}`);
  return said.trim();
}
