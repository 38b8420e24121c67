/** The fields of a row in the table of metrics. The page loads this file too: no schema here. */
import type { Fold, MetricUnit } from "./metric-fold.ts";

export const chartNames = [
  "stages",
  "fps",
  "bitrate",
  "quality",
  "health",
  "rtt",
  "machine",
] as const;
/** The charts of a capture, in the order in which a page has them; `machine` has lines of its own. */
export type ChartName = (typeof chartNames)[number];

/** The line of a metric in a chart. */
export type MetricLine = {
  readonly chart: ChartName;
  /** Name of a colour in the style sheet. */
  readonly color: string;
  readonly isDashed?: true;
  /** A worst value: a few of them, far above the rest, may lie off the scale. */
  readonly isTail?: true;
  /** Its pair of colours when two captures are compared; absent if it is left out there. */
  readonly pair?: 0 | 1 | 2 | 3 | 4;
  /** A high, or low, value marks a bad moment of the chart. */
  readonly bad?: "high" | "low";
};

/** One row of the table. */
export type Metric = {
  readonly unit: MetricUnit;
  /**
   * A single method, in a series column of the metric's name; or several columns, the drawn one
   * first.
   */
  readonly fold: Fold | Readonly<Record<string, Fold>>;
  /** Who knows it: the host itself, or only the player, who need not report it. */
  readonly of: "host" | "player";
  /** Absent from samples of other paths, where nothing is missing then. */
  readonly only?: "gamestream" | "moq";
  /** Absent from windows in which it did not happen: nothing is missing there. */
  readonly isOccasional?: true;
  /** Absent if no chart draws it. */
  readonly line?: MetricLine;
  /** Shown in the figures as a part of this row instead of in its own. */
  readonly part?: { readonly row: "total" | "gap"; readonly value: "p50" | "p99" | "none" };
  /** Also in samples of the first version, and never absent. */
  readonly isRequired?: true;
  /** Written as a whole number although its unit allows fractions. */
  readonly isWhole?: true;
  readonly description: string;
};

/** A row for reports of pages that show a stream. */
export const ofPages = { of: "player", only: "moq" } as const;
/** The same, absent from windows in which it did not happen. */
export const occasionalOfPages = { ...ofPages, isOccasional: true } as const;

/** The row for a time of measured clicks. */
export function clickTime<How extends Fold>(fold: How, description: string) {
  return { ...occasionalOfPages, unit: "us", isWhole: true, fold, description } as const;
}
