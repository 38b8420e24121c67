/** One more screen of a desktop that runs: of the real sway, and of the real Mutter. */
import { afterEach, expect, test } from "bun:test";
import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { findSwaySocket, SwayIpc } from "../../../src/desktop/sway-ipc.ts";
import type { EncodeStream } from "../../../src/video/stream.ts";
import { startMutter, startSession } from "../../support/session-bus.ts";
import { collect, type KeptFrame, openSmall } from "../../support/stream.ts";
import { startDesktop, type TestDesktop } from "../../support/sway.ts";
import { until } from "../../support/until.ts";

const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;
const kept = { ...process.env };

afterEach(() => {
  for (const name of ["SWAYSOCK", "WAYLAND_DISPLAY"]) {
    if (kept[name] === undefined) delete process.env[name];
    else process.env[name] = kept[name];
  }
});

function use({ directory, path }: TestDesktop): SwayIpc {
  process.env.SWAYSOCK = findSwaySocket({}, directory);
  process.env.WAYLAND_DISPLAY = path;
  return new SwayIpc(process.env.SWAYSOCK ?? "");
}

const claims = ({ directory }: TestDesktop) =>
  readdirSync(directory).filter((name) => name.startsWith("onglass-output-"));

function outputOf(stream: EncodeStream): string | undefined {
  const target = stream.takeInputTarget?.();
  return target?.kind === "wayland" ? target.output : undefined;
}

/** Sizes of the source's own picture, as they become known. */
function followSizes(stream: EncodeStream): string[] {
  const sizes: string[] = [];
  stream.subscribe({
    onFrame: ({ release }) => release(),
    onResized: ({ width, height }) => void sizes.push(`${width}x${height}`),
    onEnd: () => undefined,
  });
  return sizes;
}

test("a screen of the stream's size is added to the sway that runs, and taken by input", async () => {
  await using desktop = await startDesktop({ width: 1280, height: 720 });
  const ipc = use(desktop);
  await using stream = await openSmall({ source: "virtual:" });
  const sizes = followSizes(stream);
  await collect(stream, (frames) => frames.some(isNew));
  await until(() => sizes.length > 0, { what: "the size of its picture is known" });
  expect(sizes).toEqual(["320x180"]);
  expect(ipc.outputs()).toEqual(["HEADLESS-1", "HEADLESS-2"]);
  const target = stream.takeInputTarget?.();
  expect(target).toMatchObject({ kind: "wayland", path: desktop.path, output: "HEADLESS-2" });
});

test("two streams have a screen each, and what one has left is taken by the next", async () => {
  await using desktop = await startDesktop({ width: 1280, height: 720 });
  const ipc = use(desktop);
  const open = () => openSmall({ source: "virtual:" });
  const streams = await Promise.all([open(), open()]);
  const names = streams.map(outputOf).sort();
  expect(names).toEqual(["HEADLESS-2", "HEADLESS-3"]);
  for (const stream of streams) await stream.close();
  // This sway cannot unplug an output: it is put aside.
  expect(claims(desktop).every((name) => name.endsWith("-0"))).toBe(true);
  await using third = await open();
  expect(names).toContain(outputOf(third));
  expect(ipc.outputs()).toHaveLength(3);
});

test("what a killed host has left is taken, and what another host uses is not", async () => {
  await using desktop = await startDesktop({ width: 1280, height: 720 });
  const ipc = use(desktop);
  {
    await using first = await openSmall({ source: "virtual:" });
    expect(first.takeInputTarget?.()).toMatchObject({ output: "HEADLESS-2" });
  }
  const rename = (owner: number) => {
    const name = claims(desktop).find((one) => one.includes("HEADLESS-2")) ?? "";
    renameSync(
      join(desktop.directory, name),
      join(desktop.directory, name.replace(/\d+$/, `${owner}`)),
    );
  };
  rename(1);
  {
    await using second = await openSmall({ source: "virtual:" });
    expect(second.takeInputTarget?.()).toMatchObject({ output: "HEADLESS-3" });
  }
  rename(4_000_000_000);
  await using third = await openSmall({ source: "virtual:" });
  await using fourth = await openSmall({ source: "virtual:" });
  expect([outputOf(third), outputOf(fourth)].sort()).toEqual(["HEADLESS-2", "HEADLESS-3"]);
  expect(ipc.outputs()).toHaveLength(3);
});

test("the screen follows the mode of the stream, and ends with the desktop", async () => {
  await using desktop = await startDesktop({ width: 1280, height: 720 });
  use(desktop);
  await using stream = await openSmall({ source: "virtual:" });
  const sizes = followSizes(stream);
  await collect(stream, (frames) => frames.some(isNew));
  stream.setMode({ width: 640, height: 360, fps: 30 });
  await until(() => sizes.includes("640x360"), { what: "its screen has the new size" });
  const ended = collect(stream, () => false).catch(String);
  await desktop.kill();
  expect(await ended).toContain("The screen is gone");
});

test("a monitor of the stream's size is added to the GNOME that runs", async () => {
  await using session = await startSession();
  await startMutter(session, { width: 640, height: 360 });
  await using stream = await openSmall({ source: "virtual:" });
  const sizes = followSizes(stream);
  const frames = await collect(stream, ({ length }) => length === 60);
  expect(frames.length).toBe(60);
  await until(() => sizes.length > 0, { what: "the size of its picture is known" });
  expect(sizes).toEqual(["320x180"]);
  expect(stream.takeInputTarget?.()).toMatchObject({ kind: "bus", service: "mutter" });
}, 60_000);

test("without a desktop that makes screens the reason is named", async () => {
  process.env.SWAYSOCK = "/nowhere";
  const opened = openSmall({ source: "virtual:" });
  await expect(opened).rejects.toThrow('Cannot open "virtual:"');
});
