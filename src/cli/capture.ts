/** `onglass capture`: starts and stops a capture on a host, or records one of a given length. */
import { readCommandLine, usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { timers } from "../base/scheduler.ts";
import { CaptureMeta, StatsStatus } from "../model/capture.ts";
import { captureFlags } from "./flags.ts";
import { askFor, askHost, readAnswer, refusedBy } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { exitFailed, exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

/** Saving a long capture takes the host a while. */
const stopMsMax = 60_000;
const secondsMax = 10_800;

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
  const call = { method: "GET", path: "/stats/capture/status", what: "get the status" } as const;
  return show(await askFor(host, { ...call, shape: StatsStatus }), { json, terminal });
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

/** One that runs already is somebody else's: it is neither joined nor stopped. */
async function record(run: Run): Promise<number> {
  const { host, seconds, terminal } = run;
  const call = { method: "GET", path: "/stats/capture/status", what: "record" } as const;
  if ((await askFor(host, { ...call, shape: StatsStatus })).armed) {
    throw new Failure("already_recording", "Cannot record: a capture is running on this host");
  }
  const begin = { ...call, method: "POST", path: "/stats/capture/start" } as const;
  await askFor(host, { ...begin, shape: StatsStatus });
  terminal.say(`Recording for ${seconds} s; Ctrl-C stops early`);
  await waitOrSignal(seconds * 1000);
  return await stop(run);
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
