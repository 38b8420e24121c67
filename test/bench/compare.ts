/** What a comparison of two runs of an hour costs, rows in memory. */
import { compareRuns, type GivenRun } from "../../src/analysis/compare-runs.ts";
import { systemClock } from "../../src/base/clock.ts";
import { type Row, spread } from "../support/measure.ts";
import { syntheticRun } from "../support/synthetic-run.ts";

const clock = systemClock();
const hourS = 3600;

export function benchCompare(): Row[] {
  const [a, b] = [runOf(1), runOf(2)];
  const rounds = Array.from({ length: 6 }, () => {
    const startUs = clock.nowUs();
    compareRuns(a, b);
    return (clock.nowUs() - startUs) / 1000;
  });
  // The first is the compiler's.
  const measured = `${spread(rounds.slice(1), 0)} ms`;
  return [{ what: "two runs of an hour compared", reach: "<= 300 ms", measured }];
}

function runOf(seed: number): GivenRun {
  const facts = {
    ...{ id: "x", session_id: 1, from_ms: 0, to_ms: 0, kind: "native", codec: "h264" },
    ...{ width: 1280, height: 720, fps: 60, client: "den" },
  };
  const stretches = [{ fromUs: 0, toUs: Number.POSITIVE_INFINITY }];
  const rows = { rows: syntheticRun({ seed, seconds: hourS }), stretches };
  return { facts, rows, samples: [], conditions: {} };
}
