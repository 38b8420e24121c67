/** Memory over long times: of the recorder by the manual clock, of a real host in real minutes. */

import { heapStats } from "bun:jsc";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { residentMbOf } from "./measure.ts";
import { nativeSession, recorderIn, sampleOf } from "./recorder-parts.ts";
import { startPlayer, startRunningHost } from "./running-host.ts";
import { tempDirectory } from "./temp-directory.ts";

export type CaptureMemory = {
  /** Heap in megabytes at the end of each capture. */
  readonly fullMb: readonly number[];
  /** The same once it was saved. */
  readonly savedMb: readonly number[];
};

const windowCount = 5400;
const readingMs = 5000;

/** Captures of three hours each, one after the other. */
export async function recordThreeHours(captureCount: number): Promise<CaptureMemory> {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { clock, recorder } = parts;
  const fullMb: number[] = [];
  const savedMb: number[] = [];
  for (let capture = 0; capture < captureCount; capture++) {
    await recorder.start();
    const session = recorder.registerSession(nativeSession);
    for (let window = 0; window < windowCount; window++) {
      clock.advanceMs(2000);
      recorder.pushSample(session, sampleOf());
      if (window % 500 === 0) await setImmediate();
    }
    fullMb.push(heapMb());
    await recorder.stop();
    savedMb.push(heapMb());
  }
  return { fullMb, savedMb };
}

/** Resident megabytes of a host, every five seconds while it streams 720p60 and records. */
export async function streamFor(seconds: number): Promise<number[]> {
  await using directory = await tempDirectory();
  await using host = await startRunningHost(join(directory.path, "data"));
  await host.call("POST", "/api/v1/stats/capture/start");
  const player = startPlayer(host, ["--seconds", `${seconds}`]);
  const readings: number[] = [];
  const timer = setInterval(() => readings.push(residentMbOf(host.pid)), readingMs);
  const code = await player.exited.finally(() => clearInterval(timer));
  if (code !== 0) throw new Error(`The player ended with ${code}: ${await player.stderr.text()}`);
  return readings;
}

function heapMb(): number {
  Bun.gc(true);
  return heapStats().heapSize / 1e6;
}
