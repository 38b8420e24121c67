/**
 * The main job with real processes: a host streams to a player, the recorder is armed in between
 * over HTTP, and what it saved is held against the player's own account and against ffprobe.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Capture, StatsSample } from "../../src/model/capture.ts";
import { type Alone, checkoutAlone, type Host, startHost } from "../support/executable.ts";
import { command, countFrames, decodeErrors } from "../support/programs.ts";
import { until } from "../support/until.ts";

const stageNames = ["capture", "submit", "encode", "send"];

type Summary = {
  frames: number;
  bytes: number;
  seconds: number;
  packets_lost: number;
  slots_skipped: number;
};

class Run {
  readonly #alone: Alone;
  readonly #host: Host;
  readonly #token: string;

  constructor(parts: { alone: Alone; host: Host; token: string }) {
    this.#alone = parts.alone;
    this.#host = parts.host;
    this.#token = parts.token;
  }

  path(name: string): string {
    return join(this.#alone.folder, name);
  }

  async call(method: "GET" | "POST", path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#token}` };
    return await fetch(`${this.#host.consoleUrl}/api/v1${path}`, { method, headers });
  }

  /** A player that plays until it is stopped as by Ctrl-C: however slow the machine, no sample is missing. */
  play(...args: string[]): { stop(): Promise<Summary> } {
    const child = this.#alone.start(["play", this.#host.nativeAddress, "--json", ...args]);
    const outputs = Promise.all([child.stdout.text(), child.stderr.text()]);
    return {
      stop: async () => {
        child.kill("SIGINT");
        const code = await child.exited;
        const [stdout, stderr] = await outputs;
        if (code !== 0) throw new Error(`play ended with ${code}: ${stderr}`);
        return JSON.parse(stdout);
      },
    };
  }

  /** Waits until so many sessions play. */
  async sessionCount(wanted: number): Promise<void> {
    const areThere = async () => {
      const sessions = (await (await this.call("GET", "/sessions")).json()) as unknown[];
      return sessions.length === wanted;
    };
    await until(areThere, { what: `${wanted} sessions play` });
  }

  /** Records until every one of `sessionCount` sessions has `sampleCount` samples. */
  async record(sessionCount: number, sampleCount: number): Promise<Capture> {
    await this.sessionCount(sessionCount);
    await this.call("POST", "/stats/capture/start");
    const isWhole = async () => {
      const live = (await (await this.call("GET", "/stats/capture/live")).json()) as Capture;
      const ids = (live.meta.sessions ?? []).map((session) => session.session_id);
      const counts = ids.map((id) => ofSession(live, id).length);
      return counts.length === sessionCount && Math.min(...counts) >= sampleCount;
    };
    await until(isWhole, { what: "the samples are there", deadlineMs: 50_000 });
    const meta = (await (await this.call("POST", "/stats/capture/stop")).json()) as { id: string };
    return (await (await this.call("GET", `/stats/recordings/${meta.id}`)).json()) as Capture;
  }
}

async function withHost(args: readonly string[], work: (run: Run) => Promise<void>) {
  await using alone = await checkoutAlone();
  const host = await startHost(alone, { args });
  const token = (await Bun.file(join(alone.dataDirectory, "token")).text()).trim();
  await work(new Run({ alone, host, token }));
}

const ofSession = (capture: Capture, id: number): StatsSample[] =>
  capture.samples.filter((sample) => sample.session_id === id);

/** The least median of all windows: other programs on the machine make single frames slow, not all. */
function stageTime(capture: Capture, name: string): number {
  const stages = capture.samples.flatMap((sample) => sample.stages);
  return Math.min(...stages.filter((stage) => stage.name === name).map((stage) => stage.p50_us));
}

const secondsOf = ({ window_us = 0 }: StatsSample) => window_us / 1e6;
const sumOf = (samples: readonly StatsSample[], of: (sample: StatsSample) => number) =>
  samples.reduce((sum, sample) => sum + of(sample), 0);
const framesOf = (sample: StatsSample) => (sample.fps + sample.repeat_fps) * secondsOf(sample);
const skippedOf = ({ missed_slots = 0 }: StatsSample) => missed_slots;

/** Slots a second: frames, and what a busy machine left out. */
function slotRate(samples: readonly StatsSample[]): number {
  return sumOf(samples, (one) => framesOf(one) + skippedOf(one)) / sumOf(samples, secondsOf);
}

test("a capture agrees with the player's own account and with ffprobe", async () => {
  await withHost([], async (run) => {
    const out = run.path("a.h264");
    // So little that what a busy machine leaves waiting fits into the player's socket.
    const rate = ["--bitrate-kbps", "2000"];
    const player = run.play(...rate, "--width", "640", "--height", "360", "--out", out);
    const capture = await run.record(1, 3);
    const summary = await player.stop();
    expect(await countFrames(out)).toBe(summary.frames);
    expect(await decodeErrors(out)).toBe("");
    expect(capture.meta).toMatchObject({ kind: "native", width: 640, height: 360, codec: "h264" });
    for (const sample of capture.samples) {
      expect(sample.stages.map((stage) => stage.name)).toEqual(stageNames);
      const stages = sample.stages.reduce((sum, stage) => sum + (stage.mean_us ?? 0), 0);
      expect(stages + (sample.gap_mean_us ?? 0)).toBeCloseTo(sample.total_mean_us ?? 0, 1);
    }
    const { samples } = capture;
    const played = (summary.frames + summary.slots_skipped) / summary.seconds;
    expect(slotRate(samples) / played).toBeCloseTo(1, 1);
    const bytes = sumOf(samples, (one) => (one.mbps * 1e6 * secondsOf(one)) / 8);
    const bytesOfFrame = bytes / sumOf(samples, framesOf);
    expect(bytesOfFrame / (summary.bytes / summary.frames)).toBeCloseTo(1, 1);
    expect(summary.packets_lost).toBe(0);
  });
}, 60_000);

test("an encoder slowed down on purpose shows in encode alone", async () => {
  const recordWith = async (...args: string[]) => {
    let recorded: Capture | undefined;
    await withHost(args, async (run) => {
      const mode = ["--width", "320", "--height", "180", "--fps", "30"];
      const player = run.play(...mode);
      recorded = await run.record(1, 2);
      await player.stop();
    });
    if (recorded === undefined) throw new Error("nothing was recorded");
    return recorded;
  };
  const fast = await recordWith();
  const slow = await recordWith("--encoder-preset", "veryslow");
  const added = (name: string) => stageTime(slow, name) - stageTime(fast, name);
  expect(added("encode")).toBeGreaterThan(1000);
  for (const name of ["capture", "submit", "send"]) {
    expect(Math.abs(added(name))).toBeLessThan(added("encode") / 2);
  }
}, 60_000);

test("two players in different modes are kept apart", async () => {
  await withHost([], async (run) => {
    const large = run.play("--width", "640", "--height", "360");
    await run.sessionCount(1);
    const mode = ["--width", "320", "--height", "180", "--fps", "30"];
    const small = run.play(...mode);
    const capture = await run.record(2, 2);
    await Promise.all([large.stop(), small.stop()]);
    // They stand in the order in which they first recorded, which is either.
    const sessions = (capture.meta.sessions ?? []).toSorted((a, b) => b.width - a.width);
    expect(sessions.map(({ width, fps }) => ({ width, fps }))).toEqual([
      { width: 640, fps: 60 },
      { width: 320, fps: 30 },
    ]);
    const [first = [], second = []] = sessions.map(({ session_id }) =>
      ofSession(capture, session_id),
    );
    // Every slot is accounted for, as a frame, as skipped, or as dropped before it was sent.
    const dropped = sumOf(first, (one) => one.frames_dropped) / sumOf(first, secondsOf);
    expect((slotRate(first) + dropped) / 60).toBeCloseTo(1, 1);
    expect(sumOf(second, framesOf) / sumOf(second, secondsOf)).toBeLessThan(31);
  });
}, 60_000);

test("a film of 24 fps in a session of 60 gives 24 new frames a second", async () => {
  await using alone = await checkoutAlone();
  const film = join(alone.folder, "film.mp4");
  const source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2"];
  await command("ffmpeg", "-v", "error", ...source, "-c:v", "libx264", "-y", film);
  await withHost(["--source", `file:${film}`], async (run) => {
    const player = run.play("--width", "320", "--height", "180");
    const capture = await run.record(1, 2);
    await player.stop();
    for (const sample of capture.samples) {
      // A slot that a busy machine left out had a new picture to show, or a repeat of one.
      const skipped = skippedOf(sample) / secondsOf(sample);
      expect(sample.fps).toBeLessThan(25.5);
      expect(sample.fps + skipped).toBeGreaterThan(22.5);
      expect(sample.repeat_fps + skipped).toBeGreaterThan(20);
    }
  });
}, 60_000);
