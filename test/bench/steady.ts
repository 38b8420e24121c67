/**
 * How steady a stream is beside busy programs and on narrow links: a host and its players in two
 * network namespaces, the cable between them cut, shared and lossy. Needs root.
 */
import type { Session } from "../../src/model/session.ts";
import { LinkFollower } from "../../src/session/link-follower.ts";
import { PictureFollower } from "../../src/session/picture-follower.ts";
import type { Row } from "../support/measure.ts";
import { NetworkRun, sumOf } from "../support/network-run.ts";

const asked = 10_000;
const play = ["--width", "1280", "--height", "720", "--bitrate-kbps", `${asked}`];
const pollMs = 150;
/** A third of a second at 3 Mbit/s: what a router keeps. */
const queueBytes = 100_000;
const busyCount = 4;

type Moment = { readonly ms: number; readonly session: Session };

/** What a link does to a stream; four minutes. */
export async function benchSteady(): Promise<Row[]> {
  return [
    ...(await cutLink()),
    await randomLoss(),
    await sharedLink(),
    await steadyLink(),
    await greyPicture(),
    controllerCost(),
  ];
}

/** What other programs do to it; three minutes. */
export async function benchBusy(): Promise<Row[]> {
  return [
    await busyMachine("granted", ["--priority", "auto"]),
    await busyMachine("not granted", ["--priority", "normal"]),
  ];
}

/** What the API says of the first session, for so long. */
async function follow(run: NetworkRun, seconds: number): Promise<Moment[]> {
  const moments: Moment[] = [];
  const startMs = performance.now();
  for (let ms = 0; ms < seconds * 1000; ms = performance.now() - startMs) {
    const [session]: Session[] = JSON.parse(await run.call("GET", "sessions"));
    if (session !== undefined) moments.push({ ms, session });
    await Bun.sleep(pollMs);
  }
  return moments;
}

/** From when on it holds for good, in seconds; none where it does not at the end. */
function since(moments: readonly Moment[], holds: (session: Session) => boolean): string {
  const last = moments.findLastIndex(({ session }) => !holds(session));
  if (last === moments.length - 1) return "never";
  return `${((moments[last + 1]?.ms ?? 0) / 1000).toFixed(1)} s`;
}

async function cutLink(): Promise<Row[]> {
  await using run = await NetworkRun.start({ play }, 3);
  const before = await follow(run, 2);
  const baseUs = Math.min(...before.map(({ session }) => session.rtt_us ?? 0));
  const first = (await run.samples(0)).length;
  await run.machines.shape(3000, queueBytes);
  const narrow = await follow(run, 10);
  await run.machines.unshape();
  const windows = (await run.samples(first + 5)).slice(first, first + 5);
  const wide = await follow(run, 10);
  const lost = sumOf(windows, "frames_lost");
  const keys = windows.reduce((sum, { keyframes = 0 }) => sum + keyframes, 0);
  const frames = windows.reduce((sum, { frame_count = 0 }) => sum + frame_count, 0);
  return [
    {
      what: "cable cut to 3 Mbit/s: bitrate below it for good after",
      reach: "<= 1.5 s",
      measured: since(narrow, ({ bitrate_kbps }) => bitrate_kbps < 3000),
    },
    {
      what: "frames lost, key frames in those 10 s",
      reach: "<= 2 %, <= 2",
      measured: `${((100 * lost) / Math.max(1, frames)).toFixed(1)} % of ${frames}, ${keys}`,
    },
    {
      what: "round trip within 30 ms of its base for good after",
      reach: "<= 2 s",
      measured: since(narrow, ({ rtt_us = 0 }) => rtt_us < baseUs + 30_000),
    },
    {
      what: "cable whole again: 80 % of the bitrate after",
      reach: "<= 10 s",
      measured: since(wide, ({ bitrate_kbps }) => bitrate_kbps >= asked * 0.8),
    },
  ];
}

const rates = (moments: readonly Moment[]) => moments.map(({ session }) => session.bitrate_kbps);

async function randomLoss(): Promise<Row> {
  await using run = await NetworkRun.start({ play }, 3);
  await run.machines.lose(2, run.port);
  const least = Math.min(...rates(await follow(run, 30)));
  const measured = `${Math.round((100 * (asked - least)) / asked)} %`;
  return { what: "2 % random loss for 30 s: bitrate lowered by", reach: "<= 10 %", measured };
}

async function sharedLink(): Promise<Row> {
  await using run = await NetworkRun.start({ play }, 2);
  run.play({ play });
  await run.machines.shape(8000, queueBytes);
  await Bun.sleep(10_000);
  const sums = [0, 0];
  for (let count = 0; count < 60; count++) {
    const sessions: Session[] = JSON.parse(await run.call("GET", "sessions"));
    for (const [index, { bitrate_kbps }] of sessions.entries())
      sums[index] = (sums[index] ?? 0) + bitrate_kbps / 60;
    await Bun.sleep(pollMs);
  }
  const [one = 0, other = 0] = sums;
  const off = Math.abs(one / ((one + other) / 2) - 1);
  const measured = `${Math.round(one)} and ${Math.round(other)} kbit/s, ${Math.round(100 * off)} %`;
  return { what: "two sessions on 8 Mbit/s: off half after 10 s", reach: "<= 20 %", measured };
}

async function steadyLink(): Promise<Row> {
  await using run = await NetworkRun.start({ play }, 2);
  const all = rates(await follow(run, 60));
  const moved = (Math.max(...all) - Math.min(...all)) / asked;
  const measured = `${(100 * moved).toFixed(1)} %`;
  return { what: "whole cable: bitrate moves in a minute", reach: "<= 5 %", measured };
}

async function greyPicture(): Promise<Row> {
  await using run = await NetworkRun.start({ play }, 2);
  const first = (await run.samples(0)).length;
  await run.machines.shape(400, 20_000);
  const shown = await follow(run, 30);
  const windows = (await run.samples(first + 15)).slice(first);
  const grey = windows.filter(({ quality = 100 }) => quality < 15).length * 2;
  const last = shown.at(-1)?.session;
  const mode = `${last?.width}x${last?.height}@${last?.fps}`;
  const measured = `${grey} s, ${mode} at the end, quality ${windows.at(-1)?.quality} %`;
  return { what: "cable cut to 400 kbit/s for 30 s: quality below 15 % for", reach: "", measured };
}

/** Per frame and per report of one session, of a core. */
function controllerCost(): Row {
  const reportCount = 200_000;
  let nowUs = 0;
  const follower = new LinkFollower({
    askedKbps: () => asked,
    floorKbps: 200,
    load: () => ({ mediaBytes: nowUs, wireBytes: nowUs * 1.1, datagramCount: nowUs / 1000 }),
    followsBitrate: () => true,
    onTarget: () => undefined,
  });
  const picture = new PictureFollower({
    asked: () => ({ width: 1280, height: 720, fps: 60 }),
    onPicture: () => undefined,
  });
  const startUs = performance.now() * 1000;
  for (let index = 1; index <= reportCount; index++) {
    nowUs += 50_000;
    const counts = { sequence: 60 * index, receivedCount: 60 * index };
    const delayUs = 5000 + (index % 7) * 300;
    follower.add({ atUs: nowUs, delayUs, lateUs: 0, ...counts, receivedBytes: 62_500 * index });
    for (let frame = 0; frame < 3; frame++) picture.onFrame({ quality: 50 });
    picture.tick(nowUs);
  }
  const perReportUs = (performance.now() * 1000 - startUs) / reportCount;
  const measured = `${((perReportUs * 20) / 1e4).toFixed(3)} % (${perReportUs.toFixed(1)} us a report)`;
  return { what: "controllers of one session, of a core", reach: "<= 0.2 %", measured };
}

async function busyMachine(name: string, serve: readonly string[]): Promise<Row> {
  await using run = await NetworkRun.start({ play, serve }, 2);
  const first = (await run.samples(0)).length;
  const busy = Array.from({ length: busyCount }, () =>
    Bun.spawn(["sh", "-c", "while :; do :; done"], { stdout: "ignore" }),
  );
  try {
    // Asking the host meanwhile would be a fifth busy program.
    await Bun.sleep(60_000);
    const windows = (await run.samples(first + 30)).slice(first, first + 30);
    const { priority } = JSON.parse(await run.call("GET", "status"));
    const missed = sumOf(windows, "missed_slots");
    const measured = `${missed} of 3600, ${sumOf(windows, "frames_dropped")} dropped (status: ${priority})`;
    const what = `${busyCount} busy processes, priority ${name}: missed in a minute`;
    return { what, reach: name === "granted" ? "0" : "", measured };
  } finally {
    for (const one of busy) one.kill("SIGKILL");
  }
}
