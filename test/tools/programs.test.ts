/** Programs that tests need: waiting for the package manager, and what is skipped without them. */
import { expect, test } from "bun:test";
import { join } from "node:path";

const { whileLocked } = await import(join(import.meta.dir, "../../tools/debian.mjs"));
const { testsNeeding } = await import(join(import.meta.dir, "../../tools/needs.mjs"));

const locked = {
  code: 100,
  name: "apt-get update",
  stderr: "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (apt-get)",
};

function tools() {
  const said: string[] = [];
  let waitedMs = 0;
  return {
    said,
    waitedMs: () => waitedMs,
    say: (text: string) => void said.push(text),
    sleep: (ms: number) => {
      waitedMs += ms;
      return Promise.resolve();
    },
  };
}

test("a package manager that is locked is waited for, with one word", async () => {
  const given = tools();
  const results = [locked, locked, { ...locked, code: 0, stderr: "" }];
  await whileLocked(() => Promise.resolve(results.shift()), given);
  expect(results).toEqual([]);
  expect(given.said).toEqual(["another program is installing packages; waiting up to two minutes"]);
});

test("after two minutes of a lock the installation is abandoned", async () => {
  const given = tools();
  const attempt = () => Promise.resolve(locked);
  await expect(whileLocked(attempt, given)).rejects.toThrow('"apt-get update" failed');
  expect(given.waitedMs()).toBe(120_000);
});

test("any other failure is one at once", async () => {
  const given = tools();
  const attempt = () => Promise.resolve({ ...locked, stderr: "E: Unable to locate package x" });
  await expect(whileLocked(attempt, given)).rejects.toThrow("exit code 100");
  expect([given.waitedMs(), given.said]).toEqual([0, []]);
});

test("the tests that need a program are found by what they and their helpers start", () => {
  const needing = (program: string): string[] => [...testsNeeding([program]).keys()];
  expect(needing("Xvfb")).toContain("test/input/injector.test.ts");
  expect(needing("chromium")).toContain("test/browser/walk.test.ts");
  expect(needing("ip")).toContain("test/gamestream/discovery.test.ts");
  expect(needing("ffprobe")).toContain("test/gamestream/session.test.ts");
  for (const program of ["Xvfb", "chromium", "ip", "ffmpeg"]) {
    expect(needing(program)).not.toContain("test/base/log.test.ts");
  }
});
