/** Completion and manual page, as the programs that read them take them. */
import { expect, test } from "bun:test";
import { homedir } from "node:os";
import { join } from "node:path";
import { commands } from "../../src/cli/commands.ts";
import { runCompletion } from "../../src/cli/completion.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { runMan } from "../../src/cli/man.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

function scriptOf(shell: string): string {
  const terminal = new TestTerminal();
  expect(runCompletion([shell], terminal)).toBe(0);
  return terminal.stdout;
}

/** What bash offers for a line; the last word is being typed. */
function offered(...words: string[]): Promise<string[]> {
  return offeredAt(homedir(), ...words);
}

/** With `hosts.toml` in `onglass` of the folder. */
async function offeredAt(configuration: string, ...words: string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _onglass; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const child = Bun.spawn(["bash", "-c", `${scriptOf("bash")}\n${ask}`], {
    stderr: "pipe",
    env: { ...process.env, XDG_CONFIG_HOME: configuration },
  });
  expect(await child.stderr.text()).toBe("");
  return (await child.stdout.text()).trim().split("\n");
}

test("bash completes commands, subcommands and flags", async () => {
  expect(await offered("onglass", "")).toEqual([...Object.keys(commands), "--help", "--version"]);
  expect(await offered("onglass", "cap")).toEqual(["captures", "capture"]);
  expect(await offered("onglass", "token", "re")).toEqual(["revoke"]);
  expect(await offered("onglass", "status", "--ho")).toEqual(["--host"]);
  expect(await offered("onglass", "serve", "--tls-c")).toEqual(["--tls-cert"]);
});

test("bash completes the names of hosts after --host, and of commands after help", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "onglass/hosts.toml");
  await Bun.write(
    path,
    `[hosts.den]\nurl='a'\n  [ hosts."desk.lan" ]\n[hosts.'attic']\n[other.deck]\n`,
  );
  const hosts = await offeredAt(directory.path, "onglass", "status", "--host", "de");
  expect(hosts).toEqual(["den", "desk.lan"]);
  expect(await offered("onglass", "help", "enc")).toEqual(["encoders"]);
});

test("bash offers the values of a flag behind it, and no flags where a value belongs", async () => {
  const codecs = ["h264", "hevc", "av1"];
  expect(await offered("onglass", "play", "--codec", "")).toEqual(codecs);
  expect(await offered("onglass", "play", "--codec", "=")).toEqual(codecs);
  expect(await offered("onglass", "play", "--codec", "=", "h")).toEqual(["h264", "hevc"]);
  expect(await offered("onglass", "play", "--codec=h")).toEqual(["--codec=h264", "--codec=hevc"]);
  expect(await offered("onglass", "serve", "--log", "")).toEqual(["text", "json"]);
  for (const place of [
    ["play", "--seconds"],
    ["why", "--last"],
    ["settings", "set", "fps_cap", "="],
  ]) {
    expect([place, await offered("onglass", ...place, "")]).toEqual([place, [""]]);
  }
  expect(await offered("onglass", "settings", "set", "")).toContain("encoder_preset=");
  expect(await offered("onglass", "captures", "list", "")).not.toContain("--format");
  expect(await offered("onglass", "captures", "frames", "x", "")).toContain("--format");
});

test("bash offers subcommands in their place alone, and a file with odd characters as one answer", async () => {
  expect(await offered("onglass", "archive", "list", "")).not.toContain("status");
  await using directory = await tempDirectory();
  const names = ["a b", "$(touch made)", "star*", "it's"];
  for (const name of names) await Bun.write(join(directory.path, name), "");
  const found = await offered("onglass", "captures", "import", `${directory.path}/`);
  expect(found.sort()).toEqual(names.map((name) => join(directory.path, name)).sort());
});

test("the manual page is clean troff with every command, setting and exit code", async () => {
  const terminal = new TestTerminal();
  expect(runMan([], terminal)).toBe(0);
  const groff = Bun.which("groff");
  if (groff === null) throw new Error("groff is missing");
  const input = new Response(terminal.stdout);
  const args = [groff, "-man", "-Tutf8", "-ww", "-P-c", "-rLL=120n"];
  const child = Bun.spawn(args, { stdin: input, stderr: "pipe" });
  const [text, complaints] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(complaints).toBe("");
  const plain = text.replaceAll(new RegExp(`.${String.fromCharCode(8)}`, "g"), "");
  for (const name of Object.keys(commands)) expect(plain).toContain(`onglass ${name}`);
  for (const { code, about } of exitCodes) expect(plain).toMatch(new RegExp(`${code} +${about}`));
  expect(plain).toContain("--tls-cert");
});
