/** What a row of the table of metrics may say. The page loads this file too: no schema here. */
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
  /** A worst value: a few of them, far above all else, may lie off the scale. */
  readonly isTail?: true;
  /** Which pair of colours it has where two captures are compared; absent where it is left out there. */
  readonly pair?: 0 | 1 | 2 | 3 | 4;
  /** A moment of the chart is bad where this is high, or low. */
  readonly bad?: "high" | "low";
};

/** One row of the table. */
export type Metric = {
  readonly unit: MetricUnit;
  /** One way, in a series column of the metric's name; or several columns, the drawn one first. */
  readonly fold: Fold | Readonly<Record<string, Fold>>;
  /** Who knows it: the host by itself, or only the player, who need not report it. */
  readonly of: "host" | "player";
  /** Absent from samples of other paths, where nothing is missing then. */
  readonly only?: "gamestream" | "moq";
  /** Absent from windows in which it did not happen: nothing is missing there. */
  readonly isOccasional?: true;
  /** Absent where it is drawn in no chart. */
  readonly line?: MetricLine;
  /** Shown in the figures as a part of this row instead of in one of its own. */
  readonly part?: { readonly row: "total" | "gap"; readonly value: "p50" | "p99" | "none" };
  /** Also in samples of the first version, and never absent. */
  readonly isRequired?: true;
  /** Written as a whole number although its unit allows fractions. */
  readonly isWhole?: true;
  readonly description: string;
};

/** What a row says that pages report which show a stream. */
export const ofPages = { of: "player", only: "moq" } as const;
/** The same, absent from windows in which it did not happen. */
export const occasionalOfPages = { ...ofPages, isOccasional: true } as const;

/** The row of a time of measured clicks. */
export function clickTime<How extends Fold>(fold: How, description: string) {
  return { ...occasionalOfPages, unit: "us", isWhole: true, fold, description } as const;
}
