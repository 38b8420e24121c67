/** Colours as a player that heeds the stream's tags shows them, from every source and codec. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { CodecName } from "../../src/model/capture.ts";
import { type Colors, cutColors, decodeColors, run } from "../support/decode.ts";
import { command } from "../support/programs.ts";
import { collect, openSmall, smallMode, streamBytes } from "../support/stream.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { startScreen } from "../support/x-server.ts";

const formats = { h264: "h264", hevc: "hevc", av1: "obu" } as const;
const codecs = ["h264", "hevc", "av1"] as const satisfies readonly CodecName[];
const { width, height } = smallMode;
/** Red, green, blue: with a wrong matrix each is off by 20 and more. */
const painted = [0xff0000, 0x00c000, 0x2040ff] as const;
const tolerance = 8;

async function lastPicture(codec: CodecName, source: string): Promise<Colors> {
  await using stream = await openSmall({ codec, source, bitrateKbps: 8000 });
  const frames = await collect(stream, ({ length }) => length === 12);
  const shown = await decodeColors(streamBytes(frames), { width, height, format: formats[codec] });
  const last = shown.at(-1);
  if (last === undefined) throw new Error("Nothing was decoded");
  return last;
}

type Color = readonly number[];

function difference(one: Color, other: Color): number {
  return Math.max(...one.map((part, index) => Math.abs(part - (other[index] ?? 0))));
}

/** As Debian's ffmpeg draws it in red, green and blue, over half a second. */
async function drawTestPicture(): Promise<Colors[]> {
  const drawn = ["-f", "lavfi", "-i", `testsrc2=size=${width}x${height}:rate=60,format=rgb24`];
  const raw = ["-frames:v", "30", "-f", "rawvideo", "-"];
  return cutColors(
    await run(["ffmpeg", "-v", "error", ...drawn, ...raw], Buffer.alloc(0)),
    width,
    height,
  );
}

/** Coloured places in which nothing moves and no edge is near. */
function plainPlaces(frames: readonly Colors[]) {
  const places: { x: number; y: number; color: Color }[] = [];
  for (let y = 8; y < height - 8; y += 4) {
    for (let x = 8; x < width - 8; x += 4) {
      const color = frames[0]?.at(x, y) ?? [0, 0, 0];
      const isColored = Math.max(...color) - Math.min(...color) > 100;
      const isPlain = (frame: Colors) =>
        around.every(([dx, dy]) => difference(frame.at(x + dx, y + dy), color) === 0);
      if (isColored && frames.every(isPlain)) places.push({ x, y, color });
    }
  }
  return places;
}

const around = [
  [0, 0],
  [4, 0],
  [-4, 0],
  [0, 4],
  [0, -4],
] as const;

function expectColor(shown: readonly number[], wanted: number): void {
  const parts = [wanted >> 16, (wanted >> 8) & 0xff, wanted & 0xff];
  const off = parts.map((part, index) => Math.abs(part - (shown[index] ?? 0)));
  expect({ shown, isNear: Math.max(...off) <= tolerance }).toEqual({ shown, isNear: true });
}

for (const codec of codecs) {
  test(`colours of the test picture come out of ${codec} as they were drawn`, async () => {
    const drawn = await drawTestPicture();
    const shown = await lastPicture(codec, "testsrc");
    const plain = plainPlaces(drawn);
    expect(plain.length).toBeGreaterThan(20);
    const off = plain.map(({ x, y, color }) => difference(shown.at(x, y), color));
    expect(off.toSorted((a, b) => a - b)[off.length >> 1]).toBeLessThan(tolerance);
  });

  test(`colours of a screen come out of ${codec} as they were painted`, async () => {
    await using screen = await startScreen({ width, height });
    for (const color of painted) {
      screen.paint(color);
      const shown = await lastPicture(codec, `x11:${screen.display}`);
      expectColor(shown.at(40, 90), color);
    }
  });

  test(`colours of films in BT.601 and BT.709 come out of ${codec} alike`, async () => {
    await using directory = await tempDirectory();
    for (const matrix of ["bt601", "bt709"]) {
      const path = join(directory.path, `${matrix}.mkv`);
      const [color, space] = [painted[0], matrix === "bt601" ? "smpte170m" : "bt709"];
      const paint = `color=0x${color.toString(16).padStart(6, "0")}:size=${width}x${height}:rate=24`;
      const convert = `format=rgb24,scale=out_color_matrix=${matrix}:out_range=tv,format=yuv420p`;
      const tags = ["-colorspace", space, "-color_range", "tv", "-c:v", "libx264", "-qp", "4"];
      const input = ["-f", "lavfi", "-i", `${paint},${convert}`, "-t", "1"];
      await command("ffmpeg", "-v", "error", ...input, ...tags, path);
      const shown = await lastPicture(codec, `file:${path}`);
      expectColor(shown.at(40, 90), color);
    }
  });
}
