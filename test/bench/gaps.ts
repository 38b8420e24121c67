/**
 * What held up the frames of 720p60: those that the encode thread began late, and those that the sender
 * took late, each with how many of them came while the machine had taken a core away from everybody.
 * Needs the right to real-time priority.
 */
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import type { CaptureMeta, StatsSample } from "../../src/model/capture.ts";
import type { FramesPage } from "../../src/model/frames-page.ts";
import { type Row, spread } from "../support/measure.ts";
import { type RunningHost, startPlayer, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

type Span = { readonly fromUs: number; readonly toUs: number };

const watchProgram = join(import.meta.dir, "../support/core-watch-process.ts");
const columns = "fate,due_us,wait_us,capture_us,submit_us,encode_us,queue_us";
/** A frame is late at a place after so long. */
const lateUs = { begun: 3000, taken: 1000 };
/** Of its lateness, for the machine to be the cause. */
const takenShare = 0.4;

/** Up to ten minutes: that many rows fit one answer. */
export async function benchGaps(seconds = 120): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await tempDirectory());
  const host = stack.use(await startRunningHost(join(path, "data")));
  const watches = Array.from({ length: navigator.hardwareConcurrency }, (_, core) => watch(core));
  stack.defer(() => {
    for (const one of watches) one.kill();
  });
  const clock = systemClock();
  const monotonicMs = clock.nowUs() / 1000 - clock.wallMs();
  await host.call("POST", "/api/v1/stats/capture/start");
  await startPlayer(host, ["--seconds", `${seconds}`]).exited;
  const { id, started_unix_ms } = await read<CaptureMeta>(host, "POST", "capture/stop");
  const { samples } = await read<{ samples: StatsSample[] }>(host, "GET", `recordings/${id}`);
  const page = await read<FramesPage>(host, "GET", `recordings/${id}/frames?columns=${columns}`);
  for (const one of watches) one.kill();
  const taken = (await Promise.all(watches.map((one) => one.stdout.text()))).flatMap(spansOf);
  return describe(samples.slice(1), {
    page,
    taken,
    startUs: (started_unix_ms + monotonicMs) * 1000,
  });
}

function watch(core: number) {
  const command = ["chrt", "-f", "99", "taskset", "-c", `${core}`, process.execPath, watchProgram];
  return Bun.spawn(command, { stdio: ["ignore", "pipe", "inherit"] });
}

async function read<T>(host: RunningHost, method: string, path: string): Promise<T> {
  // The host's own answers, in the form that its API describes.
  return (await (await host.call(method, `/api/v1/stats/${path}`)).json()) as T;
}

function spansOf(text: string): Span[] {
  return text.split("\n").flatMap((line) => {
    const [fromUs = 0, toUs = 0] = line.split(" ").map(Number);
    return toUs > fromUs ? [{ fromUs, toUs }] : [];
  });
}

type Run = { readonly page: FramesPage; readonly taken: readonly Span[]; readonly startUs: number };

function describe(samples: readonly StatsSample[], run: Run): Row[] {
  const gaps = samples.map(({ gap_p99_us = 0 }) => gap_p99_us);
  const pauses = (name: "encode_pause_us" | "send_pause_us") =>
    spread(
      samples.map(({ machine }) => machine?.[name] ?? 0),
      0,
    );
  const takenMs = run.taken.map(({ fromUs, toUs }) => (toUs - fromUs) / 1000);
  return [
    {
      what: "windows of two seconds with a gap p99 above 1 ms",
      reach: "0",
      measured: `${gaps.filter((us) => us > 1000).length} of ${gaps.length}; ${spread(gaps, 0)} us`,
    },
    {
      what: "longest pause of a window, us",
      reach: "",
      measured: `encode thread ${pauses("encode_pause_us")}, send thread ${pauses("send_pause_us")}`,
    },
    {
      what: "a core taken from everybody for 1.5 ms and more",
      reach: "",
      measured: `${takenMs.length} times; ${spread(takenMs)} ms`,
    },
    ...lateRows(run),
  ];
}

function lateRows({ page, taken, startUs }: Run): Row[] {
  const held = { begun: [] as boolean[], taken: [] as boolean[], missed: [] as boolean[] };
  const isTaken = (span: Span, shareMin: number) => {
    const sumUs = taken.reduce((sum, one) => sum + sharedUs(span, one), 0);
    return sumUs > (span.toUs - span.fromUs) * shareMin;
  };
  for (let row = 0; row < page.count; row++) {
    const us = (name: string) => Number(page.columns[name]?.[row] ?? 0);
    const dueUs = startUs + us("due_us");
    const begunUs = dueUs + us("wait_us");
    const doneUs = begunUs + us("capture_us") + us("submit_us") + us("encode_us");
    const takenUs = doneUs + us("queue_us");
    // A slot is missed because the frame before it took too long.
    if (page.columns.fate?.[row] === "missed")
      held.missed.push(isTaken({ fromUs: dueUs - 33_000, toUs: dueUs }, 0.1));
    else if (begunUs - dueUs > lateUs.begun)
      held.begun.push(isTaken({ fromUs: dueUs, toUs: begunUs }, takenShare));
    else if (takenUs - doneUs > lateUs.taken)
      held.taken.push(isTaken({ fromUs: doneUs, toUs: takenUs }, takenShare));
  }
  const row = (what: string, list: readonly boolean[]): Row => ({
    what,
    reach: "",
    measured: `${list.length} of ${page.count}, ${list.filter((one) => one).length} of them while a core was taken`,
  });
  return [
    row("slots missed", held.missed),
    row(`frames begun more than ${lateUs.begun} us late`, held.begun),
    row(`frames taken by the sender more than ${lateUs.taken} us late`, held.taken),
  ];
}

function sharedUs(one: Span, other: Span): number {
  return Math.max(0, Math.min(one.toUs, other.toUs) - Math.max(one.fromUs, other.fromUs));
}
