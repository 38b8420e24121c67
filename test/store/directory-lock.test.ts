import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { lockDirectory } from "../../src/store/directory-lock.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const holderScript = new URL("../support/lock-holder.ts", import.meta.url).pathname;

function startHolder(directory: string) {
  const command = [process.execPath, holderScript, directory];
  return Bun.spawn(command, { stdin: "pipe", stdout: "pipe" });
}

async function firstLine(holder: ReturnType<typeof startHolder>): Promise<string> {
  const reader = holder.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return new TextDecoder().decode(value).trim();
}

test("a second host is refused, with the directory and the first one's pid", async () => {
  await using directory = await tempDirectory();
  const holder = startHolder(directory.path);
  expect(await firstLine(holder)).toBe("locked");
  let refusal: unknown;
  try {
    lockDirectory(directory.path);
  } catch (cause) {
    refusal = cause;
  }
  expect(refusal).toMatchObject({
    code: "data_dir_locked",
    message: `Cannot use data directory "${directory.path}": another host, process ${holder.pid}, is using it`,
  });
  holder.kill("SIGKILL");
  await holder.exited;
  using _free = lockDirectory(directory.path);
});

test("of several hosts that start at once exactly one gets the directory", async () => {
  await using directory = await tempDirectory();
  const holders = Array.from({ length: 4 }, () => startHolder(directory.path));
  const outcomes = await Promise.all(holders.map(firstLine));
  for (const holder of holders) holder.stdin.end();
  await Promise.all(holders.map((holder) => holder.exited));
  expect(outcomes.sort()).toEqual([
    "data_dir_locked",
    "data_dir_locked",
    "data_dir_locked",
    "locked",
  ]);
});

test("a lock that was given back can be taken again", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "new", "data");
  {
    using _lock = lockDirectory(path);
    expect(() => lockDirectory(path)).toThrow("is using it");
  }
  using _again = lockDirectory(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});
