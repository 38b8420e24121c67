/** What the player says, against clocks that are not its own. Needs root. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readCode } from "../../src/video/code-block.ts";
import { decodeLuma } from "../support/decode.ts";
import { isRoot, NetworkRun, sumOf } from "../support/network-run.ts";
import { readPictures } from "../support/picture-times.ts";
import { median } from "../support/stream.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const frameUs = 1e6 / 60;
const faketime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

test.skipIf(!isRoot)(
  "the latency the player reports is the time drawn into the picture until the picture is there",
  async () => {
    await using run = await NetworkRun.start({ play: ["--out", "-"] }, 0);
    const enough = Promise.withResolvers<void>();
    const reading = readPictures(run.output, (count) => count >= 240 && enough.resolve());
    await enough.promise;
    const summary = await run.summary("stderr");
    const { stream, arrivedUs } = await reading;
    const pictures = await decodeLuma(stream, { width: 640, height: 360, format: "h264" });
    expect(pictures).toHaveLength(summary.frames);
    expect(arrivedUs).toHaveLength(summary.frames);
    const latencies = pictures.map((picture, index) => {
      const code = readCode(picture);
      if (code === undefined) throw new Error(`Picture ${index} shows no time`);
      return (arrivedUs[index] ?? 0) - code.captureStartUs;
    });
    const latency = median(latencies);
    expect(Math.abs(latency - (summary.latency_p50_us ?? Number.NaN))).toBeLessThan(frameUs);
    // What is read from outside cannot be earlier than what the player says, clocks' offset aside.
    expect(Math.min(...latencies)).toBeGreaterThan(0);
  },
  60_000,
);

test.skipIf(!isRoot)(
  "a wall clock that is set while the player runs changes none of its numbers",
  async () => {
    expect(existsSync(faketime)).toBe(true);
    await using directory = await tempDirectory();
    const timeFile = join(directory.path, "time");
    await Bun.write(timeFile, "+0");
    const env = {
      LD_PRELOAD: faketime,
      FAKETIME_TIMESTAMP_FILE: timeFile,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
    await using run = await NetworkRun.start({ play: [], playEnv: env });
    for (const step of ["+7200", "-86400", "+31536000"]) {
      await Bun.write(timeFile, step);
      expect(await wallClockAheadS(env)).toBeWithin(Number(step) - 60, Number(step) + 60);
      await run.samples((await run.samples(0)).length + 1);
    }
    const summary = await run.summary();
    const samples = await run.samples(0);
    expect(summary.seconds).toBeWithin(6, 30);
    // A busy machine makes fewer frames; the host counts the slots in which it made none.
    const slots = summary.frames + sumOf(samples, "missed_slots");
    expect(slots / summary.seconds).toBeWithin(55, 62);
    expect(summary.packets_lost).toBe(0);
    expect(summary.frames_lost).toBe(0);
    expect(summary.idr_requests).toBe(0);
    expect(summary.latency_p50_us).toBeWithin(500, 100_000);
    expect(summary.latency_p99_us).toBeWithin(500, 1_000_000);
    expect(summary.rtt_p50_us).toBeWithin(1, 100_000);
    for (const { rtt_us } of samples) expect(rtt_us ?? 0).toBeLessThan(1_000_000);
  },
  60_000,
);

/** How far a program of the same runtime in the same environment is from the time of this one. */
async function wallClockAheadS(env: Record<string, string>): Promise<number> {
  const child = Bun.spawn([process.execPath, "-e", "console.log(Date.now())"], {
    env: { ...process.env, ...env },
    stdout: "pipe",
  });
  return (Number(await child.stdout.text()) - Date.now()) / 1000;
}
