/**
 * Desktops: a real sway without a screen, still and moving, and what the host spends on it, against an X
 * server that shows the same. Processor times are compared as ratios of runs that alternate.
 */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Capture, StatsSample } from "../../src/model/capture.ts";
import { cpuMsOf, loadNow, percentile, type Row, spread } from "../support/measure.ts";
import { type RunningHost, startPlayer, startRunningHost } from "../support/running-host.ts";
import { collect, openSmall } from "../support/stream.ts";
import { startDesktop, type TestDesktop } from "../support/sway.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { startScreen, type TestScreen } from "../support/x-server.ts";
import { conversionRow } from "./conversion.ts";

const hd = { width: 1280, height: 720 };
const fps = 60;
const drawnPerSecond = 57;
const warmUpMs = 3000;
const startCount = 5;
const painter = resolve("test/support/painter-process.ts");
const xPainter = resolve("test/support/x-painter-process.ts");
/** Runs of either kind that are compared. */
const pairCount = 3;
const pairSeconds = 10;

/** Still, moving, against X11, and the time to the first picture. */
export async function benchDesktop(seconds = 30): Promise<Row[]> {
  await using desktop = await startDesktop(hd);
  await using screen = await startScreen(hd);
  const still = await stillRow(desktop, seconds);
  const moving = describeMoving(await measure(onWayland(desktop), seconds));
  const compared = [await comparedRow(desktop, screen), conversionRow(hd)];
  return [still, ...moving, ...compared, await startRow(desktop), ...(await executableRow())];
}

/** What is streamed, and what moves on it. */
type Moved = {
  readonly source: string;
  readonly paint: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

function onWayland(desktop: TestDesktop): Moved {
  const paint = [painter, desktop.path, "1000000", `${drawnPerSecond}`];
  return { source: `wayland:${desktop.path}`, paint, env: desktop.env };
}

function onX11({ display }: TestScreen): Moved {
  const paint = [xPainter, display.slice(1), `${drawnPerSecond}`, "whole"];
  return { source: `x11:${display}`, paint };
}

async function withHost<T>(source: string, work: (host: RunningHost) => Promise<T>): Promise<T> {
  await using directory = await tempDirectory();
  const flags = ["--source", source];
  await using host = await startRunningHost(join(directory.path, "data"), { flags });
  return await work(host);
}

/** User and system time of the host's process, in percent of one core. */
async function cpuPercentOf(host: RunningHost, ms: number): Promise<number> {
  const before = cpuMsOf(host.pid);
  const startMs = performance.now();
  await Bun.sleep(ms);
  return ((cpuMsOf(host.pid) - before) / (performance.now() - startMs)) * 100;
}

async function stillRow(desktop: TestDesktop, seconds: number): Promise<Row> {
  return await withHost(`wayland:${desktop.path}`, async (host) => {
    await Bun.sleep(warmUpMs);
    const idle = await cpuPercentOf(host, 5000);
    const player = play(host, seconds + warmUpMs / 1000 + 5);
    await Bun.sleep(warmUpMs);
    const percent = await cpuPercentOf(host, seconds * 1000);
    player.kill();
    await player.exited;
    return {
      what: `a still desktop at 720p60, ${seconds} s`,
      reach: "<= 1 % of a core",
      measured: `${percent.toFixed(2)} % of a core; without a player ${idle.toFixed(2)} %; load ${loadNow()}`,
    };
  });
}

function play(host: RunningHost, seconds: number) {
  const size = ["--width", `${hd.width}`, "--height", `${hd.height}`, "--fps", `${fps}`];
  return startPlayer(host, [...size, "--seconds", `${seconds}`]);
}

async function measure({ source, paint, env }: Moved, seconds: number): Promise<Moving> {
  return await withHost(source, async (host) => {
    const program = Bun.spawn([process.execPath, ...paint], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "ignore"],
    });
    const player = play(host, seconds + 15);
    await Bun.sleep(warmUpMs);
    await host.call("POST", "/api/v1/stats/capture/start");
    const percent = await cpuPercentOf(host, seconds * 1000);
    const meta = await (await host.call("POST", "/api/v1/stats/capture/stop")).json();
    const { id } = meta as { id: string };
    const answer = await host.call("GET", `/api/v1/stats/recordings/${id}`);
    const { samples } = (await answer.json()) as Capture;
    const ages = await agesIn(host, id);
    for (const each of [player, program]) {
      each.kill();
      await each.exited;
    }
    return { samples: samples.slice(1), percent, ages };
  });
}

/** Host CPU of one frame of each, by turns, so that what else the machine does falls on both. */
async function comparedRow(desktop: TestDesktop, screen: TestScreen): Promise<Row> {
  const ratios: number[] = [];
  const captures: [wayland: number, x11: number][] = [];
  for (let count = 0; count < pairCount; count++) {
    const wayland = await measure(onWayland(desktop), pairSeconds);
    const x11 = await measure(onX11(screen), pairSeconds);
    ratios.push(perNewFrame(wayland) / perNewFrame(x11));
    captures.push([stageP50(wayland.samples, "capture"), stageP50(x11.samples, "capture")]);
  }
  const [onWaylandUs, onX11Us] = [0, 1].map((at) =>
    spread(
      captures.map((both) => both[at] ?? 0),
      0,
    ),
  );
  return {
    what: "host CPU for a new picture, wayland : x11",
    reach: "<= 0.75",
    measured: `${spread(ratios, 2)}; capture p50 ${onWaylandUs} : ${onX11Us} us; load ${loadNow()}`,
  };
}

/** Either may draw fewer on a busy machine. */
function perNewFrame({ percent, samples }: Moving): number {
  return (
    percent /
    percentile(
      samples.map((sample) => sample.fps),
      0.5,
    )
  );
}

function stageP50(samples: readonly StatsSample[], name: string): number {
  const stages = samples.flatMap((sample) => sample.stages.filter((stage) => stage.name === name));
  return percentile(
    stages.map((stage) => stage.p50_us),
    0.5,
  );
}

/** How old pictures were when they were taken, by the compositor's stamp, in the last frames. */
async function agesIn(host: RunningHost, id: string): Promise<number[]> {
  const path = `/api/v1/stats/recordings/${id}/frames?columns=source_age_us`;
  const rows = (await (await host.call("GET", path)).json()) as {
    columns?: { source_age_us?: (number | null)[] };
  };
  return (rows.columns?.source_age_us ?? []).flatMap((us) => (us === null ? [] : [us]));
}

type Moving = {
  readonly samples: readonly StatsSample[];
  readonly percent: number;
  readonly ages: readonly number[];
};

function describeMoving({ samples, percent, ages }: Moving): Row[] {
  return [
    {
      what: `a client that draws ${drawnPerSecond} pictures a second`,
      reach: `${drawnPerSecond} new ± 1 %`,
      measured: `new ${spread(samples.map((sample) => sample.fps))}, repeated ${spread(samples.map((sample) => sample.repeat_fps))} a second`,
    },
    {
      what: "capture stage, 720p60",
      reach: "p50 <= 1500 us",
      measured: `p50 ${stageP50(samples, "capture").toFixed(0)} us; host ${percent.toFixed(1)} % of a core; load ${loadNow()}`,
    },
    {
      what: "the compositor's stamp until the picture is taken",
      reach: "p50 <= 3000 us",
      measured: ages.length === 0 ? "not measured" : `p50 ${percentile(ages, 0.5).toFixed(0)} us`,
    },
  ];
}

/** From the request to the first new picture that is encoded. */
async function startRow(desktop: TestDesktop): Promise<Row> {
  const times: number[] = [];
  for (let count = 0; count < startCount; count++) {
    const startMs = performance.now();
    await using stream = await openSmall({ source: `wayland:${desktop.path}`, ...hd });
    await collect(stream, (frames) => frames.some(({ isRepeat }) => !isRepeat));
    times.push(performance.now() - startMs);
  }
  return {
    what: "a stream of a desktop until its first picture, ms",
    reach: "<= 400",
    measured: spread(times, 0),
  };
}

async function executableRow(): Promise<Row[]> {
  const path = process.env.ONGLASS_EXECUTABLE;
  if (path === undefined) return [];
  const megabytes = (await stat(path)).size / 1e6;
  return [{ what: "executable, MB", reach: "<= 160", measured: megabytes.toFixed(1) }];
}
