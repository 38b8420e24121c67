/**
 * An experiment: one setting of the running streams is changed back and forth in a balanced order,
 * and the results of the values are compared. Each experiment keeps its manifest. Codes are only
 * ever added.
 */
import { type Static, Type } from "@sinclair/typebox";
import { RunComparison } from "./run-comparison.ts";
import { experimentFields, settingsFields } from "./settings.ts";

const count = (description: string) => Type.Integer({ minimum: 0, description });
const oneOf = <T extends string>(values: readonly T[], description: string) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    { description },
  );

/** A setting that an experiment may change. */
export type ExperimentField = (typeof experimentFields)[number];

/** Whether a name is that of a setting that an experiment may change. */
export function isExperimentField(name: string): name is ExperimentField {
  return (
    settingsFields.some((field) => field === name) && experimentFields.some((one) => one === name)
  );
}

export const experimentLimits = {
  valueCountMin: 2,
  valueCountMax: 4,
  secondsMin: 10,
  secondsMax: 3600,
  blockSecondsMin: 6,
  blockSecondsMax: 300,
  settleMsMax: 10_000,
} as const;
const limits = experimentLimits;

/** Left out after each change: an encoder that is opened again begins with a key frame. */
export const settleMsDefault = 2000;
export const secondsDefault = 60;
export const blockSecondsDefault = 10;

const Value = Type.Union([Type.String({ maxLength: 16 }), Type.Number()]);

export const ExperimentRequest = Type.Object(
  {
    setting: oneOf(experimentFields, "Which setting is changed"),
    values: Type.Array(Value, {
      minItems: limits.valueCountMin,
      maxItems: limits.valueCountMax,
      description: "Values to try; all others are compared with the first",
    }),
    seconds: Type.Optional(
      Type.Integer({
        minimum: limits.secondsMin,
        maximum: limits.secondsMax,
        default: secondsDefault,
        description: "Total time of each value, over all of its runs",
      }),
    ),
    block_seconds: Type.Optional(
      Type.Integer({
        minimum: limits.blockSecondsMin,
        maximum: limits.blockSecondsMax,
        default: blockSecondsDefault,
        description: "Length of one run, including the settling time",
      }),
    ),
    settle_ms: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: limits.settleMsMax,
        default: settleMsDefault,
        description: "Settling time left out at the start of each run",
      }),
    ),
    session: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2 ** 32 - 1,
        description: "Session whose frames are compared; default: the first one playing",
      }),
    ),
  },
  { $id: "ExperimentRequest", additionalProperties: false },
);
/** The input of an experiment. */
export type ExperimentRequest = Static<typeof ExperimentRequest>;

export const experimentStates = ["armed", "running", "draining", "done", "aborted"] as const;
/** `draining`: everything was run; players' reports of the last frames may still arrive. */
export type ExperimentState = (typeof experimentStates)[number];

export const abortCodes = [
  "asked",
  "settings_changed",
  "session_started",
  "session_ended",
  "change_refused",
  "nothing_measured",
  "host_stopped",
  "host_ended",
] as const;
/** Why an experiment stopped early. `host_ended`: found unfinished at the next start. */
export type AbortCode = (typeof abortCodes)[number];

const ExperimentRun = Type.Object(
  {
    value: count("Index in the list of values"),
    from_ms: count("Start of the counted part, since the experiment began"),
    to_ms: count("End of it"),
    others_share: Type.Optional(
      Type.Number({ minimum: 0, description: "Share of all cores that other programs used" }),
    ),
    left_out: Type.Optional(
      oneOf(
        ["machine_busy"] as const,
        "Why it does not count: other programs used much more than in other runs",
      ),
    ),
  },
  { description: "A run with one value" },
);

export const Experiment = Type.Object(
  {
    version: Type.Literal(1),
    id: Type.String({ description: "Start in UTC and the setting" }),
    state: oneOf(experimentStates, "State of the experiment"),
    abort_code: Type.Optional(oneOf(abortCodes, "Why it was aborted")),
    setting: oneOf(experimentFields, "Which setting is changed"),
    values: Type.Array(Value),
    seconds: count("Time of each value"),
    block_seconds: count("Length of one run"),
    settle_ms: count("Settling time left out at the start of each run"),
    session_id: count("Session whose frames are compared"),
    started_unix_ms: count("When it began"),
    duration_ms: count("Planned or actual duration"),
    runs_planned: count("Total number of runs"),
    order: Type.String({ description: "Order of the runs; A is the first value" }),
    runs: Type.Array(ExperimentRun, { description: "Completed runs" }),
    was: Type.Optional(Value),
    restored: Type.Boolean({
      description: "The setting was restored, or was changed by someone else",
    }),
    capture_id: Type.Optional(Type.String({ description: "Capture of the whole experiment" })),
    comparisons: Type.Optional(
      Type.Array(RunComparison, { description: "Comparison of each further value with the first" }),
    ),
  },
  { $id: "Experiment", description: "A setting tried with several values, and its result" },
);
type Wire = Static<typeof Experiment>;
/** The manifest of an experiment. */
export type Experiment = Omit<Wire, "comparisons" | "state" | "setting" | "abort_code"> & {
  state: ExperimentState;
  setting: ExperimentField;
  abort_code?: AbortCode;
  comparisons?: RunComparison[];
};

/** Whether it still changes settings or reads. */
export function isUnderWay({ state }: Pick<Experiment, "state">): boolean {
  return state === "armed" || state === "running" || state === "draining";
}
