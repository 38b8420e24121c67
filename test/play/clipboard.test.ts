/** What was copied on a desktop is read as text: real compositors, real programs that copy. */
import { expect, test } from "bun:test";
import type { InputTarget } from "../../src/desktop/input-target.ts";
import { readClipboard } from "../../src/play/clipboard.ts";
import { copiedBytesMax } from "../../src/wayland/copied.ts";
import { copyOnMutter, type MutterCopy } from "../support/mutter-copy.ts";
import { startMutter, startSession } from "../support/session-bus.ts";
import { startDesktop, type TestDesktop } from "../support/sway.ts";
import { until } from "../support/until.ts";
import { startScreen } from "../support/x-server.ts";

const size = { width: 320, height: 180 };
const text = "Grüße 👋\n漢";
const longest = "x".repeat(copiedBytesMax);

const mutterTarget: InputTarget = {
  ...({ kind: "bus", service: "mutter" } as const),
  ...{ descriptor: -1, session: "", stream: "", size },
};

const targetOf = ({ path }: TestDesktop) =>
  ({ kind: "wayland", path, output: "HEADLESS-1", size }) as const;

async function copy(desktop: TestDesktop, content: string, ...flags: string[]): Promise<void> {
  const stdin = new TextEncoder().encode(content);
  const program = Bun.spawn(["wl-copy", ...flags], { env: desktop.env, stdin });
  expect(await program.exited).toBe(0);
}

test("what was copied on a Wayland desktop is read as it is", async () => {
  await using desktop = await startDesktop(size);
  const target = targetOf(desktop);
  expect(await readClipboard(target)).toEqual({ kind: "nothing" });
  await copy(desktop, text);
  expect(await readClipboard(target)).toEqual({ kind: "text", text });
  await copy(desktop, longest);
  expect(await readClipboard(target)).toEqual({ kind: "text", text: longest });
  await copy(desktop, `${longest}x`);
  expect(await readClipboard(target)).toEqual({ kind: "too_long" });
  await copy(desktop, "a picture", "--type", "image/png");
  expect(await readClipboard(target)).toEqual({ kind: "nothing" });
});

test("a program that has the clipboard and hangs is not waited for", async () => {
  await using desktop = await startDesktop(size);
  const stdin = new TextEncoder().encode(text);
  await using program = Bun.spawn(["wl-copy", "--foreground"], { env: desktop.env, stdin });
  const target = targetOf(desktop);
  let copied: unknown;
  while (!Bun.deepEquals(copied, { kind: "text", text })) copied = await readClipboard(target);
  program.kill("SIGSTOP");
  await expect(readClipboard(target)).rejects.toThrow("does not answer");
  program.kill("SIGCONT");
});

test("what was copied on an X display is read as it is", async () => {
  await using screen = await startScreen(size);
  const target = { kind: "x11", display: screen.display } as const;
  expect(await readClipboard(target)).toEqual({ kind: "nothing" });
  const line = ["xclip", "-selection", "clipboard", "-display", screen.display];
  for (const [content, expected] of [
    [text, { kind: "text", text }],
    [longest, { kind: "text", text: longest }],
    [longest.repeat(20), { kind: "too_long" }],
  ] as const) {
    const stdin = new TextEncoder().encode(content);
    expect(await Bun.spawn(line, { stdin, stdout: "ignore", stderr: "ignore" }).exited).toBe(0);
    // The program owns the selection a moment after it says so.
    let copied: unknown;
    while (!Bun.deepEquals(copied, expected)) copied = await readClipboard(target);
  }
});

test("what was copied on GNOME is read as it is", async () => {
  await using session = await startSession();
  await startMutter(session, size);
  const target = mutterTarget;
  const isNothing = () =>
    readClipboard(target).then(
      ({ kind } = { kind: "nothing" }) => kind === "nothing",
      () => false,
    );
  await until(isNothing, { what: "it is read, and holds nothing" });
  for (const [type, content, expected] of [
    ["text/plain;charset=utf-8", text, { kind: "text", text }],
    ["UTF8_STRING", longest, { kind: "text", text: longest }],
    ["image/png", "a picture", { kind: "nothing" }],
  ] as const) {
    using program = copyOnMutter(type, content);
    expect(await readWhile(target, program)).toEqual(expected);
  }
}, 60_000);

async function readWhile(target: InputTarget, program: MutterCopy): Promise<unknown> {
  const read = readClipboard(target);
  let isRead = false;
  const done = () => {
    isRead = true;
  };
  read.then(done, done);
  while (!isRead) {
    program.give();
    await Bun.sleep(1);
  }
  return await read;
}

test("a GNOME that hangs, or is not there, is a reason", async () => {
  await using session = await startSession();
  await expect(readClipboard(mutterTarget)).rejects.toThrow();
  const mutter = await startMutter(session, size);
  // It shows its screens a moment before it takes input.
  await until(
    () =>
      readClipboard(mutterTarget).then(
        () => true,
        () => false,
      ),
    { what: "it is read" },
  );
  mutter.kill("SIGSTOP");
  await expect(readClipboard(mutterTarget)).rejects.toThrow("no answer to CreateSession");
  mutter.kill("SIGCONT");
}, 60_000);

test("a desktop that is reached by devices alone is not asked", async () => {
  expect(await readClipboard({ kind: "seat", size })).toBeUndefined();
});

test("a compositor that is gone, and a display that is none, are reasons", async () => {
  const gone = { kind: "wayland", path: "/nowhere/wayland-1", output: "X-1", size } as const;
  await expect(readClipboard(gone)).rejects.toThrow("/nowhere/wayland-1");
  await expect(readClipboard({ kind: "x11", display: "none" })).rejects.toThrow(
    "name of a display",
  );
});
