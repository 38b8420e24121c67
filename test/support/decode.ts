/** Reads encoded streams with Debian's own ffmpeg, so that the encoder is not its own judge. */
import type { Luma } from "../../src/video/code-block.ts";

type Format = "h264" | "hevc" | "obu";

/** Luma planes of every frame; throws when ffmpeg says anything at all about the stream. */
export async function decodeLuma(
  stream: Uint8Array,
  picture: { width: number; height: number; format: Format },
): Promise<Luma[]> {
  const { width, height } = picture;
  const output = ["-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-f", "rawvideo", "-"];
  const raw = await run(
    ["ffmpeg", "-v", "error", "-f", picture.format, "-i", "-", ...output],
    stream,
  );
  const luma: Luma[] = [];
  const pictureBytes = width * height * 1.5;
  for (let start = 0; start + pictureBytes <= raw.length; start += pictureBytes) {
    luma.push({ data: raw.subarray(start, start + width * height), stride: width, width, height });
  }
  return luma;
}

async function run(command: string[], input: Uint8Array): Promise<Uint8Array> {
  const child = Bun.spawn(command, { stdin: input, stdout: "pipe", stderr: "pipe" });
  const [output, complaint] = await Promise.all([child.stdout.bytes(), child.stderr.text()]);
  if ((await child.exited) !== 0 || complaint !== "") {
    throw new Error(`Cannot run "${command.join(" ")}": ${complaint}`);
  }
  return output;
}
