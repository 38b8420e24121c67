import { expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { fitPicture } from "../../../src/video/sources/fit.ts";
import type { EncodeStream } from "../../../src/video/stream.ts";
import { listOutputs } from "../../../src/wayland/screen.ts";
import { decodeLuma } from "../../support/decode.ts";
import { quarterGreys, quartersPng } from "../../support/quarters.ts";
import {
  collect,
  type KeptFrame,
  openSmall,
  smallMode,
  streamBytes,
} from "../../support/stream.ts";
import { startDesktop } from "../../support/sway.ts";
import { until } from "../../support/until.ts";

const size = { width: 640, height: 360 };
const quarterPoints = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;
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
}, 30_000);

test("of a screen on which a small window changes the rest stays as it is", async () => {
  // As large as the stream: nothing is scaled.
  const { width, height } = smallMode;
  await using desktop = await startDesktop({ width, height });
  await desktop.message('for_window [shell="xdg_shell"] floating enable');
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  const program = resolve("test/support/painter-process.ts");
  const painter = Bun.spawn([process.execPath, program, desktop.path, "1000000", "20", "small"]);
  const frames = await collect(stream, (all) => all.filter(isNew).length >= 40);
  const pictures = await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" });
  const levelAt = ([x, y]: readonly [number, number]) =>
    pictures.at(-1)?.data[Math.floor(y * height) * width + x * width] ?? 0;
  const [inside, ...outside] = quarterPoints;
  for (const point of outside) {
    const seen = await desktop.pixel(Math.floor(point[0] * width), Math.floor(point[1] * height));
    expect(Math.abs(levelAt(point) - luma(seen))).toBeLessThan(3);
  }
  painter.kill();
  await painter.exited;
  // Drawn darker at first, a little lighter each time.
  expect(levelAt(inside)).toBeGreaterThan(luma([60, 60, 60]));
}, 30_000);

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
  // Subscribed before: the picture may come before the command has returned, or a while after.
  const hasNew = (frames: readonly KeptFrame[]) => frames.some(isNew);
  const larger = collect(stream, hasNew);
  await desktop.message("output HEADLESS-1 mode 1024x768@60Hz");
  await desktop.message("output HEADLESS-1 bg #ffffff solid_color");
  await larger;
  const scaled = collect(stream, hasNew);
  await desktop.message("output HEADLESS-1 scale 2");
  await desktop.message("output HEADLESS-1 bg #000000 solid_color");
  await scaled;
});

const transforms = ["90", "180", "270", "flipped", "flipped-90", "flipped-180", "flipped-270"];

test.each([...transforms, "normal"])(
  "a screen that is turned to %s while it is streamed is shown upright",
  async (turn) => {
    await using desktop = await startDesktop(size);
    const path = join(desktop.directory, "quarters.png");
    await Bun.write(path, quartersPng(size));
    const resized: string[] = [];
    await using stream = await openSmall({ source: `wayland:${desktop.path}` });
    using _ = stream.subscribe({
      onFrame: ({ release }) => release(),
      onResized: ({ width, height }) => void resized.push(`${width}x${height}`),
      onEnd: () => undefined,
    });
    await collect(stream, ({ length }) => length === 5);
    await desktop.message(`output HEADLESS-1 transform ${turn}`);
    await desktop.message(`output HEADLESS-1 bg ${path} stretch`);
    const isSideways = turn.includes("90") || turn.includes("270");
    const shown = isSideways ? { width: 360, height: 640 } : size;
    const place = fitPicture(shown, smallMode);
    // The background is drawn by a program of its own, which takes a moment.
    const seen = async () => {
      const frames = await collect(stream, ({ length }) => length === 20);
      const pictures = await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" });
      return quarterPoints.map(([x, y]) => {
        const column = Math.floor(place.x + x * place.width);
        return pictures.at(-1)?.data[Math.floor(place.y + y * place.height) * 320 + column] ?? 0;
      });
    };
    const wanted = quarterGreys.map((grey) => Math.round(luma([grey, grey, grey])));
    const isUpright = (levels: readonly number[]) =>
      levels.every((seenLevel, at) => Math.abs(seenLevel - (wanted[at] ?? 0)) < 4);
    let found = await seen();
    for (let tries = 0; tries < 10 && !isUpright(found); tries++) found = await seen();
    expect(isUpright(found) ? wanted : found).toEqual(wanted);
    // And so another program sees it.
    for (const [at, [x, y]] of quarterPoints.entries()) {
      const point = [Math.floor(x * shown.width), Math.floor(y * shown.height)] as const;
      expect(await desktop.pixel(...point)).toEqual(Array(3).fill(quarterGreys[at]));
    }
    const last = isSideways ? "360x640" : "640x360";
    await until(() => resized.at(-1) === last, { what: `the size is ${last}` });
  },
  40_000,
);

/** What a stream reports of its source being away, as it comes. */
function watchAbsence(stream: EncodeStream) {
  const seen: (string | undefined)[] = [];
  stream.subscribe({
    onFrame: ({ release }) => release(),
    onAbsence: ({ why }) => void seen.push(why),
    onEnd: () => undefined,
  });
  return seen;
}

/** The level of a point of the newest picture. */
async function level(stream: EncodeStream): Promise<number> {
  const frames = await collect(stream, ({ length }) => length === 20);
  const pictures = await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" });
  return pictures.at(-1)?.data[320 * 90 + 160] ?? -1;
}

test("a compositor that is restarted is streamed black until it is back, with its new size", async () => {
  const desktop = await startDesktop(size);
  await using stream = await openSmall({ source: `wayland:${desktop.path}` });
  const seen = watchAbsence(stream);
  await collect(stream, ({ length }) => length === 5);
  await desktop.kill();
  await until(() => seen.length === 1, { what: "the stream says that the desktop has ended" });
  expect(await level(stream)).toBe(16);
  await using _ = await startDesktop({ width: 800, height: 600 }, desktop.directory);
  await until(() => seen.length === 2, { what: "the stream says that the desktop is back" });
  expect(seen).toEqual(["desktop_gone", undefined]);
  let found = await level(stream);
  for (let tries = 0; tries < 10 && found < 30; tries++) found = await level(stream);
  expect(found).toBeGreaterThan(30);
}, 30_000);

test("a desktop that does not come back within ten seconds ends its stream with a reason", async () => {
  await using desktop = await startDesktop(size);
  const source = `wayland:${desktop.path}`;
  await using stream = await openSmall({ source });
  await collect(stream, ({ length }) => length === 10);
  // Bun's `rejects` lets nothing else happen until the promise is settled.
  const ended = collect(stream, () => false).catch(String);
  await desktop.kill();
  expect(await ended).toContain("The screen is gone");
}, 30_000);
