/** `onglass link` against a running console. */
import { expect, test } from "bun:test";
import { runLink } from "../../src/cli/link.ts";
import { commandWithConsole } from "../support/console-command.ts";

test("make prints the link alone, list says who may come, revoke ends it by name", async () => {
  await using made = await commandWithConsole(runLink);
  const { host, run } = made;
  const { stdout, stderr } = await run("make", "Ada", "--play", "--for", "2h", "--uses", "3");
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/join#[\w-]{43}\n$/);
  expect(stderr).toContain("to watch and control, for 3 browsers, until ");
  expect(stderr).toContain("The link only opens on this machine");
  const listed = await run("list");
  expect(listed.stdout).toMatch(/[0-9a-f]{12} +Ada +\(default\) +play +\S+ +0\/3 +0\n/);
  expect(listed.stdout).not.toContain(stdout.trim().split("#")[1] ?? "");
  expect(await host.links.admit(stdout.trim().split("#")[1] ?? "")).toBeDefined();
  expect((await run("revoke", "Ada")).code).toBe(0);
  expect((await run("list", "--json")).stdout).toBe("[]\n");
});

test("a link is printed for the address where others reach the console", async () => {
  await using made = await commandWithConsole(runLink);
  const { stdout, stderr } = await made.run("make", "--at", "https://box.lan:7780/some?where");
  expect(stderr).not.toContain("only opens on this machine");
  expect(stdout).toMatch(/^https:\/\/box\.lan:7780\/join#[\w-]{43}\n$/);
  const json = await made.run("make", "--stream", "x11::1", "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({
    ...{ name: "", rights: "watch", uses_max: 1, stream: { source: "x11::1" } },
  });
});

test("what it cannot make is refused before the host is asked", async () => {
  await using made = await commandWithConsole(runLink);
  for (const args of [
    ["make", "--uses", "0"],
    ["make", "--uses", "101"],
    ["make", "--for", "0h"],
    ["make", "--for", "366d"],
    ["make", "--for", "soon"],
    ["make", "--stream", "nonsense:x"],
    ["make", "--stream", "session:xterm"],
    ["make", "--at", "ftp://box"],
    ["make", "one", "two"],
    ["revoke"],
  ]) {
    expect(made.run(...args)).rejects.toMatchObject({ code: "usage" });
  }
  expect(made.host.links.list()).toEqual([]);
});

test("of two links for one name neither is revoked", async () => {
  await using made = await commandWithConsole(runLink);
  await made.run("make", "Ada");
  await made.run("make", "Ada");
  expect(made.run("revoke", "Ada")).rejects.toThrow("give the id of one");
  expect(made.host.links.list()).toHaveLength(2);
});
