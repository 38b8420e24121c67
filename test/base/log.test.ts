/** What the log prints, how much of it, and how errors look in it. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { bugText, errorText } from "../../src/base/error-text.ts";
import { WarningGate } from "../../src/base/warning-gate.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const minuteUs = 60e6;

test("of one kind of warning twenty a minute pass, of a stranger's one, and the rest is counted", () => {
  const gate = new WarningGate();
  const passed = (kind: string, nowUs: number, isStrangers = false) =>
    Array.from({ length: 1500 }, () => gate.admit(kind, { nowUs, isStrangers })).filter(Boolean)
      .length;
  expect(passed("disk", 0)).toBe(20);
  expect(passed("stranger", 0, true)).toBe(1);
  expect(gate.admit("another", { nowUs: 0, isStrangers: true })).toBe(true);
  expect(gate.takeLeftOut(minuteUs - 1)).toEqual([]);
  expect(gate.takeLeftOut(minuteUs)).toEqual([
    { kind: "disk", count: 1480 },
    { kind: "stranger", count: 1499 },
  ]);
  expect(gate.takeLeftOut(minuteUs)).toEqual([]);
  expect([passed("disk", minuteUs), passed("stranger", minuteUs, true)]).toEqual([20, 1]);
});

test("an error is logged with its causes, each once, without stack or source", () => {
  const inner = new Error("ENOSPC: no space left");
  const middle = new Error("Cannot write: ENOSPC: no space left", { cause: inner });
  const outer = new Error("Cannot save", { cause: middle });
  expect(errorText(outer)).toBe("Cannot save: Cannot write: ENOSPC: no space left");
  expect(bugText(outer)).toMatch(/^Cannot save: [^;]*; at .*log\.test\.ts:\d+/);
  expect(bugText(outer)).not.toContain("new Error(");
});

test("a line in a terminal has no colour: the runtime would paint each one red", async () => {
  const script = `
    const { log } = await import(${JSON.stringify(import.meta.resolve("../../src/base/log.ts"))});
    log("listening", { port: 7780 });`;
  await using directory = await tempDirectory();
  const path = join(directory.path, "log.ts");
  await Bun.write(path, script);
  // A program of util-linux that runs another one in a terminal of its own.
  const command = ["script", "-qec", `"${process.execPath}" "${path}"`, "/dev/null"];
  const env = { ...process.env, ONGLASS_LOG: "text", FORCE_COLOR: undefined, NO_COLOR: undefined };
  const child = Bun.spawn(command, { env, stdio: ["ignore", "pipe", "inherit"] });
  const text = await child.stdout.text();
  expect(await child.exited).toBe(0);
  expect(text).toMatch(/^\d\d:\d\d:\d\d {2}listening {2}port=7780\r\n$/);
});

async function printed(form: string): Promise<string> {
  const script = `
    const { log, warn } = await import(${JSON.stringify(import.meta.resolve("../../src/base/log.ts"))});
    log("listening", { port: 7780, source: "x11::0" });
    warn("capture\\u001b[2J", { reason: "no space\\nleft", cause: new Error("disk full") });`;
  const child = Bun.spawn([process.execPath, "-e", script], {
    env: { ...process.env, ONGLASS_LOG: form, TZ: "UTC" },
    stdout: "ignore",
    stderr: "pipe",
  });
  return await new Response(child.stderr).text();
}

test("in a terminal a line is text for people, with nothing in it that steers the terminal", async () => {
  const lines = (await printed("text")).trimEnd().split("\n");
  expect(lines.map((line) => line.replace(/^[\d:]{8}/, "TIME"))).toEqual([
    "TIME  listening  port=7780  source=x11::0",
    'TIME  warn  capture\\u001b[2J  reason="no space\\nleft"  cause="disk full"',
  ]);
});

test("elsewhere a line is JSON", async () => {
  const lines = (await printed("")).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "info", event: "listening", port: 7780 },
    { level: "warn", reason: "no space\nleft", cause: "disk full" },
  ]);
});
