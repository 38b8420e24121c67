/** Before and after a checkpoint: figures of the samples on both sides, and the conclusions. */
import { type Static, Type } from "@sinclair/typebox";

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const verdicts = ["higher", "lower", "no_difference", "too_little"] as const;
/** Whether a metric differs between the two sides. */
export type MetricVerdict = (typeof verdicts)[number];

const differenceKinds = ["nothing_before", "nothing_after", "codec", "client", "mode"] as const;

/** Why two sides cannot be compared, as codes for texts in any language. */
export const SideDifference = Type.Object(
  {
    kind: Type.Union(
      differenceKinds.map((kind) => Type.Literal(kind)),
      { description: "The reason" },
    ),
    before: Type.Optional(Type.String({ description: "Value before, if it is a change" })),
    after: Type.Optional(Type.String({ description: "Value after" })),
  },
  { $id: "SideDifference", description: "What else changed or is missing" },
);
export type SideDifference = Omit<Static<typeof SideDifference>, "kind"> & {
  kind: (typeof differenceKinds)[number];
};

export const ComparedMetric = Type.Object(
  {
    metric: Type.String({ description: "Field of the samples; for a stage, with its name" }),
    before: Type.Number({ description: "Median of the block medians before" }),
    after: Type.Number({ description: "The same after" }),
    difference: Type.Number({ description: "Typical difference, after minus before" }),
    low: Type.Optional(Type.Number({ description: "95% interval of the difference" })),
    high: Type.Optional(Type.Number({ description: "95% interval of the difference" })),
    is_lower_bound: Type.Optional(
      Type.Boolean({ description: "Some of its values are lower bounds" }),
    ),
    verdict: Type.Union(
      verdicts.map((verdict) => Type.Literal(verdict)),
      { description: "Result; too_little: too few blocks for an interval" },
    ),
  },
  { $id: "ComparedMetric", description: "One metric before and after" },
);
export type ComparedMetric = Omit<Static<typeof ComparedMetric>, "verdict"> & {
  verdict: MetricVerdict;
};

export const Comparison = Type.Object(
  {
    checkpoint: Type.String({ description: "Id of the checkpoint" }),
    at_ms: count("Its time on the capture’s clock"),
    seconds: count("Length of each side"),
    settle_ms: count("Skipped after the checkpoint"),
    blocks_before: count("Blocks of five seconds before"),
    blocks_after: count("Blocks of five seconds after"),
    not_comparable: Type.Optional(
      Type.String({
        description: "What else changed: codec, client or mode, or nothing to compare",
      }),
    ),
    side_difference: Type.Optional(SideDifference),
    metrics: Type.Array(ComparedMetric),
  },
  { $id: "Comparison", description: "The samples on both sides of a checkpoint" },
);
/** Both sides of a checkpoint, metric by metric. */
export type Comparison = Omit<Static<typeof Comparison>, "metrics" | "side_difference"> & {
  metrics: ComparedMetric[];
  side_difference?: SideDifference;
};
