/**
 * `npm run prove -- verdict`: one known fault at a time on a stream that was calm, and whether its
 * verdict names it. Prints a line a run and the totals against their bounds.
 */
import { cp, mkdir } from "node:fs/promises";
import { setPriority } from "node:os";
import { join } from "node:path";
import type { Capture, StatsSample } from "../../../src/model/capture.ts";
import type { Verdict } from "../../../src/model/verdict.ts";
import { Random } from "../../support/random.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { type Fault, faults, type Strength, strengths } from "./faults.ts";
import { openDisk } from "./injections.ts";
import { Lab } from "./lab.ts";
import type { LabPath, Setup } from "./setup.ts";

/** Before the fault, so that there is a usual, and after it, so that all of it is reported. */
const calmMs = 4000;
const afterMs = 2500;
const rhythmTolerance = 0.03;
const shareTolerance = 0.1;
/** An encode thread that waits more than this does not have its core. */
export const waitedShareMin = 0.3;

const usualSetup = {
  picture: "testsrc",
  width: 640,
  height: 360,
  fps: 60,
  bitrateKbps: 4000,
} as const;

export type Outcome = "right" | "wrong" | "cannot tell";

/** How the machine was beside the stream, by its own figures: worst window, shares. */
export type Load = {
  readonly busy: number;
  readonly others: number;
  /** Of the time that the encode thread ran or could have run: how much it waited. */
  readonly waited: number;
};

export type Run = {
  readonly fault: string;
  readonly strength: Strength;
  readonly path: LabPath;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  /** Why it is not right; "" when it is. */
  readonly why: string;
  readonly before: Load;
  readonly during: Load;
};

export type Wanted = {
  readonly faults: readonly string[];
  readonly paths: readonly string[];
  readonly strengths: readonly string[];
  readonly count: number;
  readonly seed: number;
  /** Where the captures of all runs are kept; nowhere unless given. */
  readonly keep?: string | undefined;
};

/** Faults by name, strength and path, each so often. */
export function plan(wanted: Wanted) {
  const has = (list: readonly string[], name: string) => list.length === 0 || list.includes(name);
  const random = new Random(wanted.seed);
  return faults
    .filter(({ name }) => has(wanted.faults, name))
    .flatMap((fault) =>
      fault.paths
        .filter((path) => has(wanted.paths, path))
        .flatMap((path) =>
          (fault.strengths ?? strengths)
            .filter((strength) => has(wanted.strengths, strength))
            .flatMap((strength) =>
              Array.from({ length: wanted.count }, () => {
                return { fault, path, strength, seed: random.below(1_000_000) };
              }),
            ),
        ),
    );
}

export type Planned = ReturnType<typeof plan>[number];

/** How one run is made. */
type RunOptions = {
  /** Where its capture is kept; nowhere unless given. */
  readonly keep?: string | undefined;
  /** Before everything else that this machine does; unless false. */
  readonly isPreferred?: boolean;
};

export async function runOne(
  { fault, path, strength, seed }: Planned,
  { keep, isPreferred = true }: RunOptions = {},
): Promise<Run> {
  const level = strengths.indexOf(strength);
  if (level !== 0 && level !== 1 && level !== 2) throw new Error(`Bug: strength "${strength}"`);
  await using directory = await tempDirectory();
  await using stack = new AsyncDisposableStack();
  const isOnDisk = fault.name === "disk-stalls";
  const disk = isOnDisk ? stack.use(await openDisk(directory.path)) : undefined;
  const data = join(disk?.path ?? directory.path, "data");
  const isRealTime = isPreferred && fault.isShared !== true;
  if (isPreferred) await preferTo(isRealTime);
  const pace = path === "browser" ? { fps: 30 } : {};
  const setup: Setup = { ...usualSetup, ...pace, path, isRealTime, ...fault.setup?.(level, data) };
  const lab = stack.use(await Lab.open(setup));
  const random = new Random(seed);
  let faultAtMs = 0;
  const verdict = await lab.capture(async () => {
    await Bun.sleep(calmMs);
    faultAtMs = calmMs;
    await fault.inject({ lab, strength: level, random });
    await Bun.sleep(afterMs);
  });
  const capture: Capture = JSON.parse(await lab.call("GET", `stats/recordings/${verdict.id}`));
  if (keep !== undefined) {
    const place = join(keep, [fault.name, strength, path, seed].join("_"));
    await mkdir(place, { recursive: true });
    await cp(join(lab.directory, "captures"), place, { recursive: true });
    await cp(join(lab.directory, "frames"), place, { recursive: true });
    await Bun.write(join(place, "verdict.json"), JSON.stringify({ verdict, faultAtMs }));
  }
  const before = loadOf(capture, (t_ms) => t_ms <= faultAtMs);
  const during = loadOf(capture, (t_ms) => t_ms > faultAtMs);
  const [outcome, why] = judge(fault, verdict, before);
  return { fault: fault.name, strength, path, seed, verdict, outcome, why, before, during };
}

/**
 * Whatever else runs on this machine is not the fault that is looked for: what this process starts
 * comes before it, in real time or, where the fault takes the cores itself, by priority only.
 */
async function preferTo(isRealTime: boolean): Promise<void> {
  const policy = isRealTime ? ["--rr", "--pid", "1"] : ["--other", "--pid", "0"];
  await Bun.spawn(["chrt", ...policy, `${process.pid}`]).exited;
  setPriority(isRealTime ? 0 : -10);
}

export function loadOf({ samples }: Capture, holds: (t_ms: number) => boolean): Load {
  const windows = samples.filter(({ t_ms, machine }) => machine !== undefined && holds(t_ms));
  const worst = (of: (window: StatsSample) => number | undefined) =>
    Math.max(0, ...windows.map((window) => of(window) ?? 0));
  return {
    busy: worst(({ machine }) => machine?.cpu_busy_share),
    others: worst(({ machine }) => machine?.cpu_others_share),
    waited: worst(waitedShareOf),
  };
}

function waitedShareOf({ machine, window_us = 1e6 }: StatsSample): number {
  const { encode_run_delay_us: waitedUs = 0, cpu_encode_cores: cores = 0 } = machine ?? {};
  return waitedUs === 0 ? 0 : waitedUs / (waitedUs + cores * window_us);
}

/**
 * The first cause decides. Where the machine was busy before the fault began, by its own figures, a
 * verdict that says so is right for that part, and what comes after it decides.
 */
export function judge(fault: Fault, verdict: Verdict, before: Load): [Outcome, string] {
  const wasBusy = before.waited >= waitedShareMin;
  const isAside = wasBusy && !fault.right.includes("machine_busy");
  const causes = verdict.causes.filter(({ code }) => !(isAside && code === "machine_busy"));
  const wanted = fault.quality ?? ["stutter", "bad"];
  const isBusyOnly = wasBusy && causes.length === 0 && verdict.causes.length > 0;
  if (!wanted.includes(verdict.quality) && !(isBusyOnly || (wasBusy && fault.right.length === 0))) {
    return ["wrong", `it says "${verdict.quality}"`];
  }
  if (fault.right.length === 0) return ["right", ""];
  const [first] = causes;
  if (first === undefined) return withoutCause(fault, verdict);
  if (!fault.right.includes(first.code)) return ["wrong", `it blames ${first.code}`];
  return detailsOf(fault, verdict);
}

function withoutCause(fault: Fault, { cannot_tell, quality }: Verdict): [Outcome, string] {
  const questions = cannot_tell.map(({ between, for_lack_of }) => ({ between, for_lack_of }));
  const asked = questions.find(({ between }) => between.some((code) => fault.right.includes(code)));
  if (asked !== undefined)
    return ["cannot tell", `${asked.between.join("/")}: ${asked.for_lack_of}`];
  if (questions.length > 0) return ["wrong", `it asks ${questions[0]?.between.join("/")}`];
  // Nothing came late, and nobody is blamed: the fault was too weak to be seen.
  return quality === "smooth" ? ["right", ""] : ["wrong", "it blames nobody"];
}

function detailsOf(fault: Fault, verdict: Verdict): [Outcome, string] {
  const { rhythmMs, shares } = fault;
  if (rhythmMs !== undefined) {
    const periodMs = verdict.rhythm?.period_ms;
    if (periodMs === undefined) return ["wrong", "it finds no rhythm"];
    const isNear = Math.abs(periodMs - rhythmMs) <= rhythmTolerance * rhythmMs;
    if (!isNear) return ["wrong", `it finds a rhythm of ${periodMs} ms`];
  }
  for (const [code, share] of Object.entries(shares ?? {})) {
    const said = verdict.causes.find((cause) => cause.code === code)?.share ?? 0;
    if (Math.abs(said - share) > shareTolerance) return ["wrong", `it gives ${code} ${said}`];
  }
  return ["right", ""];
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** A line of the table. */
export function lineOf(run: Run): string {
  const { verdict, before, during } = run;
  const [first] = verdict.causes;
  const said = first === undefined ? "–" : `${first.code} ${percent(first.share)}`;
  const rest = verdict.causes.slice(1, 3).map(({ code, share }) => `${code} ${percent(share)}`);
  return [
    ...[run.fault, run.strength, run.path, `${run.seed}`, verdict.quality, said, rest.join(", ")],
    run.why === "" ? run.outcome : `${run.outcome}: ${run.why}`,
    `${percent(before.busy)} → ${percent(during.busy)}, waited ${percent(before.waited)} → ${percent(during.waited)}`,
  ].join(" | ");
}

/** Totals, and what does not keep its bound. */
export function totalsOf(runs: readonly Run[]) {
  const share = (list: readonly Run[]) =>
    list.length === 0 ? 1 : list.filter(({ outcome }) => outcome === "right").length / list.length;
  const named = (holds: (fault: Fault) => boolean) => {
    const names = faults.filter(holds).map(({ name }) => name);
    return runs.filter(({ fault }) => names.includes(fault));
  };
  const isPair = ({ shares }: Fault) => shares !== undefined;
  const isCalm = ({ name }: Fault) => name === "calm";
  const hasRhythm = ({ rhythmMs }: Fault) => rhythmMs !== undefined;
  const strong = named((fault) => !(isPair(fault) || isCalm(fault))).filter(
    ({ strength }) => strength !== "weak",
  );
  const totals = [
    { what: "right at the two stronger strengths", runs: strong, least: 0.95 },
    { what: "calm runs that are smooth", runs: named(isCalm), least: 0.95 },
    { what: "two faults at once, shares within 10 points", runs: named(isPair), least: 0.95 },
    { what: "rhythm of 7 s within three periods, ± 3 %", runs: named(hasRhythm), least: 0.95 },
  ];
  return totals.map(({ what, runs: list, least }) => ({
    ...{ what, count: list.length, share: share(list), isKept: share(list) >= least },
    cannotTell: list.filter(({ outcome }) => outcome === "cannot tell").length,
    rightCount: list.filter(({ outcome }) => outcome === "right").length,
  }));
}

/** Which of the fourteen causes were named whenever they were made. */
export function fourteenOf(runs: readonly Run[]): { right: string[]; wrong: string[] } {
  const names = faults.filter(({ isOfFourteen }) => isOfFourteen).map(({ name }) => name);
  const isRight = (name: string) =>
    runs
      .filter((run) => run.fault === name && run.strength !== "weak")
      .every(({ outcome }) => outcome === "right");
  const seen = names.filter((name) => runs.some(({ fault }) => fault === name));
  return { right: seen.filter(isRight), wrong: seen.filter((name) => !isRight(name)) };
}

export async function proveVerdict(wanted: Wanted, print: (line: string) => void): Promise<string> {
  const runs: Run[] = [];
  print("fault | strength | path | seed | quality | first cause | more | outcome | busy cores");
  for (const planned of plan(wanted)) {
    try {
      const run = await runOne(planned, { keep: wanted.keep });
      runs.push(run);
      print(lineOf(run));
    } catch (cause) {
      print(
        `${planned.fault.name} | ${planned.strength} | ${planned.path} | could not be run: ${cause}`,
      );
    }
  }
  const lines = totalsOf(runs)
    .filter(({ count }) => count > 0)
    .map(({ what, count, share, rightCount, cannotTell, isKept }) => {
      const aside = cannotTell > 0 ? `, ${cannotTell} cannot tell` : "";
      return `${isKept ? "kept" : "MISSED"}: ${what}: ${rightCount} of ${count} (${percent(share)}${aside})`;
    });
  const { right, wrong } = fourteenOf(runs);
  return [
    ...lines,
    `of the first causes ${right.length} right${wrong.length ? `, not ${wrong}` : ""}`,
  ].join("\n");
}
