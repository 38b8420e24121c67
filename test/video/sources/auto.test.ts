import { afterEach, beforeEach, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { Obstacle } from "../../../src/base/obstacle.ts";
import { readConfig } from "../../../src/config.ts";
import { autoOrder, listSources } from "../../../src/desktop/find.ts";
import type { SourceNews } from "../../../src/model/source-state.ts";
import { openAutoSource } from "../../../src/video/sources/auto.ts";
import { openSource } from "../../../src/video/sources/open.ts";
import { openStream } from "../../../src/video/stream.ts";
import { collect, type KeptFrame, openGate, openSmall, smallMode } from "../../support/stream.ts";
import { startDesktop } from "../../support/sway.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const names = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "DISPLAY"];
const before = new Map<string, string | undefined>();

beforeEach(() => {
  for (const name of names) {
    before.set(name, process.env[name]);
    delete process.env[name];
  }
});
afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** What `auto` tries here, in its order. */
const autoCandidates = () =>
  autoOrder().flatMap(({ source, missing }) => (missing === undefined ? [source] : []));

/** Resolves once it listens, in a thread of its own: what connects blocks the test's. */
async function listenSilently(path: string): Promise<Worker> {
  const worker = new Worker(new URL("../../support/silent-socket.ts", import.meta.url).href);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  worker.onmessage = resolve;
  worker.postMessage(path);
  await promise;
  return worker;
}

const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;

test("the compositor that lets itself be captured is what auto takes", async () => {
  await using desktop = await startDesktop({ width: 640, height: 360 });
  process.env.XDG_RUNTIME_DIR = dirname(desktop.path);
  expect(autoCandidates()[0]).toBe("wayland:");
  await using stream = await openSmall({ source: "auto" });
  const frames = await collect(stream, ({ length }) => length === 30);
  // Nothing moves there: the test picture would be new in every slot.
  expect(frames.filter(isNew).length).toBeLessThan(5);
});

test("without a desktop auto is the test picture", async () => {
  await using directory = await tempDirectory();
  process.env.XDG_RUNTIME_DIR = directory.path;
  expect(autoCandidates()).toEqual(["testsrc"]);
  await using stream = await openSmall({ source: "auto" });
  const frames = await collect(stream, ({ length }) => length === 20);
  expect(frames.every(isNew)).toBe(true);
});

test("a compositor and a bus that take connections and never answer are passed over in time", async () => {
  await using directory = await tempDirectory();
  process.env.XDG_RUNTIME_DIR = directory.path;
  process.env.DBUS_SESSION_BUS_ADDRESS = `unix:path=${join(directory.path, "bus")}`;
  const silent = ["wayland-1", "bus", "pipewire-0"].map((name) => join(directory.path, name));
  const workers = await Promise.all(silent.map(listenSilently));
  // The source has 8 s to open in all.
  await using stream = await openSmall({ source: "auto" });
  const frames = await collect(stream, ({ length }) => length === 20);
  expect(frames.every(isNew)).toBe(true);
  for (const worker of workers) worker.terminate();
});

test("a compositor that the environment names and that is not there is listed with that", async () => {
  await using directory = await tempDirectory();
  process.env.XDG_RUNTIME_DIR = directory.path;
  process.env.WAYLAND_DISPLAY = "wayland-none";
  const [first] = listSources();
  expect(first?.source).toBe("wayland:wayland-none");
  expect(first?.problem).toContain("Cannot connect");
});

test("auto reports what it chose, and by a code why none before it", async () => {
  await using directory = await tempDirectory();
  process.env.XDG_RUNTIME_DIR = directory.path;
  process.env.WAYLAND_DISPLAY = "wayland-none";
  const news: SourceNews[] = [];
  const onSource = (one: SourceNews) => void news.push(one);
  await using _ = await openStream(
    { ...smallMode, source: "auto" },
    { gate: openGate(), onSource },
  );
  const [only] = news;
  if (only?.kind !== "chosen") throw new Error("it was chosen");
  expect(only.chosen.source).toBe("testsrc");
  const passed = only.chosen.passed_over.map(({ source, reason_code }) => [source, reason_code]);
  expect(passed).toEqual([
    ["wayland:", "compositor_unreachable"],
    ["kde:", "compositor_unreachable"],
    ["gnome:", "no_session_bus"],
    ["portal:", "no_session_bus"],
    ["x11:", "no_display"],
  ]);
  expect(only.chosen.passed_over[0]?.reason).toContain("wayland-none");
});

test("a compositor that is not KWin is passed over as kde, and the next one is tried", async () => {
  await using desktop = await startDesktop({ width: 640, height: 360 });
  process.env.XDG_RUNTIME_DIR = dirname(desktop.path);
  const open = (name: string) => {
    if (name === "wayland:") throw new Obstacle("capture_not_allowed");
    return openSource(name, smallMode);
  };
  const chosen: unknown[] = [];
  const host = {
    onQuestion: () => undefined,
    isCancelled: () => false,
    onChosen: (...given: unknown[]) => void chosen.push(...given),
  };
  openAutoSource(open, smallMode, host).close();
  expect(chosen).toMatchObject([
    "testsrc",
    [
      { source: "wayland:", code: "capture_not_allowed" },
      { source: "kde:", code: "kde_not_allowed" },
      { source: "gnome:", code: "no_session_bus" },
      { source: "portal:", code: "no_session_bus" },
      { source: "x11:", code: "no_display" },
    ],
  ]);
});

test("the default is auto where there is a desktop, and the test picture elsewhere", async () => {
  await using directory = await tempDirectory();
  const sourceOf = (env: Record<string, string>) =>
    readConfig([], { XDG_RUNTIME_DIR: directory.path, ...env }).source;
  expect(sourceOf({})).toBe("testsrc");
  expect(sourceOf({ WAYLAND_DISPLAY: "wayland-1" })).toBe("auto");
  expect(sourceOf({ DISPLAY: ":0" })).toBe("auto");
  expect(sourceOf({ DISPLAY: ":0", ONGLASS_SOURCE: "testsrc" })).toBe("testsrc");
});

test("an X server comes after all that Wayland has", () => {
  process.env.WAYLAND_DISPLAY = "wayland-7";
  process.env.DISPLAY = ":7";
  const [first, ...rest] = autoCandidates();
  expect(first).toBe("wayland:");
  expect(rest.slice(-2)).toEqual(["x11::7", "testsrc"]);
});

test("a card that is not there is refused with what it takes", async () => {
  await expect(openSmall({ source: "kms:card77" })).rejects.toThrow("CAP_SYS_ADMIN");
});

test("a compositor that is not KWin, or does not allow it, is refused for kde:", async () => {
  await using desktop = await startDesktop({ width: 640, height: 360 });
  process.env.XDG_RUNTIME_DIR = dirname(desktop.path);
  await expect(openSmall({ source: "kde:" })).rejects.toThrow("zkde_screencast_unstable_v1");
});
