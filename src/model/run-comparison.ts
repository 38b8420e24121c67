/**
 * Two runs side by side: facts and codes, no sentences. A side is a saved capture, a range or a
 * session of it, or a session of the history. Codes are only ever added.
 */
import { type Static, Type } from "@sinclair/typebox";

const count = (description: string) => Type.Integer({ minimum: 0, description });
const oneOf = <T extends string>(values: readonly T[], description: string) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    { description },
  );

/** Longest distribution: bins of each side. */
export const binCountMax = 64;

/** What prevents a comparison, or differs besides the compared figures. */
export const runDifferenceCodes = [
  "nothing_a",
  "nothing_b",
  "kind",
  "mode",
  "codec",
  "source",
  "client",
  "host",
  "encoder_preset",
  "bitrate_kbps",
  "fps_cap",
  "machine_busy",
] as const;
/** `nothing_*`: nothing was measured on that side. `machine_busy`: the share of other programs. */
export type RunDifferenceCode = (typeof runDifferenceCodes)[number];

export const RunDifference = Type.Object(
  {
    code: oneOf(runDifferenceCodes, "What differs, or is missing"),
    a: Type.Optional(Type.String({ description: "Value for A" })),
    b: Type.Optional(Type.String({ description: "Value for B" })),
  },
  { $id: "RunDifference", description: "What differs besides the figures" },
);
export type RunDifference = { code: RunDifferenceCode; a?: string; b?: string };

export const runVerdicts = ["higher", "lower", "no_difference", "too_little"] as const;
/** Whether B differs from A. */
export type RunVerdict = (typeof runVerdicts)[number];

export const runUnits = ["us", "share", "fps", "mbps", "kbps", "count", "percent"] as const;
/** Unit of a figure of a comparison. */
export type RunUnit = (typeof runUnits)[number];

export const RunMetric = Type.Object(
  {
    metric: Type.String({
      description: "Name: for rows, such as encode_p50_us; for samples, their field",
    }),
    unit: oneOf(runUnits, "Unit of a, b and the difference"),
    a: Type.Number({ description: "Median of the blocks of A" }),
    b: Type.Number({ description: "Median of the blocks of B" }),
    difference: Type.Number({ description: "Typical difference, B minus A" }),
    low: Type.Optional(Type.Number({ description: "95% interval of the difference" })),
    high: Type.Optional(Type.Number({ description: "95% interval of the difference" })),
    chance: Type.Number({
      minimum: 0,
      maximum: 1,
      description: "Probability that two equal runs differ this much, for this metric alone",
    }),
    verdict: oneOf(
      runVerdicts,
      "Result; too_little: too few blocks. The false-alarm rate applies to all metrics together",
    ),
    negligible: Type.Optional(
      Type.Boolean({
        description: "The difference is too small to matter; the verdict is no_difference",
      }),
    ),
  },
  { $id: "RunMetric", description: "One figure, compared" },
);
export type RunMetric = Omit<Static<typeof RunMetric>, "verdict" | "unit"> & {
  verdict: RunVerdict;
  unit: RunUnit;
};

export const ComparedRun = Type.Object(
  {
    id: Type.String({ description: "Id of the capture, or of the session in the history" }),
    name: Type.Optional(Type.String({ description: "Name, given by a person" })),
    session_id: count("Session whose rows are compared"),
    from_ms: count("Start of the range, since the capture or session began"),
    to_ms: count("End of it"),
    frames: count("Slots with a new picture"),
    blocks: count("Blocks behind the figures"),
    started_unix_ms: Type.Optional(count("Start of the capture or session")),
    kind: Type.String({ description: "native, gamestream or moq" }),
    width: count("Pixels"),
    height: count("Pixels"),
    fps: Type.Number({ minimum: 0, description: "Requested frame rate" }),
    codec: Type.String({ description: "h264, hevc or av1" }),
    client: Type.String({ description: "Name of the player" }),
    quality: Type.Optional(Type.String({ description: "Of its verdict; absent without rows" })),
    blame: Type.Optional(
      Type.Record(Type.String(), Type.Number({ minimum: 0, maximum: 1 }), {
        description: "Shares of the excess of bad frames, by part, as in its verdict",
      }),
    ),
    causes: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.String({ description: "As in the verdict" }),
          share: Type.Number({ minimum: 0, maximum: 1 }),
        }),
      ),
    ),
  },
  { $id: "ComparedRun", description: "One side of a comparison" },
);
export type ComparedRun = Static<typeof ComparedRun>;

/** The end to which a frame's time is measured: the farthest that both sides know. */
export const runEnds = ["handed_over", "complete", "shown"] as const;
export type RunEnd = (typeof runEnds)[number];

export const RunLead = Type.Object(
  {
    metric: Type.String({ description: "Name of the metric in the table" }),
    parts: Type.Array(
      Type.Object({
        part: Type.String({ description: "wait, capture, submit, encode, …, network, display" }),
        difference_us: Type.Number({ description: "Mean of the middle half of frames, B minus A" }),
        share: Type.Number({ description: "Share of the whole difference; they add up to 1" }),
      }),
      { description: "Largest share first; empty if no difference is shown" },
    ),
  },
  { $id: "RunLead", description: "Time per frame, and the parts that make the difference" },
);
export type RunLead = Static<typeof RunLead>;

export const RunDistribution = Type.Object(
  {
    metric: Type.String({ description: "The distributed value" }),
    from_us: Type.Number({ minimum: 0, description: "Start of the first bin" }),
    step_us: Type.Number({ minimum: 0, description: "Width of a bin" }),
    a: Type.Array(Type.Number({ minimum: 0, maximum: 1 }), {
      maxItems: binCountMax + 1,
      description: "Shares of the frames; the last bin includes all longer ones",
    }),
    b: Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { maxItems: binCountMax + 1 }),
  },
  { $id: "RunDistribution", description: "Distribution of frame times on both sides" },
);
export type RunDistribution = Static<typeof RunDistribution>;

export const RunComparison = Type.Object(
  {
    version: Type.Literal(1),
    a: ComparedRun,
    b: ComparedRun,
    based_on: oneOf(
      ["rows", "samples"] as const,
      "What is compared: samples if a side has no rows",
    ),
    measured_until: oneOf(runEnds, "The last end point known on both sides"),
    not_comparable: Type.Optional(
      Type.Array(RunDifference, { description: "Why the metrics are left out" }),
    ),
    differs: Type.Array(RunDifference, {
      description: "Differences that do not prevent a comparison",
    }),
    result: oneOf(
      ["difference", "no_difference", "too_little", "not_comparable"] as const,
      "Result of all metrics together",
    ),
    alarm_share: Type.Number({
      description: "Maximum rate of false alarms when equal runs are compared",
    }),
    metrics: Type.Array(RunMetric),
    lead: Type.Optional(RunLead),
    distribution: Type.Optional(RunDistribution),
    clicks: Type.Optional(RunDistribution),
  },
  { $id: "RunComparison", description: "Comparison of two runs" },
);
/** The result of comparing two runs. */
export type RunComparison = Omit<
  Static<typeof RunComparison>,
  "metrics" | "not_comparable" | "differs" | "based_on" | "measured_until" | "result"
> & {
  metrics: RunMetric[];
  not_comparable?: RunDifference[];
  differs: RunDifference[];
  based_on: "rows" | "samples";
  measured_until: RunEnd;
  result: "difference" | "no_difference" | "too_little" | "not_comparable";
};
