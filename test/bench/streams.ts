/** Whole streams: a real host and real players on this machine, and what they cost. */
import { join } from "node:path";
import type { Capture, StatsSample } from "../../src/model/capture.ts";
import type { PlaySummary } from "../../src/native/player/totals.ts";
import { encodersFor } from "../../src/video/encoders.ts";
import { rateControlOf } from "../../src/video/rate-control.ts";
import { cpuMsOf, percentile, type Row, spread } from "../support/measure.ts";
import { streamFor } from "../support/memory-runs.ts";
import { type RunningHost, startPlayer, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

type Mode = { readonly width: number; readonly height: number; readonly fps: number };
type Played = {
  readonly summary: PlaySummary;
  readonly samples: readonly StatsSample[];
  /** Of the host, in percent of one core. */
  readonly cpuPercent: number;
};

const hd: Mode = { width: 1280, height: 720, fps: 60 };
const fullHd: Mode = { width: 1920, height: 1080, fps: 60 };
const turnCount = 3;
const historyTurnCount = 6;

/** One line a mode, and the latency of the smaller. */
export async function benchStream(seconds = 60): Promise<Row[]> {
  const rows: Row[] = [];
  for (const mode of [hd, fullHd]) {
    const played = await withHost((host) => play(host, { mode, seconds, isArmed: true }));
    rows.push(smoothness(mode, seconds, played));
    if (mode === hd) rows.push(latency(played));
  }
  return rows;
}

/** The same stream with the recorder armed and not, in turns. */
export async function benchArmed(seconds = 15): Promise<Row[]> {
  const ratios: number[] = [];
  const idle: number[] = [];
  const armed: number[] = [];
  await withHost(async (host) => {
    for (let turn = 0; turn < turnCount; turn++) {
      const off = await play(host, { mode: hd, seconds, isArmed: false });
      const on = await play(host, { mode: hd, seconds, isArmed: true });
      idle.push(off.cpuPercent);
      armed.push(on.cpuPercent);
      ratios.push(on.cpuPercent / off.cpuPercent);
    }
  });
  const measured = `${spread(ratios, 3)} x; % of a core armed ${spread(armed)}, not ${spread(idle)}`;
  return [{ what: "host CPU at 720p60, armed : not armed", reach: "no difference", measured }];
}

/** The same stream with the history on and off, in turns. */
export async function benchHistoryCpu(seconds = 20): Promise<Row[]> {
  const [on, off]: [number[], number[]] = [[], []];
  await withHost(async (host) => {
    const percentOf = async (history_days: number) => {
      await host.call("PATCH", "/api/v1/settings", { history_days });
      return (await play(host, { mode: hd, seconds, isArmed: false })).cpuPercent;
    };
    for (let turn = 0; turn < historyTurnCount; turn++) {
      // Which goes first changes with each turn: a machine that gets busier favours neither.
      if (turn % 2 === 0) off.push(await percentOf(0));
      on.push(await percentOf(7));
      if (turn % 2 === 1) off.push(await percentOf(0));
    }
  });
  const ratios = on.map((percent, turn) => percent / (off[turn] ?? Number.NaN));
  const measured = `${spread(ratios, 3)} x; % of a core on ${spread(on)}, off ${spread(off)}`;
  return [{ what: "host CPU at 720p60, history on : off", reach: "<= 1.01 x", measured }];
}

/** The host against the `ffmpeg` program with the same picture and encoder settings, in turns. */
export async function benchCpu(seconds = 20): Promise<Row[]> {
  const ratios: number[] = [];
  const own: number[] = [];
  const other: number[] = [];
  await withHost(async (host) => {
    for (let turn = 0; turn < turnCount; turn++) {
      const ffmpeg = await runFfmpeg(fullHd, seconds);
      const { cpuPercent } = await play(host, { mode: fullHd, seconds, isArmed: true });
      own.push(cpuPercent);
      other.push(ffmpeg);
      ratios.push(cpuPercent / ffmpeg);
    }
  });
  const measured = `${spread(ratios, 3)} x; % of a core host ${spread(own)}, ffmpeg ${spread(other)}`;
  return [{ what: "host CPU at 1080p60, recording : ffmpeg", reach: "<= 1.00 x", measured }];
}

/** How the cost grows with the number of sessions. */
export async function benchSessions(seconds = 12): Promise<Row[]> {
  const mode: Mode = { width: 640, height: 360, fps: 30 };
  const rows: Row[] = [];
  // The last is more than two cores can encode.
  for (const count of [1, 2, 4, 8, 16]) {
    const played = await withHost((host) => playMany(host, { mode, seconds, count }));
    const samples = played.flatMap((each) => each.samples.slice(1));
    const cpu = played[0]?.cpuPercent ?? 0;
    const fps = Math.min(...played.map(({ summary }) => summary.frames / summary.seconds));
    rows.push({
      what: `${count} sessions of 640x360 at 30`,
      reach: "linear, none missed",
      measured: `${cpu.toFixed(1)} % of a core (${(cpu / count).toFixed(1)} each), least fps ${fps.toFixed(2)}, missed slots ${missedSlots(samples, mode.fps)} of ${slotCount(samples, mode.fps)}, said by the host ${saidMissed(samples)}, dropped ${droppedIn(samples)}`,
    });
  }
  return rows;
}

/** Memory of a host that streams and records for `seconds`. */
export async function benchSoak(seconds = 20 * 60): Promise<Row[]> {
  const readings = await streamFor(seconds);
  const quarter = Math.max(1, Math.floor(readings.length / 4));
  const measured = `${spread(readings.slice(quarter, 2 * quarter))} in the second quarter, ${spread(readings.slice(-quarter))} in the last`;
  return [{ what: `resident MB, ${seconds / 60} min of 720p60`, reach: "flat", measured }];
}

type PlayRequest = { readonly mode: Mode; readonly seconds: number; readonly isArmed: boolean };

async function withHost<T>(work: (host: RunningHost) => Promise<T>): Promise<T> {
  await using directory = await tempDirectory();
  await using host = await startRunningHost(join(directory.path, "data"));
  return await work(host);
}

async function play(host: RunningHost, request: PlayRequest): Promise<Played> {
  const { isArmed, ...rest } = request;
  const [played] = await playMany(host, { ...rest, count: 1 }, isArmed);
  if (played === undefined) throw new Error("Bug: nobody played");
  return played;
}

type Many = { readonly mode: Mode; readonly seconds: number; readonly count: number };

async function playMany(host: RunningHost, request: Many, isArmed = true): Promise<Played[]> {
  const { mode, seconds, count } = request;
  if (isArmed) await host.call("POST", "/api/v1/stats/capture/start");
  const size = ["--width", `${mode.width}`, "--height", `${mode.height}`, "--fps", `${mode.fps}`];
  const players = Array.from({ length: count }, () =>
    startPlayer(host, [...size, "--seconds", `${seconds}`]),
  );
  const outputs = players.map((player) => player.stdout.text());
  while ((await sessionCount(host)) < count) await Bun.sleep(50);
  const cpuMs = cpuMsOf(host.pid);
  // The players' own seconds begin with their first frame: measured well within them.
  const measuredMs = (seconds - 2) * 1000;
  await Bun.sleep(measuredMs);
  const cpuPercent = ((cpuMsOf(host.pid) - cpuMs) / measuredMs) * 100;
  const texts = await Promise.all(outputs);
  const samples = isArmed ? await stopCapture(host) : [];
  return texts.map((text) => {
    const summary: PlaySummary = JSON.parse(text);
    const own = samples.filter((sample) => sample.session_id === summary.session_id);
    return { summary, samples: own, cpuPercent };
  });
}

async function sessionCount(host: RunningHost): Promise<number> {
  const status = await (await host.call("GET", "/api/v1/status")).json();
  return (status as { session_count: number }).session_count;
}

async function stopCapture(host: RunningHost): Promise<readonly StatsSample[]> {
  const meta = await (await host.call("POST", "/api/v1/stats/capture/stop")).json();
  const { id } = meta as { id: string };
  const answer = await host.call("GET", `/api/v1/stats/recordings/${id}`);
  return ((await answer.json()) as Capture).samples;
}

function smoothness(mode: Mode, seconds: number, { summary, samples, cpuPercent }: Played): Row {
  // The first window has the first second in it.
  const later = samples.slice(1);
  const fps = later.map((sample) => sample.fps);
  const gap = later.map((sample) => sample.gap_p99_us ?? 0);
  return {
    what: `${mode.width}x${mode.height} at 60, ${seconds} s`,
    reach: "60.0 fps, 0 missed, gap p99 < 1000 us",
    measured: `fps ${spread(fps, 2)}, missed slots ${missedSlots(later, mode.fps)}, gap p99 ${spread(gap, 0)} us (below 1000 in ${gap.filter((us) => us < 1000).length} of ${gap.length} windows), frames lost ${summary.frames_lost}, host ${cpuPercent.toFixed(0)} % of a core`,
  };
}

function latency({ summary, samples }: Played): Row {
  const p50 = (name: string) =>
    percentile(
      samples
        .flatMap(({ stages }) => stages.filter((stage) => stage.name === name))
        .map((stage) => stage.p50_us),
      0.5,
    );
  const [encode, send] = [p50("encode"), p50("send")];
  const whole = summary.latency_p50_us ?? 0;
  return {
    what: "capture start to frame complete, 720p60",
    reach: "p50 <= encode p50 + 4 ms + pacing",
    measured: `p50 ${whole} us = encode ${encode.toFixed(0)} + send with pacing ${send.toFixed(0)} + ${(whole - encode - send).toFixed(0)} us`,
  };
}

/** Slots of the grid in which no frame was made, by the windows' real lengths. */
function missedSlots(samples: readonly StatsSample[], fps: number): number {
  let missed = 0;
  for (const { window_us = 0, frame_count = 0 } of samples) {
    missed += Math.max(0, Math.round((window_us * fps) / 1e6) - frame_count);
  }
  return missed;
}

function slotCount(samples: readonly StatsSample[], fps: number): number {
  return samples.reduce((sum, { window_us = 0 }) => sum + Math.round((window_us * fps) / 1e6), 0);
}

/** What the samples themselves say of it. */
function saidMissed(samples: readonly StatsSample[]): number {
  return samples.reduce((sum, { missed_slots = 0 }) => sum + missed_slots, 0);
}

function droppedIn(samples: readonly StatsSample[]): number {
  return samples.reduce((sum, sample) => sum + sample.frames_dropped, 0);
}

/** CPU of the program in percent of a core, its own start left out. */
async function runFfmpeg(mode: Mode, seconds: number): Promise<number> {
  const [setup] = encodersFor("h264", "x264");
  if (setup === undefined) throw new Error("Bug: h264 has no software encoder");
  const rate = rateControlOf(setup, { ...mode, bitrateKbps: 10_000 });
  const line = [
    ...["ffmpeg", "-v", "error", "-nostdin", "-re", "-f", "lavfi"],
    ...["-i", `testsrc2=size=${mode.width}x${mode.height}:rate=${mode.fps},format=yuv420p`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-threads", "2"],
    ...["-sc_threshold", "0", "-g", "1000000", "-b:v", `${rate.bitsPerSecond}`],
    ...["-maxrate", `${rate.peakBitsPerSecond}`, "-bufsize", `${rate.bufferBits}`],
    ...["-f", "rtp", "rtp://127.0.0.1:47990"],
  ];
  const child = Bun.spawn(line, { stdio: ["ignore", "ignore", "ignore"] });
  await Bun.sleep(1500);
  const cpuMs = cpuMsOf(child.pid);
  const measuredMs = (seconds - 2) * 1000;
  await Bun.sleep(measuredMs);
  const percent = ((cpuMsOf(child.pid) - cpuMs) / measuredMs) * 100;
  child.kill();
  await child.exited;
  return percent;
}
