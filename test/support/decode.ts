/** Reads encoded streams with Debian's own ffmpeg, so that the encoder is not its own judge. */
import type { Luma } from "../../src/video/code-block.ts";
import { programLimitMs } from "./programs.ts";

type Format = "h264" | "hevc" | "obu";

type Picture = { readonly width: number; readonly height: number; readonly format: Format };

/** Luma planes of every frame; throws when ffmpeg says anything at all about the stream. */
export async function decodeLuma(stream: Uint8Array, picture: Picture): Promise<Luma[]> {
  return await lumaOf(stream, picture, []);
}

/**
 * Luma planes from the frame `index` on: what comes before is decoded and heard of, and takes no
 * memory. A stream of 1920x1080 has a gigabyte in eight seconds.
 */
export async function decodeLumaFrom(
  stream: Uint8Array,
  { index, ...picture }: Picture & { readonly index: number },
): Promise<Luma[]> {
  return await lumaOf(stream, picture, ["-vf", `select=gte(n\\,${index})`]);
}

async function lumaOf(
  stream: Uint8Array,
  { width, height, format }: Picture,
  filter: readonly string[],
): Promise<Luma[]> {
  // The input's own fine time base: in one of the first frame rate, frames of a higher one coincide.
  const times = ["-fps_mode", "passthrough", "-enc_time_base", "-1"];
  const output = [...filter, "-pix_fmt", "yuv420p", ...times, "-f", "rawvideo", "-"];
  const raw = await run(["ffmpeg", "-v", "error", "-f", format, "-i", "-", ...output], stream);
  const luma: Luma[] = [];
  const pictureBytes = width * height * 1.5;
  for (let start = 0; start + pictureBytes <= raw.length; start += pictureBytes) {
    luma.push({ data: raw.subarray(start, start + width * height), stride: width, width, height });
  }
  return luma;
}

/** Red, green and blue of every pixel, as a player that heeds the stream's tags shows them. */
export type Colors = {
  readonly at: (x: number, y: number) => readonly [number, number, number];
};

/** Every frame in colours; throws when the stream is not tagged BT.709 in limited range. */
export async function decodeColors(stream: Uint8Array, picture: Picture): Promise<Colors[]> {
  const { width, height, format } = picture;
  const shown = "stream=color_range,color_space,color_transfer,color_primaries";
  const probe = ["ffprobe", "-v", "error", "-f", format, "-show_entries", shown, "-of", "csv=p=0"];
  const tags = Buffer.from(await run([...probe, "-i", "-"], stream))
    .toString()
    .trim();
  if (tags !== "tv,bt709,bt709,bt709") throw new Error(`The stream's colours are "${tags}"`);
  const matrix = "scale=in_color_matrix=bt709:in_range=tv,format=rgb24";
  const output = ["-vf", matrix, "-fps_mode", "passthrough", "-f", "rawvideo", "-"];
  const raw = await run(["ffmpeg", "-v", "error", "-f", format, "-i", "-", ...output], stream);
  return cutColors(raw, width, height);
}

/** The frames of raw RGB bytes, three a pixel. */
export function cutColors(raw: Uint8Array, width: number, height: number): Colors[] {
  const frames: Colors[] = [];
  for (let start = 0; start + width * height * 3 <= raw.length; start += width * height * 3) {
    const at = (x: number, y: number) => {
      const [red = 0, green = 0, blue = 0] = raw.subarray(start + (y * width + x) * 3);
      return [red, green, blue] as const;
    };
    frames.push({ at });
  }
  return frames;
}

/** What a program prints, given `input`; throws with its words when it has any. */
export async function run(command: string[], input: Uint8Array): Promise<Uint8Array> {
  const pipes = { stdin: input, stdout: "pipe", stderr: "pipe" } as const;
  const child = Bun.spawn(command, { ...pipes, timeout: programLimitMs });
  const [output, complaint] = await Promise.all([child.stdout.bytes(), child.stderr.text()]);
  if ((await child.exited) !== 0 || complaint !== "") {
    const how = child.signalCode ?? child.exitCode;
    throw new Error(`Cannot run "${command.join(" ")}" (${how}): ${complaint}`);
  }
  return output;
}
