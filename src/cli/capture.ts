/** `onglass capture`: starts and stops a capture on a host, or records one of a given length. */
import { readCommandLine, usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { timers } from "../base/scheduler.ts";
import { sleepMs } from "../base/timer.ts";
import { CaptureMeta, StatsStatus } from "../model/capture.ts";
import { remoteList } from "./captures-remote.ts";
import { captureFlags } from "./flags.ts";
import { askFor, askHost, readAnswer, refusedBy } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { exitFailed, exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

/** Saving a long capture takes the host a while. */
const stopMsMax = 60_000;
const secondsMax = 10_800;
/** A host that is away, or still saves what it ended early, is asked again for half a minute. */
const backMs = 1000;
const backCountMax = 30;

type Run = {
  readonly host: HostTarget;
  readonly seconds: number;
  readonly json: boolean;
  readonly terminal: Terminal;
};

/** Exit code 0; 1 where nothing was recording. @throws Failure `usage`, or what the host has against it */
export async function runCapture(args: readonly string[], terminal: Terminal): Promise<number> {
  const called = readCommandLine(args, captureFlags);
  const { values } = called;
  const { action, name } = subcommand("capture", called, { start, stop, status, record });
  const seconds = name === "record" ? readSeconds(values.seconds) : 0;
  const host = await targetOf(values, terminal.env);
  return await action({ host, seconds, json: values.json, terminal });
}

async function start({ host, json, terminal }: Run): Promise<number> {
  const call = { method: "POST", path: "/stats/capture/start", what: "start a capture" } as const;
  return show(await askFor(host, { ...call, shape: StatsStatus }), { json, terminal });
}

async function status({ host, json, terminal }: Run): Promise<number> {
  return show(await statusOf(host, "get the status"), { json, terminal });
}

async function statusOf(host: HostTarget, what: string): Promise<StatsStatus> {
  const call = { method: "GET", path: "/stats/capture/status", what } as const;
  return await askFor(host, { ...call, shape: StatsStatus });
}

function show(now: StatsStatus, { json, terminal }: Pick<Run, "json" | "terminal">): number {
  const state = now.armed ? `recording, ${now.sample_count} samples` : "idle";
  terminal.print(json ? JSON.stringify(now) : state);
  return exitOk;
}

async function stop({ host, json, terminal }: Run): Promise<number> {
  const what = "stop the capture";
  const call = { method: "POST", path: "/stats/capture/stop", answerMsMax: stopMsMax } as const;
  const response = await askHost(host, call);
  if (response.status === 204) {
    terminal.say("Nothing was recording");
    return exitFailed;
  }
  if (!response.ok) return await refusedBy(response, what);
  const meta = await readAnswer(response, { shape: CaptureMeta, what });
  terminal.print(json ? JSON.stringify(meta) : meta.id);
  return exitOk;
}

/** One that runs already, or since a restart, is somebody else's: it is neither joined nor stopped. */
async function record(run: Run): Promise<number> {
  const { host, seconds, terminal } = run;
  const what = "record";
  if ((await statusOf(host, what)).armed) {
    throw new Failure("already_recording", "Cannot record: a capture is running on this host");
  }
  const begin = { method: "POST", path: "/stats/capture/start", what } as const;
  const { started_unix_ms } = await askFor(host, { ...begin, shape: StatsStatus });
  terminal.say(`Recording for ${seconds} s; Ctrl-C stops early`);
  await waitOrSignal(seconds * 1000);
  const now = await onceThere(() => statusOf(host, what));
  const isOurs = now.armed && now.started_unix_ms === started_unix_ms;
  return isOurs ? await stop(run) : await endedEarly(run, started_unix_ms);
}

/** A host that is being restarted is waited for, and so is an answer that it does not have yet. */
async function onceThere<T>(ask: () => Promise<T>): Promise<T> {
  for (let leftCount = backCountMax; ; leftCount -= 1) {
    try {
      const answer = await ask();
      if (answer !== undefined || leftCount === 0) return answer;
    } catch (error) {
      const isAway = error instanceof Failure && error.code === "host_unreachable";
      if (!isAway || leftCount === 0) throw error;
    }
    await sleepMs(backMs);
  }
}

/** A host that ends saves what it records, and recovers it from the journal where it could not. */
async function endedEarly({ host, json, terminal }: Run, startedUnixMs: number): Promise<number> {
  const isOurs = ({ started_unix_ms }: CaptureMeta) => started_unix_ms === startedUnixMs;
  const saved = await onceThere(async () => (await remoteList(host)).find(isOurs));
  if (saved === undefined) {
    const text = "Cannot find the capture: it was ended early, and is not among the saved ones";
    throw new Failure("not_found", text);
  }
  terminal.say("The capture ended early: someone stopped it, or the host was restarted");
  terminal.print(json ? JSON.stringify(saved) : saved.id);
  return exitFailed;
}

function waitOrSignal(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = timers.after(ms, resolve);
  process.once("SIGINT", resolve);
  process.once("SIGTERM", resolve);
  return promise.finally(() => {
    cancel();
    process.off("SIGINT", resolve);
    process.off("SIGTERM", resolve);
  });
}

function readSeconds(text: string | undefined): number {
  const seconds = Number(text);
  if (text !== undefined && /^\d{1,5}$/.test(text) && seconds >= 1 && seconds <= secondsMax) {
    return seconds;
  }
  throw usage(`Cannot use --seconds "${text ?? ""}": it takes 1 to ${secondsMax}`);
}
