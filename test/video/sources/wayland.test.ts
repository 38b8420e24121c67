import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { listOutputs } from "../../../src/wayland/screen.ts";
import { decodeLuma } from "../../support/decode.ts";
import {
  collect,
  type KeptFrame,
  openSmall,
  smallMode,
  streamBytes,
} from "../../support/stream.ts";
import { startDesktop } from "../../support/sway.ts";

const size = { width: 640, height: 360 };
const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;
const luma = ([r = 0, g = 0, b = 0]: readonly number[]) =>
  16 + 0.18259 * r + 0.61423 * g + 0.06201 * b;

test("a desktop on which nothing moves is new once and repeats from then on", async () => {
  await using desktop = await startDesktop(size);
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  const frames = await collect(stream, ({ length }) => length === 60);
  expect(frames.map(isNew).lastIndexOf(true)).toBe(0);
});

test("the colour in the stream is the one that another program sees", async () => {
  await using desktop = await startDesktop(size);
  await desktop.message("output HEADLESS-1 bg #c08020 solid_color");
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  const frames = await collect(stream, ({ length }) => length === 30);
  const pictures = await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" });
  const seen = pictures.at(-1)?.data[1000] ?? 0;
  expect(Math.abs(seen - luma(await desktop.pixel(100, 100)))).toBeLessThan(3);
});

test("new frames are those that a client drew", async () => {
  await using desktop = await startDesktop(size);
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  await collect(stream, ({ length }) => length === 5);
  const program = resolve("test/support/painter-process.ts");
  const painter = Bun.spawn([process.execPath, program, desktop.path, "40", "20"], {
    stdout: "pipe",
  });
  let isDone = false;
  const drawn = painter.stdout.text().then((text) => {
    isDone = true;
    return Number(text);
  });
  const frames = await collect(stream, () => isDone);
  // The window itself comes and goes, and a busy compositor draws some pictures twice.
  const newCount = frames.filter(isNew).length;
  expect(newCount).toBeGreaterThanOrEqual((await drawn) - 1);
  expect(newCount).toBeLessThanOrEqual((await drawn) * 1.5);
  expect(frames.filter(({ isRepeat }) => isRepeat).length).toBeGreaterThan(30);
  // A picture that the compositor dates was on the screen before it was taken, one after the other.
  const shownUs = frames
    .filter(isNew)
    .map(({ captureStartUs, sourceAgeUs = Number.NaN }) => captureStartUs - sourceAgeUs);
  expect(shownUs.some(Number.isNaN)).toBe(false);
  expect(shownUs).toEqual(shownUs.toSorted((a, b) => a - b));
  for (const { isRepeat, sourceAgeUs } of frames) {
    if (isRepeat) expect(sourceAgeUs).toBeUndefined();
  }
});

test("the stream says where a player's input reaches the desktop, also one that auto has found", async () => {
  await using desktop = await startDesktop(size);
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  const target = { kind: "wayland", path: desktop.path, output: "HEADLESS-1", size } as const;
  expect(stream.takeInputTarget?.()).toEqual(target);
  process.env.WAYLAND_DISPLAY = desktop.path;
  await using found = await openSmall({ source: "auto" }).finally(() => {
    delete process.env.WAYLAND_DISPLAY;
  });
  expect(found.takeInputTarget?.()).toEqual(target);
});

test("the outputs of a desktop are listed with their sizes", async () => {
  await using desktop = await startDesktop(size);
  expect(listOutputs(desktop.path)).toEqual([{ name: "HEADLESS-1", ...size }]);
});

test("an output that is not there is refused with those that are", async () => {
  await using desktop = await startDesktop(size);
  const wrong = openSmall({ source: `wayland:${desktop.path}/DP-9` });
  await expect(wrong).rejects.toThrow('it has no output "DP-9", only HEADLESS-1');
});

test("a desktop whose size changes while it is streamed is followed", async () => {
  await using desktop = await startDesktop({ width: 800, height: 600 });
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  await collect(stream, ({ length }) => length === 5);
  await desktop.message("output HEADLESS-1 mode 1024x768@60Hz");
  await desktop.message("output HEADLESS-1 bg #ffffff solid_color");
  const frames = await collect(stream, ({ length }) => length === 60);
  expect(frames.filter(isNew).length).toBeGreaterThan(0);
});

test("the end of the desktop ends its own stream with a reason", async () => {
  await using desktop = await startDesktop(size);
  const source = `wayland:${desktop.path}`;
  await using stream = await openSmall({ source });
  await collect(stream, ({ length }) => length === 10);
  // Bun's `rejects` lets nothing else happen until the promise is settled.
  const ended = collect(stream, () => false).catch(String);
  await desktop.kill();
  expect(await ended).toContain("The screen is gone");
});
