/**
 * `kill -9` of a real host at a random moment, while it streams and records: no file is damaged, no
 * capture that was reported is gone, and of one that was recording the last window at most.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Capture, CaptureMeta, StatsStatus } from "../../src/model/capture.ts";
import type { Random } from "../support/random.ts";
import { type RunningHost, startPlayer, startRunningHost } from "../support/running-host.ts";

/** What was said of a capture: the least that must be found of it. */
type Promised = { sampleCount: number; isSaved: boolean };

export type Killed = {
  readonly rounds: number;
  readonly captures: number;
  readonly samples: number;
};

const aliveMsMax = 7000;
const askMs = 40;
const windowMs = 2000;

/** @throws Error with what was lost or damaged. */
export async function killRounds(
  dataDirectory: string,
  { rounds, random }: { rounds: number; random: Random },
): Promise<Killed> {
  const promised = new Map<number, Promised>();
  for (let round = 0; round < rounds; round++) {
    const host = await startRunningHost(dataDirectory);
    const player = startPlayer(host, ["--width", "320", "--height", "180", "--reconnect", "0"]);
    const killed = Bun.sleep(random.below(aliveMsMax)).then(() => host.kill());
    await record(host, promised, random);
    await killed;
    await player.exited;
  }
  await using host = await startRunningHost(dataDirectory);
  const metas = await read<CaptureMeta[]>(host, "/api/v1/stats/recordings");
  let samples = 0;
  for (const meta of metas) samples += await checkCapture(host, meta);
  await checkNothingDamaged(dataDirectory);
  for (const [startedMs, least] of promised) checkPromise(metas, startedMs, least);
  return { rounds, captures: metas.length, samples };
}

/** Starts captures and stops some, and notes what the host said, until it is gone. */
async function record(
  host: RunningHost,
  promised: Map<number, Promised>,
  random: Random,
): Promise<void> {
  try {
    for (;;) {
      const started = await ask<StatsStatus>(host, "POST", "/api/v1/stats/capture/start");
      const facts = { sampleCount: 0, isSaved: false };
      promised.set(started.started_unix_ms, facts);
      const stopAt = 1 + random.below(4);
      while (facts.sampleCount < stopAt) {
        await Bun.sleep(askMs);
        const status = await ask<StatsStatus>(host, "GET", "/api/v1/stats/capture/status");
        facts.sampleCount = status.sample_count;
      }
      const meta = await ask<CaptureMeta>(host, "POST", "/api/v1/stats/capture/stop");
      facts.sampleCount = meta.sample_count;
      facts.isSaved = true;
    }
  } catch (cause) {
    if (host.process.exitCode === null && host.process.signalCode === null) {
      // The connection breaks a moment before the kernel says that the process has ended.
      await host.process.exited;
    }
    if (host.process.signalCode !== "SIGKILL") throw cause;
  }
}

async function ask<T>(host: RunningHost, method: string, path: string): Promise<T> {
  const answer = await host.call(method, path);
  if (answer.status !== 200) throw new Error(`"${method} ${path}" answered ${answer.status}`);
  return (await answer.json()) as T;
}

const read = <T>(host: RunningHost, path: string) => ask<T>(host, "GET", path);

/** Gives the number of its samples. */
async function checkCapture(host: RunningHost, meta: CaptureMeta): Promise<number> {
  const { samples } = await read<Capture>(host, `/api/v1/stats/recordings/${meta.id}`);
  if (samples.length !== meta.sample_count) {
    throw new Error(`Capture "${meta.id}" has ${samples.length} of ${meta.sample_count} samples`);
  }
  for (let index = 1; index < samples.length; index++) {
    const distanceMs = (samples[index]?.t_ms ?? 0) - (samples[index - 1]?.t_ms ?? 0);
    // A window closes with the first frame after its end.
    if (distanceMs < windowMs - 50) throw new Error(`Capture "${meta.id}" has a sample twice`);
  }
  return samples.length;
}

async function checkNothingDamaged(dataDirectory: string): Promise<void> {
  for (const folder of ["captures/damaged", "journal/damaged", "journal"]) {
    const names = await readdir(join(dataDirectory, folder)).catch(() => []);
    if (names.length > 0) throw new Error(`"${folder}" holds ${names.join(", ")}`);
  }
}

function checkPromise(metas: readonly CaptureMeta[], startedMs: number, least: Promised): void {
  const found = metas.filter((meta) => meta.started_unix_ms === startedMs);
  if (found.length !== 1) throw new Error(`Capture of ${startedMs} is there ${found.length} times`);
  const { sample_count: count = 0 } = found[0] ?? {};
  const wanted = least.isSaved ? least.sampleCount : least.sampleCount - 1;
  if (count < wanted)
    throw new Error(`Capture of ${startedMs} has ${count}, not ${wanted} samples`);
}
