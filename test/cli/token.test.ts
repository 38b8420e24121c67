/** `onglass token` against a running console. */
import { expect, setSystemTime, test } from "bun:test";
import { runToken } from "../../src/cli/token.ts";
import { commandWithConsole } from "../support/console-command.ts";

test("make prints the secret alone, list says who has access, revoke ends it by name", async () => {
  await using made = await commandWithConsole(runToken);
  const { stdout, stderr } = await made.run("make", "scraper", "--expires", "30d");
  expect(stdout).toMatch(/^onglass_[\w-]{43}\n$/);
  expect(stderr).toContain('"scraper": read, expires ');
  const listed = await made.run("list");
  expect(listed.stdout).toMatch(/[0-9a-f]{12} +scraper +read +\S+ +\S+ +-\n/);
  expect(listed.stdout).not.toContain(stdout.trim());
  expect((await made.run("revoke", "scraper")).code).toBe(0);
  expect((await made.run("list", "--json")).stdout).toBe("[]\n");
});

test("a token whose days are over is listed as expired", async () => {
  await using made = await commandWithConsole(runToken);
  await made.run("make", "scraper", "--expires", "30d");
  expect((await made.run("list")).stdout).not.toContain("expired");
  using _later = later(31);
  expect((await made.run("list")).stdout).toMatch(/scraper +read +\S+ +\S+ \(expired\) +-\n/);
});

function later(days: number): Disposable {
  setSystemTime(Date.now() + days * 86_400_000);
  return { [Symbol.dispose]: () => void setSystemTime() };
}

test("what is called wrongly is not asked of the host", async () => {
  await using made = await commandWithConsole(runToken);
  for (const args of [
    [],
    ["make"],
    ["make", "a", "b"],
    ["make", "a", "--expires", "0d"],
    ["make", "a", "--expires", "3651d"],
    ["list", "x"],
    ["revoke"],
    ["other"],
    ["make", "a", "--colour"],
  ]) {
    const outcome = await made.run(...args).catch((error: { code?: string }) => error.code);
    expect([args, outcome]).toEqual([args, "usage"]);
  }
  expect(made.host.access.list()).toEqual([]);
});
