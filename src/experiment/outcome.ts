/**
 * The outcome of an experiment: the frames of each value's runs, compared with the first value.
 * Runs in which other programs used much more of the machine than in the calmest are left out.
 * Pure.
 */
import { compareRuns, type GivenRun, othersShare } from "../analysis/compare-runs.ts";
import type { CaptureSession, StatsSample } from "../model/capture.ts";
import type { Experiment } from "../model/experiment.ts";
import type { FrameTable } from "../model/frames.ts";
import type { RunComparison } from "../model/run-comparison.ts";

/** A share of all cores: something that takes this much from a stream is not the setting. */
const busyShareMax = 0.25;

/** Rows and samples of the session, their times counted from the start of the experiment. */
export type ExperimentRows = {
  readonly rows: FrameTable;
  readonly samples: readonly StatsSample[];
  readonly session: CaptureSession;
};

type Runs = Experiment["runs"];

/** The runs, each with the load of the machine, and whether it counts. */
export function judgeRuns(runs: Runs, samples: readonly StatsSample[]): Runs {
  const loaded = runs.map((run) => {
    const share = othersShare(samplesIn(samples, run));
    return share === undefined ? run : { ...run, others_share: Math.round(share * 1000) / 1000 };
  });
  const shares = loaded.flatMap(({ others_share }) => others_share ?? []);
  const calmest = Math.min(...shares);
  return loaded.map((run) =>
    (run.others_share ?? 0) > calmest + busyShareMax
      ? { ...run, left_out: "machine_busy" as const }
      : run,
  );
}

/** Each further value against the first. */
export function compareValues(experiment: Experiment, found: ExperimentRows): RunComparison[] {
  const [first, ...others] = experiment.values.map((_, place) => sideOf(experiment, place, found));
  if (first === undefined) return [];
  return others.map((other) => compareRuns(first, other, { pageCount: others.length }));
}

function sideOf(
  { id, setting, values, runs }: Experiment,
  place: number,
  { rows, samples, session }: ExperimentRows,
): GivenRun {
  const own = runs.filter((run) => run.value === place && run.left_out === undefined);
  const value = String(values[place]);
  const facts = {
    ...session,
    ...{ id, name: value === "" ? "-" : value },
    from_ms: own[0]?.from_ms ?? 0,
    to_ms: own.at(-1)?.to_ms ?? 0,
  };
  return {
    facts,
    rows: {
      rows,
      stretches: own.map(({ from_ms, to_ms }) => ({ fromUs: from_ms * 1000, toUs: to_ms * 1000 })),
    },
    samples: own.flatMap((run) => samplesIn(samples, run)),
    conditions: { [setting]: value },
  };
}

function samplesIn(
  samples: readonly StatsSample[],
  { from_ms, to_ms }: { readonly from_ms: number; readonly to_ms: number },
): StatsSample[] {
  return samples.filter(({ t_ms, window_us = 2e6 }) => {
    // A window that lies mostly within a run.
    const middleMs = t_ms - window_us / 2000;
    return middleMs >= from_ms && middleMs <= to_ms;
  });
}
