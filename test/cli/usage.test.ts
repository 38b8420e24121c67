/** Commands that are called wrongly, as a process: exit code 2, what is wrong, and where help is. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { commands } from "../../src/cli/commands.ts";

const main = join(import.meta.dir, "../../src/main.ts");

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn([process.execPath, main, ...args], {
    ...{ stdout: "pipe", stderr: "pipe" },
    env: { ...process.env, ...env },
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, stdout, stderr };
}

for (const name of Object.keys(commands)) {
  test(`${name} refuses an option that it does not know`, async () => {
    expect(await run([name, "--bogus"])).toEqual({
      code: 2,
      stdout: "",
      stderr: `onglass: Unknown option --bogus\nTry \`onglass ${name} --help\`\n`,
    });
  });
}

const withoutSubcommands = Object.entries(commands).filter(
  ([, facts]) => !("subcommands" in facts),
);

test.each(withoutSubcommands)("%s refuses a word more than it takes", async (name, { usage }) => {
  const takesWord = usage.some((line) => new RegExp(`^onglass ${name} [A-Z]`).test(line));
  const { code, stderr } = await run([name, ...(takesWord ? ["first"] : []), "extra"]);
  expect([code, stderr]).toEqual([
    2,
    `onglass: Unexpected argument "extra"\nTry \`onglass ${name} --help\`\n`,
  ]);
});

test.each([
  [
    ["captures"],
    "Missing subcommand: list, show, delete, export, frames, keep, share, import, compare, rename, note, label, baseline, pull, push",
    "captures ",
  ],
  [["timeline"], "Missing subcommand: export, import, replay", "timeline "],
  [["timeline", "x"], 'Unknown subcommand "x": it takes export, import, replay', "timeline "],
  [["dance"], 'Unknown command "dance"', ""],
  [["help", "dance"], 'Unknown command "dance"', "help "],
  [["--bogus"], "Unknown option --bogus", ""],
  [["openapi", "x"], 'Unexpected argument "x"', "openapi "],
])("%p is answered with %p", async (args, text, command) => {
  const { code, stderr } = await run(args);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `onglass: ${text}\nTry \`onglass ${command}--help\`\n`,
  });
});

test("help prints what --help prints, of a command or of all", async () => {
  expect(await run(["help", "settings"])).toEqual(await run(["settings", "--help"]));
  expect(await run(["help"])).toEqual(await run(["--help"]));
});

test("a host that nobody runs is said in plain words, once", async () => {
  const { code, stderr } = await run(["status", "--listen", "127.0.0.1:1"], {
    ONGLASS_TOKEN: "a-token-of-nobody",
  });
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/Unable to connect; is "onglass serve"/),
  ]);
  expect(stderr.match(/onnect/g)).toHaveLength(1);
});
