/** `onglass timeline`: exports, imports and replays recorded events, through the running host. */

import { createInterface } from "node:readline";
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { readCommandLine, usage, type Values } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { parseJson } from "../base/parse-json.ts";
import { sleepMs } from "../base/timer.ts";
import { type ReplayCall, ReplayRun, replayPacings } from "../model/replay.ts";
import { importBytesMax, Timeline, TimelineImport, TimelineState } from "../model/timeline.ts";
import { timelineFlags } from "./flags.ts";
import { askFor, askHost, type HostCall, readText, refusedBy, tellHost } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { orLeft } from "./left-behind.ts";
import { writeOut } from "./out-file.ts";
import { exitFailed, exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

/** A long recording takes a while to be written, sent and read. */
const largeAnswerMsMax = 120_000;
/** The host assembles a timeline before it answers. */
const beginMsMax = 30_000;
const pollMs = 100;
const intervalMsMax = 60_000;

type Call = {
  readonly host: HostTarget;
  readonly names: readonly string[];
  readonly values: Values<typeof timelineFlags>;
  readonly terminal: Terminal;
};

const actions: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  export: exportTimeline,
  import: importTimeline,
  replay: replayTimeline,
};

/** Exit code 0; 1 when a replay did not end equal. @throws Failure `usage`, or what was in the way */
export async function runTimeline(args: readonly string[], terminal: Terminal): Promise<number> {
  const called = readCommandLine(args, timelineFlags);
  const { values } = called;
  const { rest: names, action } = subcommand("timeline", called, actions);
  return await action({ host: await targetOf(values, terminal.env), names, values, terminal });
}

async function exportTimeline({ host, names, values, terminal }: Call): Promise<number> {
  const [id] = names;
  if (id !== undefined && values.of !== undefined) throw usage("--of goes without a CAPTURE");
  const path =
    id === undefined
      ? `/timeline/export${ofQuery(values)}`
      : `/stats/recordings/${encodeURIComponent(id)}/timeline`;
  const what = "export the timeline";
  const bounds = { answerMsMax: largeAnswerMsMax, beginMsMax };
  const answer = await ask(host, { method: "GET", path, ...bounds }, what);
  const text = await readText(answer, what);
  if (!isTimelineText(text)) {
    throw new Failure("host_refused", `Cannot ${what}: the host's response is malformed`);
  }
  writeOut(values.out, `${text}\n`, terminal);
  return exitOk;
}

const TimelineHead = Type.Pick(Timeline, ["version", "kind"]);

/** It is written as received, including fields of a later version. */
function isTimelineText(text: string): boolean {
  return Value.Check(TimelineHead, parseJson(text));
}

async function importTimeline(call: Call): Promise<number> {
  const { names, values, terminal } = call;
  const [file] = names;
  if (file === undefined) throw usage('Cannot run "timeline import": it takes a file');
  if (values.resume) {
    const state = await bringIn(call, { file, route: "resume", shape: TimelineState });
    terminal.print(JSON.stringify(state));
    return exitOk;
  }
  const made = await bringIn(call, { file, route: "import", shape: TimelineImport });
  if (values.json) terminal.print(JSON.stringify(made));
  else sayImport(made, terminal);
  return exitOk;
}

function sayImport(made: TimelineImport, terminal: Terminal): void {
  terminal.print(made.id);
  const { event_count, checkpoint_count, events_dropped, checkpoints_clamped } = made;
  terminal.say(`${event_count} events, ${checkpoint_count} checkpoints`);
  if (events_dropped > 0) terminal.say(`${events_dropped} older events were not kept`);
  if (checkpoints_clamped > 0) terminal.say(`${checkpoints_clamped} checkpoints were clamped`);
}

type BringingIn<Shape extends TSchema> = {
  readonly file: string;
  readonly route: "import" | "resume";
  readonly shape: Shape;
};

async function bringIn<Shape extends TSchema>(
  { host }: Call,
  { file, route, shape }: BringingIn<Shape>,
): Promise<Static<Shape>> {
  const source = Bun.file(file);
  if (!(await source.exists())) {
    throw new Failure("not_found", `Cannot import "${file}": there is no such file`);
  }
  if (source.size > importBytesMax) {
    const reason = `it is larger than ${importBytesMax} bytes`;
    throw new Failure("too_large", `Cannot import "${file}": ${reason}`);
  }
  const body = await source.text();
  const path = `/timeline/${route}`;
  const send = { method: "POST", path, body, answerMsMax: largeAnswerMsMax } as const;
  return await askFor(host, { ...send, shape, what: `${route} "${file}"` });
}

async function replayTimeline(call: Call): Promise<number> {
  const { names, values, terminal } = call;
  const [file] = names;
  if (file !== undefined && values.of !== undefined) throw usage("--of goes without a FILE");
  const { pacing } = values;
  const intervalMs = readInterval(values["interval-ms"]);
  if (!replayPacings.some((one) => one === pacing)) {
    throw usage(`Cannot use --pacing "${pacing}": it takes ${replayPacings.join(", ")}`);
  }
  const imported = { route: "import", shape: TimelineImport } as const;
  const of = file === undefined ? values.of : (await bringIn(call, { ...imported, file })).id;
  const body = JSON.stringify({
    ...(of === undefined ? {} : { of }),
    dry_run: !values.run,
    pacing,
    interval_ms: intervalMs,
  });
  const begun = await askRun(call, { method: "POST", path: "/timeline/replay", body });
  const left = `The replay may still be running on ${call.host.name}: the Timeline page of its console cancels it`;
  const run = begun.state === "plan" ? begun : await orLeft(left, () => follow(call, begun));
  if (values.json) terminal.print(JSON.stringify(run));
  else for (const line of describe(run)) terminal.print(line);
  return run.state === "plan" || run.state === "equal" ? exitOk : exitFailed;
}

function readInterval(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= intervalMsMax) return Number(text);
  throw usage(`Cannot use --interval-ms "${text}": it takes 0 to ${intervalMsMax}`);
}

/** Prints each call as it is done; step by step, a line on stdin starts the next. */
async function follow(call: Call, begun: ReplayRun): Promise<ReplayRun> {
  let run = begun;
  let saidCount = 0;
  const say = () => {
    for (const done of run.calls.slice(saidCount, run.position)) call.terminal.say(lineOf(done));
    saidCount = run.position;
  };
  if (run.state === "stepping") {
    for await (const _ of createInterface({ input: process.stdin })) {
      run = await askRun(call, { method: "POST", path: "/timeline/replay/step" });
      say();
      if (run.state !== "stepping") return run;
    }
    const end = { method: "DELETE", path: "/timeline/replay", what: "end the replay" } as const;
    await tellHost(call.host, end);
  }
  for (;;) {
    run = await askRun(call, { method: "GET", path: "/timeline/replay" });
    say();
    if (run.state !== "running") return run;
    await sleepMs(pollMs);
  }
}

function describe(run: ReplayRun): string[] {
  const outcome = run.reason === undefined ? run.state : `${run.state}: ${run.reason}`;
  const lost = run.incomplete ? ["Some calls of the recording are missing from it"] : [];
  if (run.state !== "plan") return [...lost, outcome];
  return [...lost, ...run.calls.map(lineOf)];
}

function lineOf(call: ReplayCall): string {
  const what = `${call.method} ${call.path}`;
  if (call.state === "skipped") return `skipped    ${what}: ${call.skipped ?? ""}`;
  if (call.state === "different") return `different  ${what}: ${call.difference ?? ""}`;
  return `${call.state.padEnd(9)}  ${what}`;
}

async function askRun({ host }: Call, call: HostCall): Promise<ReplayRun> {
  const run = await askFor(host, { ...call, shape: ReplayRun, what: "replay the timeline" });
  // Checked against the shape: only the names of its states are narrower than in the schema.
  return run as ReplayRun;
}

async function ask(host: HostTarget, call: HostCall, what: string): Promise<Response> {
  const response = await askHost(host, call);
  return response.ok ? response : await refusedBy(response, what);
}

function ofQuery({ of }: Call["values"]): string {
  return of === undefined ? "" : `?${new URLSearchParams({ of })}`;
}
