/** Completion in zsh and fish themselves, and the manual page as mandoc reads it. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { commands } from "../../src/cli/commands.ts";
import { runCompletion } from "../../src/cli/completion.ts";
import { runMan } from "../../src/cli/man.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

/** What is typed before the tab, and the line after it; the same where there is a choice, or nothing. */
const lines = [
  ["onglass stat", "onglass status "],
  ["onglass token re", "onglass token revoke "],
  ["onglass status --ho", "onglass status --host "],
  ["onglass serve --tls-c", "onglass serve --tls-cert "],
  ["onglass archive list --o", "onglass archive list --of "],
  ["onglass captures pull x --ho", "onglass captures pull x --host "],
  ["onglass status --host offi", "onglass status --host office "],
  ["onglass captures pull compa", "onglass captures pull compa"],
  ["onglass archive status --ta", "onglass archive status --ta"],
  ["onglass elsewhere --ho", "onglass elsewhere --ho"],
] as const;

function scriptOf(shell: string): string {
  const terminal = new TestTerminal();
  expect(runCompletion([shell], terminal)).toBe(0);
  return terminal.stdout;
}

async function said(command: readonly string[], cwd: string): Promise<string> {
  await Bun.write(join(cwd, ".config/onglass/hosts.toml"), "[hosts.den]\n[hosts.office]\n");
  const child = Bun.spawn([...command], {
    ...{ cwd, stdin: "ignore", stderr: "pipe", timeout: 20_000 },
    env: { ...process.env, HOME: cwd, XDG_CONFIG_HOME: "", TERM: "dumb" },
  });
  const [text, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(complaint).toBe("");
  return text;
}

const typing = join(import.meta.dir, "zsh-typing.zsh");

test("zsh completes commands, subcommands in their place, and flags", async () => {
  await using directory = await tempDirectory();
  await Bun.write(join(directory.path, "_onglass"), scriptOf("zsh"));
  await Bun.write(join(directory.path, "empty/.none"), "");
  const typed = lines.map(([line]) => line);
  const text = await said(["zsh", "-f", typing, ...typed], directory.path);
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd()),
  ).toEqual(lines.map(([, line]) => line.trimEnd()));
});

test("fish completes commands, subcommands in their place, and flags", async () => {
  await using directory = await tempDirectory();
  await Bun.write(join(directory.path, "onglass.fish"), scriptOf("fish"));
  for (const [line, completed] of lines) {
    const ask = `source onglass.fish; complete -C '${line}'`;
    const text = await said(["fish", "--no-config", "-c", ask], directory.path);
    const offered = text
      .split("\n")
      .filter(Boolean)
      .map((one) => one.split("\t")[0]);
    const word = completed.endsWith(" ") ? [completed.trimEnd().split(" ").at(-1)] : [];
    expect([line, offered]).toEqual([line, word]);
  }
});

test("every shell gets every command and flag; another shell is refused", () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = scriptOf(shell);
    for (const [name, { flags }] of Object.entries(commands)) {
      expect([shell, name, script.includes(name)]).toEqual([shell, name, true]);
      for (const flag of Object.keys(flags)) {
        expect([shell, flag, script.includes(flag)]).toEqual([shell, flag, true]);
      }
    }
  }
  expect(() => runCompletion(["powershell"], new TestTerminal())).toThrow("bash, zsh, fish");
});

test("mandoc finds nothing in the manual page but that it has no date", async () => {
  const terminal = new TestTerminal();
  expect(runMan([], terminal)).toBe(0);
  const child = Bun.spawn(["mandoc", "-Tlint"], { stdin: new Response(terminal.stdout) });
  const findings = (await child.stdout.text()).split("\n").filter(Boolean);
  expect(findings).toEqual([expect.stringContaining("missing date")]);
});
