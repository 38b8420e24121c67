import { expect, test } from "bun:test";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { decodeLuma } from "../../support/decode.ts";
import {
  collect,
  type KeptFrame,
  openSmall,
  smallMode,
  streamBytes,
} from "../../support/stream.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const picture = "testsrc2=size=320x180:rate=24";

async function makeFile(path: string, options: readonly string[]): Promise<string> {
  const child = Bun.spawn(["ffmpeg", "-v", "error", "-y", ...options, path], { stderr: "inherit" });
  expect(await child.exited).toBe(0);
  return `file:${path}`;
}

const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;

for (const name of ["film.mp4", "film.mkv", "film.ts"]) {
  test(`${name} at 24 fps gives 24 new and 36 repeated frames a second, loop after loop`, async () => {
    await using directory = await tempDirectory();
    const options = ["-f", "lavfi", "-i", picture, "-t", "1", "-c:v", "libx264", "-bf", "2"];
    const source = await makeFile(join(directory.path, name), options);
    await using stream = await openSmall({ source });
    const frames = await collect(stream, ({ length }) => length === 181);
    expect(frames.filter(isNew).length / 3).toBeWithin(23, 25.01);
    expect((frames.length - frames.filter(isNew).length) / 3).toBeWithin(35, 37.01);
    const format = "h264";
    expect(await decodeLuma(streamBytes(frames), { ...smallMode, format })).toHaveLength(181);
  });
}

test("a film faster than the stream gives a new frame in every slot", async () => {
  await using directory = await tempDirectory();
  const fast = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=60", "-t", "1"];
  const source = await makeFile(join(directory.path, "fast.mp4"), fast);
  await using stream = await openSmall({ source, fps: 24 });
  const frames = await collect(stream, ({ length }) => length === 36);
  expect(frames.filter(isNew)).toHaveLength(36);
});

test("a still picture is new once", async () => {
  await using directory = await tempDirectory();
  const one = ["-f", "lavfi", "-i", picture, "-frames:v", "1"];
  const source = await makeFile(join(directory.path, "one.png"), one);
  await using stream = await openSmall({ source });
  const frames = await collect(stream, ({ length }) => length === 30);
  expect(frames.map(isNew).lastIndexOf(true)).toBe(0);
});

test("a film of another shape is shown whole between black bars", async () => {
  await using directory = await tempDirectory();
  const white = ["-f", "lavfi", "-i", "color=white:size=100x100:rate=24", "-t", "1"];
  const source = await makeFile(join(directory.path, "white.mp4"), white);
  await using stream = await openSmall({ source });
  const frames = await collect(stream, ({ length }) => length === 5);
  const [shown] = await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" });
  const levelAt = (x: number) => shown?.data[90 * 320 + x];
  expect([levelAt(4), levelAt(60)]).toEqual([16, 16]);
  expect(levelAt(160)).toBeGreaterThan(225);
  expect([levelAt(258), levelAt(315)]).toEqual([16, 16]);
});

test("a file with sound alone is refused", async () => {
  await using directory = await tempDirectory();
  const sound = ["-f", "lavfi", "-i", "sine", "-t", "1"];
  const source = await makeFile(join(directory.path, "sound.wav"), sound);
  await expect(openSmall({ source })).rejects.toThrow("it has no moving picture");
});

test("a file that is missing or no film is refused with what was in the way", async () => {
  await using directory = await tempDirectory();
  const missing = `file:${directory.path}/missing.mp4`;
  await expect(openSmall({ source: missing })).rejects.toThrow(
    new Error(`File not found: ${directory.path}/missing.mp4`),
  );
  const noise = join(directory.path, "noise.mp4");
  await Bun.write(noise, crypto.getRandomValues(new Uint8Array(10_000)));
  await expect(openSmall({ source: `file:${noise}` })).rejects.toThrow(
    `Cannot open "file:${noise}"`,
  );
});

test("a file that loses its content ends its own stream with a reason and no other", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "film.mkv");
  // Large enough for its content not to be in buffers already.
  const options = ["-f", "lavfi", "-i", picture, "-t", "4", "-c:v", "rawvideo"];
  const source = await makeFile(path, options);
  await using stream = await openSmall({ source });
  await using other = await openSmall();
  await collect(stream, ({ length }) => length === 10);
  await truncate(path, 0);
  const ended = collect(stream, () => false);
  await expect(ended).rejects.toThrow(`Cannot stream "${source}"`);
  expect(await collect(other, ({ length }) => length === 30)).toHaveLength(30);
});
