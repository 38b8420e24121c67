/** Whether a verdict names the fault that was made, and how busy the machine was beside it. */
import type { Capture, StatsSample } from "../../../src/model/capture.ts";
import type { Verdict } from "../../../src/model/verdict.ts";
import type { Fault, Strength } from "./faults.ts";
import type { LabPath } from "./setup.ts";

const rhythmTolerance = 0.03;
const shareTolerance = 0.1;
/** Beside a machine that was busy before the fault, smaller causes are what it left of others. */
const besideShareMin = 0.1;
/** An encode thread that waits more than this does not have its core. */
export const waitedShareMin = 0.3;

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
 * verdict that says so is right for that part, and the next cause of weight decides.
 */
export function judge(fault: Fault, verdict: Verdict, before: Load): [Outcome, string] {
  const wasBusy = before.waited >= waitedShareMin;
  const isAside = wasBusy && !fault.right.includes("machine_busy");
  const causes = verdict.causes.filter(({ code, share }) => {
    if (!isAside) return true;
    const isOfWeight = share >= besideShareMin || share === 0 || fault.right.includes(code);
    return code !== "machine_busy" && isOfWeight;
  });
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
