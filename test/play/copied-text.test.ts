/** A player's text becomes what is copied on a desktop: real desktops, real programs that paste. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { openSessionBus } from "../../src/dbus/session-bus.ts";
import type { InputTarget } from "../../src/desktop/input-target.ts";
import {
  readAtom,
  writeConvertSelection,
  writeHiddenWindow,
  writeInternAtom,
} from "../../src/input/x11-clipboard-wire.ts";
import { CopiedText, readClipboard } from "../../src/play/clipboard.ts";
import { copiedBytesMax } from "../../src/wayland/copied.ts";
import { X11Connection } from "../../src/x11/connection.ts";
import { startKwin, startMutter, startSession } from "../support/session-bus.ts";
import { startDesktop } from "../support/sway.ts";
import { until } from "../support/until.ts";
import { startScreen, type TestScreen } from "../support/x-server.ts";

const size = { width: 320, height: 180 };
const text = "Grüße 👋\n漢";
const longest = "x".repeat(copiedBytesMax);

/** What a program prints; `undefined` when there is nothing to paste. */
async function printed(
  line: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string | undefined> {
  const program = Bun.spawn([...line], { env, stdout: "pipe", stderr: "ignore" });
  const said = await new Response(program.stdout).text();
  return (await program.exited) === 0 ? said : undefined;
}

const xclip = ({ display }: TestScreen, ...more: readonly string[]) => [
  ...["xclip", "-selection", "clipboard", "-display", display, ...more],
];
const pasted = (screen: TestScreen, type = "UTF8_STRING") =>
  printed(xclip(screen, "-o", "-t", type));

test("a program on an X display pastes the last text that was copied there", async () => {
  await using screen = await startScreen(size);
  const target = { kind: "x11", display: screen.display } as const;
  const copied = new CopiedText();
  const both = [copied.hold(target, longest), copied.hold(target, text)];
  expect(await Promise.all(both)).toEqual([true, true]);
  expect(await pasted(screen)).toBe(text);
  expect(await pasted(screen, "text/plain;charset=utf-8")).toBe(text);
  expect((await pasted(screen, "TARGETS"))?.trim().split("\n")).toEqual([
    ...["TARGETS", "TIMESTAMP", "UTF8_STRING", "text/plain;charset=utf-8"],
  ]);
  expect(Number(await pasted(screen, "TIMESTAMP"))).toBeGreaterThan(0);
  expect(await pasted(screen, "image/png")).toBeUndefined();
  expect(await copied.hold(target, longest)).toBe(true);
  expect(await pasted(screen)).toBe(longest);
  copied.release();
  await until(async () => (await pasted(screen)) === undefined, { what: "it is released" });
});

test("what another program copies on an X display afterwards is what is pasted", async () => {
  await using screen = await startScreen(size);
  const copied = new CopiedText();
  expect(await copied.hold({ kind: "x11", display: screen.display }, text)).toBe(true);
  const stdin = new TextEncoder().encode("later");
  await Bun.spawn(xclip(screen), { stdin, stdout: "ignore", stderr: "ignore" }).exited;
  await until(async () => (await pasted(screen)) === "later", { what: "the later text is pasted" });
  copied.release();
  expect(await pasted(screen)).toBe("later");
});

/** Asks for the clipboard so many times, and is gone. */
async function ask({ display }: TestScreen, count: number): Promise<void> {
  const connection = new X11Connection({ onMessage: () => undefined });
  const { resourceBase: window, root } = await connection.open(display);
  connection.send(writeHiddenWindow(window, root));
  const atom = async (name: string) => readAtom(await connection.ask(writeInternAtom(name)));
  const [selection, type] = [await atom("CLIPBOARD"), await atom("UTF8_STRING")];
  const request = writeConvertSelection({ window, selection, type, property: type });
  connection.send(Buffer.concat(Array.from({ length: count }, () => request)));
  await atom("ASKED");
  connection.close();
}

test("an X program that is gone before it is answered takes nothing from the others", async () => {
  await using screen = await startScreen(size);
  const copied = new CopiedText();
  expect(await copied.hold({ kind: "x11", display: screen.display }, text)).toBe(true);
  await ask(screen, 1);
  expect(await pasted(screen)).toBe(text);
  copied.release();
});

test("an X program that asks thousands of times ends the text, and no more", async () => {
  await using screen = await startScreen(size);
  const target = { kind: "x11", display: screen.display } as const;
  const copied = new CopiedText();
  expect(await copied.hold(target, longest)).toBe(true);
  await ask(screen, 20_000);
  await until(async () => (await pasted(screen)) === undefined, { what: "it is let go" });
  expect(await copied.hold(target, text)).toBe(true);
  expect(await pasted(screen)).toBe(text);
  copied.release();
});

test("a program on a Wayland desktop pastes the last text that was copied there", async () => {
  await using desktop = await startDesktop(size);
  const target = { kind: "wayland", path: desktop.path, output: "HEADLESS-1", size } as const;
  const paste = (...more: readonly string[]) =>
    printed(["wl-paste", "--no-newline", ...more], desktop.env);
  const copied = new CopiedText();
  for (const content of [longest, text]) {
    expect(await copied.hold(target, content)).toBe(true);
    expect(await paste()).toBe(content);
  }
  expect(await paste("--type", "image/png")).toBeUndefined();
  await Bun.spawn(["wl-copy", "later"], { env: desktop.env }).exited;
  await until(async () => (await paste()) === "later", { what: "the later text is pasted" });
  copied.release();
  expect(await paste()).toBe("later");
  expect(await copied.hold(target, text)).toBe(true);
  copied.release();
  await until(async () => (await paste()) === undefined, { what: "it is released" });
});

test("GNOME gives the last text that was copied there to who pastes", async () => {
  await using session = await startSession();
  await startMutter(session, size);
  const target: InputTarget = {
    ...({ kind: "bus", service: "mutter" } as const),
    ...{ descriptor: -1, session: "", stream: "", size },
  };
  const copied = new CopiedText();
  // It shows its screens a moment before it takes input.
  await until(() => copied.hold(target, longest), { what: "it takes a text" });
  expect(await readClipboard(target)).toEqual({ kind: "text", text: longest });
  expect(await copied.hold(target, text)).toBe(true);
  expect(await readClipboard(target)).toEqual({ kind: "text", text });
  await until(() => sessionCount() === 1, { what: "one session holds it" });
  copied.release();
  // The desktop itself keeps a copy of what a program had that is gone.
  await until(() => sessionCount() === 0, { what: "it is released" });
}, 60_000);

/** Sessions of remote control. */
function sessionCount(): number {
  using bus = openSessionBus();
  const of = { destination: "org.gnome.Mutter.RemoteDesktop", member: "Introspect" };
  const path = "/org/gnome/Mutter/RemoteDesktop/Session";
  try {
    const call = { ...of, path, interface: "org.freedesktop.DBus.Introspectable" };
    return String(bus.call(call).body[0]).split("<node name=").length - 1;
  } catch {
    return 0;
  }
}

test("KDE gives the last text that was copied there to who pastes", async () => {
  await using session = await startSession();
  await startKwin(session, size);
  const path = join(session.directory, "wayland-k");
  const target = { kind: "wayland", path, output: "Virtual-0", size } as const;
  const env = { ...session.env, WAYLAND_DISPLAY: "wayland-k" };
  const copied = new CopiedText();
  for (const content of [longest, text]) {
    expect(await copied.hold(target, content)).toBe(true);
    expect(await readClipboard(target)).toEqual({ kind: "text", text: content });
    expect(await printed(["wl-paste", "--no-newline"], env)).toBe(content);
  }
  copied.release();
}, 60_000);

test("a desktop that is gone, or has no clipboard for other programs, holds no text", async () => {
  const copied = new CopiedText();
  const gone = { kind: "wayland", path: "/nowhere/wayland-1", output: "X-1", size } as const;
  expect(await copied.hold(gone, text)).toBe(false);
  expect(await copied.hold({ kind: "x11", display: "none" }, text)).toBe(false);
  expect(await copied.hold({ kind: "seat", size }, text)).toBe(false);
});

test("a text that is released while its desktop is asked is not held", async () => {
  await using screen = await startScreen(size);
  const copied = new CopiedText();
  const held = copied.hold({ kind: "x11", display: screen.display }, text);
  copied.release();
  expect(await held).toBe(false);
  await until(async () => (await pasted(screen)) === undefined, { what: "it is released" });
});
