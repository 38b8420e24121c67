/** Foreign text in the log and in what commands print. */
import { expect, spyOn, test } from "bun:test";
import fc from "fast-check";
import { quietConsole } from "../../src/base/library-console.ts";
import { log, warn } from "../../src/base/log.ts";
import { printable, printableLines, printableShort } from "../../src/base/printable.ts";
import { alignColumns } from "../../src/cli/output.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { TestTerminal } from "../support/terminal.ts";

const hostile = "a\n\r\t\u001b[31m\u009b31m\u2028\u2029\u202e\u200b\ud800\u{e0041}b";
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

test("whatever a text holds, nothing in it steers a terminal or begins a line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(printable(text)).not.toMatch(unsafe);
      expect(printableShort(text, 20)).not.toMatch(unsafe);
    }),
  );
  expect(printable(hostile)).toBe(
    "a\\u000a\\u000d\\u0009\\u001b[31m\\u009b31m\\u2028\\u2029\\u202e\\u200b\\ud800\\udb40\\udc41b",
  );
});

test("names in any script stay as they are, and a long text is cut between characters", () => {
  for (const text of ["Übung – größer", "ゲーム機", "مرحبا", "👍🏽 ok", "C:\\temp"]) {
    expect(printable(text)).toBe(text);
  }
  expect(printableLines("one\ntwo\u0007")).toBe("one\ntwo\\u0007");
  expect(printableShort("😀".repeat(9), 3)).toBe("😀😀😀…");
  expect(printableShort("abc", 3)).toBe("abc");
});

/** What the log writes while `act` runs. */
function logged(act: () => void): string[] {
  using written = spyOn(console, "error").mockImplementation(() => undefined);
  act();
  return written.mock.calls.map((args) => args.join(" "));
}

test("a line of the log is one line of JSON with the text that was given", () => {
  const lines = logged(() => {
    log("happened", { name: hostile, cause: new Error(hostile) });
    warn("relay_lost", { relay: hostile });
  });
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).not.toMatch(unsafe);
  expect(JSON.parse(lines[0] ?? "").name).toBe(hostile);
  expect(JSON.parse(lines[1] ?? "").relay).toBe(hostile);
});

test("a library that writes to the console is counted, and reported once a minute", () => {
  const clock = new ManualClock();
  using written = spyOn(console, "error").mockImplementation(() => undefined);
  using quiet = quietConsole(console, clock);
  const lines = () => written.mock.calls.map((args) => args.join(" "));
  const library: Console = console;
  library.log(hostile);
  for (let count = 0; count < 1000; count++) library.warn("raw", new Error(hostile), {});
  // A line that only looks like one of the log's does not get through.
  library.error(`{"at":"2026-01-01T00:00:00.000Z","text":"${hostile}"}`);
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).not.toMatch(unsafe);
  clock.advanceMs(60_000);
  library.error("again");
  expect(JSON.parse(lines()[1] ?? "")).toMatchObject({
    ...{ event: "library warning", text: "again", count: 1002 },
  });
  expect(quiet.complaintCount).toBe(1002);
});

test("what a command prints is one line for each line of its own", () => {
  const terminal = new TestTerminal();
  terminal.print(`client ${hostile}`);
  terminal.print(JSON.stringify({ client: hostile }));
  for (const row of alignColumns([["NAME"], [hostile]])) terminal.print(row);
  terminal.say(`refused: ${hostile}`);
  for (const line of terminal.stdout.slice(0, -1).split("\n")) expect(line).not.toMatch(unsafe);
  expect(terminal.stdout.split("\n")).toHaveLength(5);
  expect(JSON.parse(terminal.stdout.split("\n")[1] ?? "")).toEqual({ client: hostile });
  expect(terminal.stderr).not.toMatch(/[^\P{Cc}\n]/u);
  expect(terminal.stderr.split("\n")).toHaveLength(2);
});
