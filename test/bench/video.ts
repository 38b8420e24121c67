/**
 * How long the encode worker takes a frame, stage by stage, and what it costs. Run by itself:
 * `bun test/bench/video.ts [seconds]`.
 */
import { collect, type KeptFrame, openSmall } from "../support/stream.ts";

const seconds = Number(process.argv[2] ?? 10);
const modes = [
  { width: 1280, height: 720, fps: 60, bitrateKbps: 10_000 },
  { width: 1920, height: 1080, fps: 60, bitrateKbps: 20_000 },
];

for (const mode of modes) {
  const stream = await openSmall(mode);
  await collect(stream, ({ length }) => length === mode.fps); // Compilers and caches warm up.
  const before = process.cpuUsage();
  const frames = await collect(stream, ({ length }) => length === mode.fps * seconds);
  const { user, system } = process.cpuUsage(before);
  await stream.close();
  print(
    `testsrc ${mode.width}x${mode.height}p${mode.fps} ${stream.encoder}`,
    frames,
    user + system,
  );
}

function print(title: string, frames: readonly KeptFrame[], cpuUs: number): void {
  const spanUs = (frames.at(-1)?.captureStartUs ?? 0) - (frames[0]?.captureStartUs ?? 0);
  const rate = ((frames.length - 1) * 1e6) / spanUs;
  console.log(`${title}: ${rate.toFixed(2)} frames/s, ${percent(cpuUs / spanUs)} of a core`);
  console.log(
    `  µs p50/p99/max: ${row(
      "capture",
      frames.map(({ captureUs }) => captureUs),
    )}`,
  );
  console.log(
    `                  ${row(
      "submit",
      frames.map(({ submitUs }) => submitUs),
    )}`,
  );
  console.log(
    `                  ${row(
      "encode",
      frames.map(({ encodeUs }) => encodeUs),
    )}`,
  );
  const steps = frames
    .slice(1)
    .map((frame, i) => frame.captureStartUs - (frames[i]?.captureStartUs ?? 0));
  console.log(`                  ${row("between starts", steps)}`);
}

function row(name: string, values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return `${name} ${at(0.5)}/${at(0.99)}/${at(1)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
