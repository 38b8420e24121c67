/**
 * `onglass experiment`: tries a setting with several values on the streams that run, and says what
 * that came to. The host does the work and restores the setting, also when this command is killed.
 */
import { readCommandLine, refuseWords, usage } from "../base/command-line.ts";
import { timers } from "../base/scheduler.ts";
import type { FlagValues } from "../config.ts";
import { Experiment, isExperimentField, isUnderWay } from "../model/experiment.ts";
import { settingsDefault } from "../model/settings.ts";
import { comparisonLines, exitCodeOf } from "./compare.ts";
import { experimentAliases, experimentFlags, experimentNames } from "./flags.ts";
import { askFor, tellHost } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { orLeft } from "./left-behind.ts";
import { exitCannotTell, exitDiffers, exitFailed, exitOk, type Terminal } from "./output.ts";

const pollMs = 1000;
/** Restoring a setting waits for the disk. */
const answerMsMax = 60_000;

/** Exit code 0 no difference shown, 3 a difference, 4 cannot tell, 1 aborted. */
export async function runExperiment(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, experimentFlags);
  refuseWords(words);
  const body = requestOf(values);
  const host = await targetOf(values, terminal.env);
  const begun = await ask(host, {
    method: "POST",
    path: "/experiments",
    body: JSON.stringify(body),
  });
  terminal.say(`${begun.setting}: ${begun.order}, ${Math.ceil(begun.duration_ms / 1000)} s in all`);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  const left = `The experiment may still be running on ${host.name}, which restores the setting when it ends`;
  const ended = await orLeft(left, () => follow(host, { begun, terminal, signal: stop.signal }));
  if (values.json === true) terminal.print(JSON.stringify(ended));
  else print(ended, terminal);
  return codeOf(ended);
}

function codeOf({ state, comparisons = [] }: Experiment): number {
  if (state !== "done") return exitFailed;
  const codes = comparisons.map(exitCodeOf);
  if (codes.includes(exitDiffers)) return exitDiffers;
  return codes.length > 0 && codes.every((code) => code === exitOk) ? exitOk : exitCannotTell;
}

type Following = {
  readonly begun: Experiment;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
};

/** Until it is over; a signal aborts it. */
async function follow(
  host: HostTarget,
  { begun, terminal, signal }: Following,
): Promise<Experiment> {
  const path = `/experiments/${encodeURIComponent(begun.id)}`;
  let shown = 0;
  let isAborting = false;
  for (;;) {
    await wait(signal);
    if (signal.aborted && !isAborting) {
      isAborting = true;
      await tellHost(host, { method: "DELETE", path, answerMsMax, what: "abort the experiment" });
    }
    const now = await ask(host, { method: "GET", path });
    if (!isUnderWay(now)) return now;
    if (now.runs.length > shown) terminal.say(`${now.runs.length} of ${now.runs_planned} runs`);
    shown = now.runs.length;
  }
}

function wait(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = timers.after(pollMs, resolve);
  signal.addEventListener("abort", () => {
    cancel();
    resolve();
  });
  return promise;
}

async function ask(
  host: HostTarget,
  call: { readonly method: "GET" | "POST"; readonly path: string; readonly body?: string },
): Promise<Experiment> {
  const what = "run the experiment";
  return await askFor(host, { ...call, answerMsMax, shape: Experiment, what });
}

function print(experiment: Experiment, terminal: Terminal): void {
  const { state, abort_code, values, comparisons = [], runs, restored } = experiment;
  if (!restored) terminal.say("The setting could not be restored");
  if (state === "aborted") {
    terminal.print(`Aborted: ${(abort_code ?? "").replaceAll("_", " ")}`);
    return;
  }
  const leftOut = runs.filter(({ left_out }) => left_out !== undefined).length;
  if (leftOut > 0) terminal.print(`${leftOut} runs left out: other programs used the machine`);
  for (const [index, comparison] of comparisons.entries()) {
    terminal.print(`A = ${values[0]}, B = ${values[index + 1]}`);
    for (const line of comparisonLines(comparison)) terminal.print(line);
  }
  if (experiment.capture_id !== undefined) terminal.say(`Kept as ${experiment.capture_id}`);
}

/** @throws Failure `usage` */
function requestOf(values: FlagValues) {
  const [, name = "", list = ""] = /^([a-z_]+)=(.+)$/.exec(String(values.set ?? "")) ?? [];
  const setting = experimentAliases[name] ?? name;
  if (!isExperimentField(setting)) {
    const known = experimentNames.join(", ");
    throw usage(`Cannot use --set: it takes NAME=VALUE,VALUE with a name of ${known}`);
  }
  const isNumber = typeof settingsDefault[setting] === "number";
  const given = list.split(",").map((value) => (isNumber ? Number(value) : value));
  if (given.some((value) => Number.isNaN(value)))
    throw usage(`Cannot use --set "${list}": not numbers`);
  return {
    setting,
    values: given,
    seconds: secondsOf(values.for, "for"),
    block_seconds: secondsOf(values.block, "block"),
  };
}

/** `60`, `60s` or `5m`; `undefined` where it was not given. */
function secondsOf(text: string | boolean | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d{1,5})(s|m)?$/.exec(String(text)) ?? [];
  if (number !== undefined) return Number(number) * (unit === "m" ? 60 : 1);
  throw usage(`Cannot use --${flag} "${text}": it takes a time such as 60s or 5m`);
}
