/** The set-up runs on plain Node, so it is tried there. */
import { expect, test } from "bun:test";
import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDirectory } from "../support/temp-directory.ts";

const root = join(import.meta.dir, "../..");
const runEcho = `
  import { runScript } from "${root}/tools/run.mjs";
  process.exitCode = await runScript(process.argv[1], "test/support/echo-process.ts", process.argv.slice(2));`;

function node(script: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  return Bun.spawn(["node", "--input-type=module", "--eval", script, "--", ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("a command gets its arguments as they are, in the folder npm was called from", async () => {
  await using folder = await tempDirectory();
  const args = ["play", "a b", "--out", "$HOME"];
  const child = node(runEcho, [process.execPath, ...args], { INIT_CWD: folder.path });
  expect(JSON.parse(await child.stdout.text())).toEqual({
    args,
    cwd: await realpath(folder.path),
  });
  expect(await child.exited).toBe(7);
});

test("a command does not read the bunfig.toml of the folder it is called from", async () => {
  await using folder = await tempDirectory();
  await Bun.write(join(folder.path, "bunfig.toml"), 'preload = ["./missing.ts"]\n');
  const child = node(runEcho, [process.execPath], { INIT_CWD: folder.path });
  expect(await child.exited).toBe(7);
});

test("SIGTERM reaches the command, whose exit code is passed on", async () => {
  const child = node(runEcho, [process.execPath, "wait"]);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGTERM");
  expect(await child.exited).toBe(4);
});

test("a command that a signal has ended counts as 128 and the signal's number", async () => {
  const script = `
    import { spawn } from "node:child_process";
    import { exitOf } from "${root}/tools/run.mjs";
    const child = spawn("sleep", ["60"]);
    child.kill("SIGKILL");
    console.log(await exitOf(child, "sleep"));`;
  expect(await node(script).stdout.text()).toBe("137\n");
});

/** Says that it has the lock, then keeps it until it is killed, or lets it go at once. */
function lockHolder(keeps: boolean) {
  return node(`
    import { withLock } from "${root}/tools/lock.mjs";
    await withLock(async () => {
      console.log("in");
      if (${keeps}) await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`);
}

test("two set-ups are never at work at once, and a killed one leaves no lock behind", async () => {
  const first = lockHolder(true);
  await first.stdout.getReader().read();
  const second = lockHolder(false);
  const waiting = second.stderr.getReader();
  expect(new TextDecoder().decode((await waiting.read()).value)).toContain("waiting");
  expect(second.exitCode).toBeNull();
  first.kill("SIGKILL");
  expect(await second.stdout.text()).toBe("in\n");
});

test("the last summary of bun counts, errors as failures", async () => {
  const summary = " 12 pass\\n 1 skip\\n 2 fail\\n 1 error\\n 30 expect() calls\\n";
  const script = `
    import { readResult } from "${root}/tools/test.mjs";
    const counts = (text, code) => readResult(text, code).counts;
    console.log(JSON.stringify([counts("${summary}", 1), counts("", 1), counts(" 3 pass\\n 0 fail\\n", 0)]));`;
  expect(JSON.parse(await node(script).stdout.text())).toEqual([
    { pass: 12, fail: 3 },
    { pass: 0, fail: 1 },
    { pass: 3, fail: 0 },
  ]);
});

test("what failed is named once with its file, and a file that broke or a process that died too", async () => {
  const printed = [
    "test/base/log.test.ts:\n(pass) one\n(fail) two [3.00ms]",
    "# Unhandled error between tests\n1 tests failed:\n(fail) two [3.00ms]\n 1 pass\n 1 fail\n 1 error",
  ].join("\n");
  const script = `
    import { readResult } from "${root}/tools/test.mjs";
    const [text] = process.argv.slice(1);
    const died = readResult("test/base/log.test.ts:\\n(pass) one\\n", 139);
    console.log(JSON.stringify([readResult(text, 1).failed, died.failed, died.counts.fail]));`;
  expect(JSON.parse(await node(script, [printed]).stdout.text())).toEqual([
    ["test/base/log.test.ts: two [3.00ms]", "test/base/log.test.ts: an error outside its tests"],
    ["test/base/log.test.ts: bun ended with 139"],
    1,
  ]);
});

test("every test file is in the folder that it runs with, once", async () => {
  const script = `
    import { testFolders } from "${root}/tools/test.mjs";
    console.log(JSON.stringify([...testFolders().entries()]));`;
  const folders: [string, string[]][] = JSON.parse(await node(script).stdout.text());
  const all = [...new Bun.Glob("test/**/*.test.ts").scanSync(root)];
  expect(folders.flatMap(([, paths]) => paths).sort()).toEqual(all.sort());
  for (const [folder, paths] of folders)
    expect(paths.map((path) => dirname(path))).toEqual(paths.map(() => folder));
});
