/** The console's port and the host at rest: captures over HTTP, start, memory, the executable. */
import type { Stats } from "node:fs";
import { copyFile, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { cpuMsOf, type Row, residentMbOf, spread } from "../support/measure.ts";
import { hostCommand, type RunningHost, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { recordFull } from "./recorder.ts";

const clock = systemClock();
const executable = "dist/onglass";
const id = "2026-06-26T20-14-03Z_1280x720";
const connectionCount = 4;

export async function benchHttp(): Promise<Row[]> {
  await using directory = await tempDirectory();
  const dataDirectory = join(directory.path, "data");
  const path = await placeCapture(directory.path, dataDirectory);
  await using host = await startRunningHost(dataDirectory);
  const capture = `/api/v1/stats/recordings/${id}`;
  const before = residentMbOf(host.pid);
  await rateOf(host, capture, 2);
  const early = residentMbOf(host.pid);
  const rates = [
    await rateOf(host, capture, 4),
    await rateOf(host, capture, 4),
    await rateOf(host, capture, 4),
  ];
  const late = residentMbOf(host.pid);
  const { size } = await stat(path);
  const warm: number[] = [];
  for (let turn = 0; turn < 3; turn++) warm.push(await rateOf(host, `${capture}/series`, 3));
  return [
    {
      what: `a capture of 5,400 samples (${(size / 1e6).toFixed(1)} MB) over HTTP`,
      reach: ">= 400 a second, memory flat",
      measured: `${spread(rates, 0)} a second; resident MB ${before.toFixed(0)} before, ${early.toFixed(0)} after the first 2 s, ${late.toFixed(0)} after 14 s`,
    },
    {
      what: "its series of 600 points, warm",
      reach: ">= 1,000 a second",
      measured: `${spread(warm, 0)} a second`,
    },
    { what: "the same, cold", reach: "<= 15 ms", measured: `${spread(await coldMs(host), 1)} ms` },
  ];
}

/** What starts a host: the executable where one was built, the checkout otherwise. */
export async function shippedCommand(): Promise<{ command: readonly string[]; built?: Stats }> {
  const built = await stat(executable).catch(() => undefined);
  if (built === undefined) return { command: hostCommand() };
  return { command: [join(process.cwd(), executable)], built };
}

export async function benchStart(): Promise<Row[]> {
  const { command, built } = await shippedCommand();
  const of = built === undefined ? " (checkout)" : " (executable)";
  const rows: Row[] = [];
  const size = built === undefined ? "not built" : `${(built.size / 1e6).toFixed(1)} MB`;
  rows.push({ what: "executable", reach: "<= 160 MB", measured: size });
  await using directory = await tempDirectory();
  const dataDirectory = join(directory.path, "data");
  const timesMs: number[] = [];
  for (let turn = 0; turn < 8; turn++) {
    const timeMs = await firstAnswerMs(command, dataDirectory);
    // The first one made the certificate and unpacked FFmpeg.
    if (turn > 0) timesMs.push(timeMs);
  }
  rows.push({
    what: `first answer after exec${of}`,
    reach: "<= 120 ms",
    measured: `${spread(timesMs, 0)} ms`,
  });
  await using host = await startRunningHost(dataDirectory, { command });
  const restMs = 20_000;
  await Bun.sleep(5000);
  const cpuMs = cpuMsOf(host.pid);
  await Bun.sleep(restMs);
  const percent = ((cpuMsOf(host.pid) - cpuMs) / restMs) * 100;
  rows.push({
    what: `memory at rest${of}`,
    reach: "<= 90 MB",
    measured: `${residentMbOf(host.pid).toFixed(1)} MB`,
  });
  rows.push({
    what: `CPU at rest${of}, 20 s`,
    reach: "< 0.5 % of a core",
    measured: `${percent.toFixed(2)} %`,
  });
  return rows;
}

async function placeCapture(scratch: string, dataDirectory: string): Promise<string> {
  const captures = join(dataDirectory, "captures");
  const made = join(scratch, "capture.json");
  const path = join(captures, `${id}.json`);
  await mkdir(captures, { recursive: true });
  await Bun.write(made, JSON.stringify((await recordFull(scratch)).capture));
  await copyFile(made, path);
  return path;
}

/** Answers a second, over a few connections that are never idle. */
async function rateOf(host: RunningHost, path: string, seconds: number): Promise<number> {
  const startUs = clock.nowUs();
  const endUs = startUs + seconds * 1e6;
  let count = 0;
  const ask = async () => {
    while (clock.nowUs() < endUs) {
      const answer = await host.call("GET", path);
      if (answer.status !== 200 || answer.body === null)
        throw new Error(`"${path}" answered ${answer.status}`);
      // Read to its end and kept nowhere.
      for await (const _piece of answer.body);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: connectionCount }, ask));
  return (count * 1e6) / (clock.nowUs() - startUs);
}

/** Every query is another one, so that none is known. */
async function coldMs(host: RunningHost): Promise<number[]> {
  const timesMs: number[] = [];
  for (let turn = 1; turn <= 21; turn++) {
    const startUs = clock.nowUs();
    const query = `points=600&from=${turn}`;
    await (await host.call("GET", `/api/v1/stats/recordings/${id}/series?${query}`)).bytes();
    timesMs.push((clock.nowUs() - startUs) / 1000);
  }
  return timesMs;
}

/** From the start of the process to an answer of `/healthz`. */
export async function firstAnswerMs(
  command: readonly string[],
  dataDirectory: string,
): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const listen = ["--listen", `127.0.0.1:${port}`, "--native-listen", "127.0.0.1:0"];
  const startUs = clock.nowUs();
  const child = Bun.spawn([...command, "serve", "--data-dir", dataDirectory, ...listen], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  try {
    while (child.exitCode === null) {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
      if (answer?.ok === true) return (clock.nowUs() - startUs) / 1000;
      await Bun.sleep(1);
    }
    throw new Error(`The host ended with code ${child.exitCode}`);
  } finally {
    child.kill();
    await child.exited;
  }
}
