/**
 * `npm run prove -- verdict`: one known fault at a time on a stream that was calm, and whether its
 * verdict names it. Prints a line a run and the totals against their bounds.
 */
import { cp, mkdir } from "node:fs/promises";
import { setPriority } from "node:os";
import { join } from "node:path";
import type { Capture } from "../../../src/model/capture.ts";
import { Random } from "../../support/random.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { judgeAgain } from "./again.ts";
import { faults, strengths } from "./faults.ts";
import { openDisk } from "./injections.ts";
import { Lab } from "./lab.ts";
import { judge, loadOf, type Run } from "./outcome.ts";
import type { Setup } from "./setup.ts";
import { writeTables } from "./tables.ts";
import { lineOf, summaryOf } from "./totals.ts";

/** Before the fault, so that there is a usual, and after it, so that all of it is reported. */
export const calmMs = 4000;
const afterMs = 2500;

const usualSetup = {
  picture: "testsrc",
  width: 640,
  height: 360,
  fps: 60,
  bitrateKbps: 4000,
} as const;

export type Wanted = {
  readonly faults: readonly string[];
  readonly paths: readonly string[];
  readonly strengths: readonly string[];
  readonly count: number;
  readonly seed: number;
  /** Where the captures of all runs are kept; nowhere unless given. */
  readonly keep?: string | undefined;
  /** Runs that were kept there are judged again, and none is made. */
  readonly again?: string | undefined;
  /** Before everything else that this machine does, in real time; not otherwise. */
  readonly isPreferred?: boolean;
  /** The tables of README and docs/verdict.md are written again. */
  readonly isWritten?: boolean;
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
  /** Before everything else that this machine does. */
  readonly isPreferred?: boolean;
};

export async function runOne(
  { fault, path, strength, seed }: Planned,
  { keep, isPreferred = false }: RunOptions = {},
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
    await keepRun(join(keep, [fault.name, strength, path, seed].join("_")), lab.directory);
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

async function keepRun(place: string, directory: string): Promise<void> {
  await mkdir(place, { recursive: true });
  for (const folder of ["captures", "frames"]) {
    await cp(join(directory, folder), place, { recursive: true });
  }
  await cp(join(directory, "timelines"), join(place, "timelines"), { recursive: true });
}

/** Runs the proof, or judges kept runs of it again; answers the totals. */
export async function proveVerdict(wanted: Wanted, print: (line: string) => void): Promise<string> {
  print("fault | strength | path | seed | quality | first cause | more | outcome | busy cores");
  const runs =
    wanted.again === undefined ? await makeRuns(wanted, print) : await judgeAgain(wanted.again);
  if (wanted.again !== undefined) for (const run of runs) print(lineOf(run));
  if (wanted.isWritten === true) await writeTables(runs);
  return summaryOf(runs);
}

async function makeRuns(wanted: Wanted, print: (line: string) => void): Promise<Run[]> {
  const runs: Run[] = [];
  const { keep, isPreferred = false } = wanted;
  for (const planned of plan(wanted)) {
    const { fault, strength, path } = planned;
    try {
      const run = await runOne(planned, { keep, isPreferred });
      runs.push(run);
      print(lineOf(run));
    } catch (cause) {
      print(`${fault.name} | ${strength} | ${path} | could not be run: ${cause}`);
    }
  }
  return runs;
}
