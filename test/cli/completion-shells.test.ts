/** Completion in bash, zsh and fish themselves, and the manual page as mandoc reads it. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { commands } from "../../src/cli/commands.ts";
import { runCompletion } from "../../src/cli/completion.ts";
import { completionRows } from "../../src/cli/completion-rows.ts";
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
  ["onglass --tls-ce", "onglass --tls-cert "],
  ["onglass captures --host den li", "onglass captures --host den list "],
  ["onglass captures export x --format par", "onglass captures export x --format parquet "],
  ["onglass captures list --form", "onglass captures list --form"],
  ["onglass play den --codec he", "onglass play den --codec hevc "],
  ["onglass serve --log js", "onglass serve --log json "],
  ["onglass serve --encoder --ho", "onglass serve --encoder --ho"],
  ["onglass experiment --set fps_", "onglass experiment --set fps_cap="],
  ["onglass timeline replay --pacing st", "onglass timeline replay --pacing step "],
  ["onglass settings get fps", "onglass settings get fps_cap "],
  ["onglass settings set fps", "onglass settings set fps_cap="],
  ["onglass settings set encoder_preset=ult", "onglass settings set encoder_preset=ultrafast "],
  ["onglass settings set keep_on_verdict=of", "onglass settings set keep_on_verdict=off "],
  ["onglass settings set zz", "onglass settings set zz"],
  ["onglass captures show 2026-11-2", "onglass captures show 2026-11-29T08-00-00Z_64x48 "],
  ["onglass captures show --host den 2026", "onglass captures show --host den 2026"],
  ["onglass captures import fi", "onglass captures import file.json "],
  ["onglass why x --last fi", "onglass why x --last fi"],
  ["onglass help enc", "onglass help encoders "],
] as const;

/** A busy machine takes its time for so many lines. */
const typingMsMax = 120_000;

function scriptOf(shell: string): string {
  const terminal = new TestTerminal();
  expect(runCompletion([shell], terminal)).toBe(0);
  return terminal.stdout;
}

async function said(command: readonly string[], cwd: string): Promise<string> {
  const folder = join(cwd, ".config/onglass");
  await Bun.write(join(folder, "hosts.toml"), "[hosts.den]\n[hosts.office]\n");
  await Bun.write(join(folder, "captures/2026-11-29T08-00-00Z_64x48.json"), "{}");
  await Bun.write(join(folder, "captures/$(touch made).json"), "{}");
  await Bun.write(join(cwd, "empty/file.json"), "{}");
  const child = Bun.spawn([...command], {
    ...{ cwd, stdin: "ignore", stderr: "pipe", timeout: typingMsMax },
    env: { ...process.env, HOME: cwd, XDG_CONFIG_HOME: "", TERM: "dumb" },
  });
  const [text, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(complaint).toBe("");
  return text;
}

/** The line that each typed one has become, on a terminal. */
async function typed(shell: "bash" | "zsh", file: string): Promise<string[]> {
  await using directory = await tempDirectory();
  await Bun.write(join(directory.path, file), scriptOf(shell));
  const typing = join(import.meta.dir, `${shell}-typing.zsh`);
  const words = lines.map(([line]) => line);
  const text = await said(["zsh", "-f", typing, ...words], directory.path);
  expect(await Bun.file(join(directory.path, "empty/made")).exists()).toBe(false);
  return text.replace(/\n$/, "").split("\n");
}

test(
  "bash completes words, flags and their values in their places, and nothing elsewhere",
  async () => {
    const became = await typed("bash", "onglass.bash");
    expect(became).toEqual(lines.map(([, line]) => line));
  },
  typingMsMax,
);

test(
  "zsh completes words, flags and their values in their places, and nothing elsewhere",
  async () => {
    const became = (await typed("zsh", "_onglass")).map((line) => line.trimEnd());
    expect(became).toEqual(lines.map(([, line]) => line.trimEnd()));
  },
  typingMsMax,
);

test(
  "fish completes words, flags and their values in their places, and nothing elsewhere",
  async () => {
    await using directory = await tempDirectory();
    await Bun.write(join(directory.path, "onglass.fish"), scriptOf("fish"));
    const asked = lines.map(([line]) => `complete -C '${line}'; echo ==`).join("; ");
    const ask = `source onglass.fish; cd empty; ${asked}`;
    const text = await said(["fish", "--no-config", "-c", ask], directory.path);
    const offered = text.split("==\n").slice(0, -1);
    const words = offered.map((one) =>
      one
        .split("\n")
        .filter(Boolean)
        .map((row) => row.split("\t")[0]),
    );
    expect(words).toEqual(
      lines.map(([line, became]) => (line === became ? [] : [became.trimEnd().split(" ").at(-1)])),
    );
  },
  typingMsMax,
);

test("a flag takes a value in every command that has it, or in none", () => {
  const flags = completionRows().flatMap((row) => row.flags);
  const valued = new Set(flags.filter((flag) => flag.isValued).map(({ word }) => word));
  expect(flags.filter((flag) => valued.has(flag.word) && !flag.isValued)).toEqual([]);
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
