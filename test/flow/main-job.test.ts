/**
 * The main job with real processes: a host streams to a player, the recorder is armed in between
 * over HTTP, and what it saved is held against the player's own account and against ffprobe.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Capture, StatsSample } from "../../src/model/capture.ts";
import { type Alone, checkoutAlone, type Host, startHost } from "../support/executable.ts";
import { command, countFrames, decodeErrors } from "../support/programs.ts";

const stageNames = ["capture", "submit", "encode", "send"];

type Summary = { frames: number; bytes: number; seconds: number; packets_lost: number };

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

  async play(...args: string[]): Promise<Summary> {
    const line = ["play", this.#host.nativeAddress, "--json", ...args];
    const { code, stdout, stderr } = await this.#alone.run(line);
    if (code !== 0) throw new Error(`play ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Waits until so many sessions play. */
  async sessionCount(wanted: number): Promise<void> {
    await until(async () => {
      const sessions = (await (await this.call("GET", "/sessions")).json()) as unknown[];
      return sessions.length === wanted;
    });
  }

  /** Records until every one of `sessionCount` sessions has `sampleCount` samples. */
  async record(sessionCount: number, sampleCount: number): Promise<Capture> {
    await this.sessionCount(sessionCount);
    await this.call("POST", "/stats/capture/start");
    await until(async () => {
      const live = (await (await this.call("GET", "/stats/capture/live")).json()) as Capture;
      const ids = (live.meta.sessions ?? []).map((session) => session.session_id);
      const counts = ids.map((id) => ofSession(live, id).length);
      return counts.length === sessionCount && Math.min(...counts) >= sampleCount;
    });
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

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(20_000);
  while (!(await isSo())) {
    deadline.throwIfAborted();
    await Bun.sleep(50);
  }
}

const ofSession = (capture: Capture, id: number): StatsSample[] =>
  capture.samples.filter((sample) => sample.session_id === id);

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function stageMean(capture: Capture, name: string): number {
  const stages = capture.samples.flatMap((sample) => sample.stages);
  return mean(stages.filter((stage) => stage.name === name).map((stage) => stage.mean_us ?? 0));
}

test("a capture agrees with the player's own account and with ffprobe", async () => {
  await withHost([], async (run) => {
    const out = run.path("a.h264");
    const played = run.play("--seconds", "9", "--width", "640", "--height", "360", "--out", out);
    const capture = await run.record(1, 3);
    const summary = await played;
    expect(await countFrames(out)).toBe(summary.frames);
    expect(await decodeErrors(out)).toBe("");
    expect(capture.meta).toMatchObject({ kind: "native", width: 640, height: 360, codec: "h264" });
    for (const sample of capture.samples) {
      expect(sample.stages.map((stage) => stage.name)).toEqual(stageNames);
      const stages = sample.stages.reduce((sum, stage) => sum + (stage.mean_us ?? 0), 0);
      expect(stages + (sample.gap_mean_us ?? 0)).toBeCloseTo(sample.total_mean_us ?? 0, 1);
    }
    const rates = capture.samples.map((sample) => sample.fps + sample.repeat_fps);
    expect(mean(rates) / (summary.frames / summary.seconds)).toBeCloseTo(1, 1);
    const mbps = mean(capture.samples.map((sample) => sample.mbps));
    expect(mbps / ((summary.bytes * 8) / summary.seconds / 1e6)).toBeCloseTo(1, 1);
    expect(summary.packets_lost).toBe(0);
  });
}, 60_000);

test("an encoder slowed down on purpose shows in encode alone", async () => {
  const recordWith = async (...args: string[]) => {
    let recorded: Capture | undefined;
    await withHost(args, async (run) => {
      const mode = ["--width", "320", "--height", "180", "--fps", "30"];
      const played = run.play("--seconds", "6", ...mode);
      recorded = await run.record(1, 2);
      await played;
    });
    if (recorded === undefined) throw new Error("nothing was recorded");
    return recorded;
  };
  const fast = await recordWith();
  const slow = await recordWith("--encoder-preset", "veryslow");
  const added = (name: string) => stageMean(slow, name) - stageMean(fast, name);
  expect(added("encode")).toBeGreaterThan(1000);
  for (const name of ["capture", "submit", "send"]) {
    expect(Math.abs(added(name))).toBeLessThan(added("encode") / 2);
  }
}, 60_000);

test("two players in different modes are kept apart", async () => {
  await withHost([], async (run) => {
    const large = run.play("--seconds", "9", "--width", "640", "--height", "360");
    await run.sessionCount(1);
    const mode = ["--width", "320", "--height", "180", "--fps", "30"];
    const small = run.play("--seconds", "9", ...mode);
    const capture = await run.record(2, 2);
    await Promise.all([large, small]);
    // They stand in the order in which they first recorded, which is either.
    const sessions = (capture.meta.sessions ?? []).toSorted((a, b) => b.width - a.width);
    expect(sessions.map(({ width, fps }) => ({ width, fps }))).toEqual([
      { width: 640, fps: 60 },
      { width: 320, fps: 30 },
    ]);
    const rateOf = (id: number | undefined) =>
      mean(ofSession(capture, id ?? 0).map((sample) => sample.fps));
    expect(rateOf(sessions[0]?.session_id)).toBeGreaterThan(45);
    expect(rateOf(sessions[1]?.session_id)).toBeLessThan(31);
  });
}, 60_000);

test("a film of 24 fps in a session of 60 gives 24 new frames a second", async () => {
  await using alone = await checkoutAlone();
  const film = join(alone.folder, "film.mp4");
  const source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2"];
  await command("ffmpeg", "-v", "error", ...source, "-c:v", "libx264", "-y", film);
  await withHost(["--source", `file:${film}`], async (run) => {
    const played = run.play("--seconds", "6", "--width", "320", "--height", "180");
    const capture = await run.record(1, 2);
    await played;
    for (const sample of capture.samples) {
      expect(sample.fps).toBeGreaterThan(22.5);
      expect(sample.fps).toBeLessThan(25.5);
      expect(sample.repeat_fps).toBeGreaterThan(20);
    }
  });
}, 60_000);
