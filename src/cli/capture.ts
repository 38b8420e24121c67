/** `onglass capture`: starts and stops a capture on a host, or records one of a given length. */
import { readCommandLine, usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { type Cancel, timers } from "../base/scheduler.ts";
import { sleepMs } from "../base/timer.ts";
import { CaptureMeta, StatsStatus } from "../model/capture.ts";
import { remoteList } from "./captures-remote.ts";
import { captureFlags } from "./flags.ts";
import { askFor, askHost, readAnswer, refusedBy } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { isAway, orLeft } from "./left-behind.ts";
import { exitFailed, exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

/** Saving a long capture takes the host a while. */
const stopMsMax = 60_000;
const secondsMax = 10_800;
/** How often a recording is checked: whether it still exists, and the token is valid. */
const lookMs = 2000;
/**
 * A host that is unreachable, or still saves a capture that ended early, is retried for half a
 * minute.
 */
const backMs = 1000;
const backCountMax = 30;

type Run = {
  readonly host: HostTarget;
  readonly seconds: number;
  readonly json: boolean;
  readonly terminal: Terminal;
};

/**
 * Exit code 0; 1 if nothing was recording.
 * @throws Failure `usage`, or the host's refusal
 */
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

/**
 * A capture that already runs, or was started after a restart, is somebody else's: it is neither
 * joined nor stopped.
 */
async function record(run: Run): Promise<number> {
  const { host, seconds, terminal } = run;
  const what = "record";
  if ((await statusOf(host, what)).armed) {
    throw new Failure("already_recording", "Cannot record: a capture is running on this host");
  }
  const begin = { method: "POST", path: "/stats/capture/start", what } as const;
  const { started_unix_ms } = await askFor(host, { ...begin, shape: StatsStatus });
  terminal.say(`Recording for ${seconds} s; Ctrl-C stops early`);
  const isOurs = (now: StatsStatus) => now.armed && now.started_unix_ms === started_unix_ms;
  const code = await orLeft(leftText(host), async () => {
    const isThere = await lasts(run, isOurs);
    return isThere ? await stop(run) : undefined;
  });
  return code ?? (await endedEarly(run, started_unix_ms));
}

function leftText({ name, isRemote }: HostTarget): string {
  const command = `onglass capture stop${isRemote ? ` --host ${name}` : ""}`;
  return `The capture may still be recording on ${name}: \`${command}\` with an operator token stops it, and so does the console`;
}

/**
 * Until the time is over or a signal comes; false as soon as the capture has ended. An unreachable
 * host is waited for. @throws Failure as soon as it rejects the token
 */
async function lasts(
  { host, seconds }: Run,
  isOurs: (now: StatsStatus) => boolean,
): Promise<boolean> {
  using wait = new Waiting(seconds * 1000);
  while (!(await wait.isOverWithin(lookMs))) {
    const now = await statusOf(host, "record").catch((error: unknown) => {
      if (!isAway(error)) throw error;
    });
    if (now !== undefined && !isOurs(now)) return false;
  }
  return isOurs(await onceThere(() => statusOf(host, "record")));
}

/** A restarting host is waited for, and so is an answer that it cannot give yet. */
async function onceThere<T>(ask: () => Promise<T>): Promise<T> {
  for (let leftCount = backCountMax; ; leftCount -= 1) {
    try {
      const answer = await ask();
      if (answer !== undefined || leftCount === 0) return answer;
    } catch (error) {
      if (!isAway(error) || leftCount === 0) throw error;
    }
    await sleepMs(backMs);
  }
}

/** A host that exits saves its recording, or recovers it from the journal if it could not. */
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

/** A time that a signal ends early. */
class Waiting implements Disposable {
  readonly #over = Promise.withResolvers<boolean>();
  readonly #end = () => this.#over.resolve(true);
  readonly #cancel: Cancel;

  constructor(ms: number) {
    this.#cancel = timers.after(ms, this.#end);
    process.once("SIGINT", this.#end);
    process.once("SIGTERM", this.#end);
  }

  /** Resolves when it is over, at the latest after this time. */
  async isOverWithin(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = timers.after(ms, () => resolve(false));
    return await Promise.race([this.#over.promise, promise]).finally(cancel);
  }

  [Symbol.dispose](): void {
    this.#cancel();
    process.off("SIGINT", this.#end);
    process.off("SIGTERM", this.#end);
  }
}

function readSeconds(text: string | undefined): number {
  const seconds = Number(text);
  if (text !== undefined && /^\d{1,5}$/.test(text) && seconds >= 1 && seconds <= secondsMax) {
    return seconds;
  }
  throw usage(`Cannot use --seconds "${text ?? ""}": it takes 1 to ${secondsMax}`);
}
