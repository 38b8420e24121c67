import { expect, test } from "bun:test";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { decodeLuma, run } from "../../support/decode.ts";
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
/** Slots from the first frame to the last. */
const spanOf = (frames: readonly KeptFrame[]) =>
  (frames.at(-1)?.slot ?? 0) - (frames[0]?.slot ?? 0);

/** Pictures of a film of 24 fps, at most, that came and went between two frames of 60 fps. */
function passedOver(frames: readonly KeptFrame[]): number {
  return frames.slice(1).reduce((sum, { slot }, index) => {
    const slots = slot - (frames[index]?.slot ?? slot);
    return sum + Math.max(0, Math.ceil((slots * 24) / 60) - 1);
  }, 0);
}

for (const name of ["film.mp4", "film.mkv", "film.ts"]) {
  test(`${name} at 24 fps gives 24 new and 36 repeated frames a second, loop after loop`, async () => {
    await using directory = await tempDirectory();
    const options = ["-f", "lavfi", "-i", picture, "-t", "1", "-c:v", "libx264", "-bf", "2"];
    const source = await makeFile(join(directory.path, name), options);
    await using stream = await openSmall({ source });
    const frames = await collect(stream, (all) => spanOf(all) >= 180);
    // A busy machine leaves slots out, and of the film only what lies wholly in such a gap.
    const seconds = spanOf(frames) / 60;
    const newCount = frames.filter(isNew).length;
    expect(newCount).toBeWithin(23 * seconds - passedOver(frames), 25.01 * seconds);
    const format = "h264";
    const shown = await decodeLuma(streamBytes(frames), { ...smallMode, format });
    expect(shown).toHaveLength(frames.length);
  });
}

test("how old a picture of a film is when it is taken is less than what passed since the slot before", async () => {
  await using directory = await tempDirectory();
  const options = ["-f", "lavfi", "-i", picture, "-t", "1", "-c:v", "libx264"];
  const source = await makeFile(join(directory.path, "film.mp4"), options);
  await using stream = await openSmall({ source });
  const frames = await collect(stream, (all) => spanOf(all) >= 120);
  for (const [index, { isRepeat, sourceAgeUs, captureStartUs }] of frames.entries()) {
    const before = frames[index - 1];
    if (isRepeat) expect(sourceAgeUs).toBeUndefined();
    else if (before === undefined) expect(sourceAgeUs).toBe(0);
    else expect(sourceAgeUs).toBeWithin(0, captureStartUs - before.captureStartUs + 1);
  }
});

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
  await expect(openSmall({ source })).rejects.toThrow("it has no video");
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

/** Luma of the last of so many frames that a film gives. */
async function lastLuma(source: string, count: number) {
  await using stream = await openSmall({ source, bitrateKbps: 4000 });
  const frames = await collect(stream, ({ length }) => length === count);
  const last = (await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" })).at(-1);
  if (last === undefined) throw new Error("Nothing was decoded");
  return (x: number, y: number) => last.data[y * 320 + x] ?? 0;
}

test("a film that is to be shown turned is turned as other players do", async () => {
  await using directory = await tempDirectory();
  // White on its left half: turned by a quarter the white is above or below.
  const half = "color=black:size=320x180:rate=24,drawbox=0:0:160:180:white:fill";
  const flat = await makeFile(join(directory.path, "flat.mp4"), [
    "-f",
    "lavfi",
    "-i",
    half,
    "-t",
    "1",
  ]);
  const found: boolean[] = [];
  for (const rotate of [90, 270]) {
    const turn = ["-i", flat.slice("file:".length), "-c", "copy", "-metadata:s:v"];
    const path = join(directory.path, `${rotate}.mp4`);
    const levelAt = await lastLuma(await makeFile(path, [...turn, `rotate=${rotate}`]), 5);
    // What Debian's ffmpeg, which turns by itself, has above.
    const above = ["-vf", "crop=64:64:0:0,format=gray", "-frames:v", "1", "-f", "rawvideo", "-"];
    const [other = 0] = await run(["ffmpeg", "-v", "error", "-i", path, ...above], Buffer.alloc(0));
    expect([levelAt(160, 30) > 128, levelAt(160, 150) > 128]).toEqual([other > 128, other <= 128]);
    // 180x320 stands in the middle third of 320x180.
    expect([levelAt(80, 30), levelAt(240, 30)]).toEqual([16, 16]);
    found.push(other > 128);
  }
  expect(found.toSorted()).toEqual([false, true]);
});

test("a picture that is held for 12 s is not followed by the next before", async () => {
  await using directory = await tempDirectory();
  const held = ["-f", "lavfi", "-i", "color=white:size=320x180:rate=1:duration=2"];
  const options = [...held, "-vf", "setpts='if(eq(N,0),0,12/TB)'", "-fps_mode", "passthrough"];
  const source = await makeFile(join(directory.path, "held.mkv"), options);
  await using stream = await openSmall({ source, fps: 30 });
  const frames = await collect(stream, (all) => all.filter(isNew).length === 2);
  expect(spanOf(frames) / 30).toBeWithin(11.9, 12.2);
});

test("an interlaced film does not comb", async () => {
  await using directory = await tempDirectory();
  // An upright bar that has moved on between the two fields of each picture.
  const bar =
    "nullsrc=size=320x180:rate=50,geq=lum='if(lt(mod(X+N*20,80),40),235,16)':cb=128:cr=128";
  const fields = "tinterlace=interleave_top,setfield=tff";
  const marked = ["-vf", fields, "-c:v", "libx264", "-qp", "10", "-flags", "+ilme+ildct"];
  const options = ["-f", "lavfi", "-i", bar, "-t", "1", ...marked];
  const levelAt = await lastLuma(await makeFile(join(directory.path, "comb.mkv"), options), 12);
  const steps = Array.from({ length: 32_000 }, (_, at) => {
    const [x, y] = [at % 320, 40 + Math.floor(at / 320)];
    return Math.abs(levelAt(x, y) - levelAt(x, y + 1));
  });
  expect(Math.max(...steps)).toBeLessThan(60);
});

test("a film in HDR is neither grey nor dark", async () => {
  await using directory = await tempDirectory();
  // White of 203 cd/m² beside black, in PQ: codes 594 and 64 of 10 bits.
  const ramp =
    "nullsrc=size=320x180:rate=24,format=yuv420p10,geq=lum='if(lt(X,160),594,64)':cb=512:cr=512";
  const tags =
    "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited:log-level=none";
  const coded = ["-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", tags];
  const options = ["-f", "lavfi", "-i", ramp, "-t", "1", ...coded];
  const levelAt = await lastLuma(await makeFile(join(directory.path, "hdr.mkv"), options), 5);
  expect(levelAt(60, 90)).toBeGreaterThan(150);
  expect(levelAt(260, 90)).toBeLessThan(24);
});
