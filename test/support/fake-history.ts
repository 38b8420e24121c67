/** A host whose history holds nothing. */
import { Failure } from "../../src/base/failure.ts";
import type { Comparisons } from "../../src/ports/comparisons.ts";
import type { Experiments } from "../../src/ports/experiments.ts";
import type { HistoryReads } from "../../src/ports/history.ts";
import type { Imports } from "../../src/ports/imports.ts";
import type { Shares } from "../../src/ports/shares.ts";
import type { Trials } from "../../src/ports/trials.ts";
import type { VerdictReads } from "../../src/ports/verdicts.ts";

const nothingKept = () => Promise.reject(new Failure("nothing_kept", "Nothing is held"));

/** Nothing is judged where nothing is kept. */
export const noVerdicts: VerdictReads = {
  live: () => [],
  verdictOfRecording: () => Promise.reject(new Failure("no_frames", "None are saved")),
  verdictOfCapture: () => Promise.resolve(undefined),
  verdictOfSession: () => Promise.resolve(undefined),
};

/** Nobody tries anything. */
export const noExperiments: Experiments = {
  start: () => Promise.reject(new Failure("nobody_plays", "Nobody plays")),
  list: () => Promise.resolve([]),
  get: () => Promise.resolve(undefined),
  remove: () => Promise.resolve(false),
};

/** Nothing can be compared where nothing is kept. */
export const noComparisons: Comparisons = {
  compare: () => Promise.reject(new Failure("not_found", "Nothing is saved")),
};

export const emptyHistory: HistoryReads = {
  state: () =>
    Promise.resolve({
      ...{ on: true, bytes: 0, segments: 0, from_unix_ms: 0 },
      ...{ rows_overwritten: 0, batches_dropped: 0, sessions: [] },
    }),
  framesOfRecording: () => Promise.reject(new Failure("no_frames", "None are saved")),
  framesPath: () => Promise.resolve(undefined),
  framesOfCapture: () => Promise.resolve(undefined),
  framesOfSession: () => Promise.resolve(undefined),
  overviewOfRecording: () => Promise.reject(new Failure("no_frames", "None are saved")),
  overviewOfCapture: () => Promise.resolve(undefined),
  overviewOfSession: () => Promise.resolve(undefined),
  held: () => Promise.resolve(undefined),
  parquetOfSession: () => Promise.resolve(undefined),
  parquetOfCapture: () => Promise.resolve(undefined),
  keepLast: nothingKept,
  keepSession: nothingKept,
};

/** No step is ever tried. */
export const noTrials: Trials = {
  look: () => Promise.resolve({ before: undefined, session: undefined }),
  begin: () => undefined,
  current: () => Promise.resolve(undefined),
  end: () => undefined,
};

/** Nothing can be shared where nothing is saved. */
export const noShares: Shares = { share: () => Promise.resolve(undefined) };

/** Nothing is imported. */
export const noImports: Imports = {
  import: () => Promise.reject(new Failure("recording_refused", "Nothing is imported")),
  progress: () => ({ is_running: false }),
};
