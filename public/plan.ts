/**
 * What each chart shows of a session: its lines, from back to front. Stages are drawn as areas of
 * running sums, highest first, so that lines can lie over them; a reader sees each stage's own
 * value. Pure.
 */
import { type ColumnName, drawnColumns } from "../src/model/metric-columns.ts";
import type { ChartName } from "../src/model/metric-row.ts";
import { digitsOf } from "../src/model/metric-units.ts";
import { type MetricName, metricNames, metricRows } from "../src/model/metrics.ts";
import type { SeriesSession, ValueColumn } from "./columns.ts";
import type { FrameBars } from "./frame-plan.ts";
import { machinePairs, machinePlanLines } from "./machine-plan.ts";

export type Words = Readonly<Record<string, string>>;

export type Line = {
  readonly name: string;
  /** Name of the colour in the style sheet. */
  readonly color: string;
  readonly kind: "area" | "line";
  readonly isDashed?: boolean;
  readonly width?: number;
  /** A worst value: a few of them, far above the rest, may lie off the scale. */
  readonly isTail?: boolean;
  readonly times: readonly number[];
  /** The drawn values, and the shown ones where they differ. */
  readonly drawn: ValueColumn;
  readonly shown?: ValueColumn;
  readonly lowerBounds?: ReadonlySet<number>;
  /** Drawn as bars, in addition to the lines. */
  readonly isBar?: boolean;
};

export type Plan = {
  readonly lines: readonly Line[];
  /** Names of metrics that were not measured at all. */
  readonly missing: readonly string[];
  /** Single frames, whose lines describe each of them. */
  readonly bars?: FrameBars;
};

export type Look = {
  readonly stack: "mean" | "p50";
  readonly hasP99: boolean;
  readonly words: Words;
};

/** @returns the lines of one session in a chart; times in microseconds, bitrates in Mbit/s */
export function planChart(name: ChartName, session: SeriesSession, look: Look): Plan {
  const { words } = look;
  if (name === "machine") return keepMeasured(machinePlanLines(session, words));
  const own = metricNames
    .filter((metric) => metricRows[metric].line?.chart === name && isShown(metric, [session]))
    .map((metric) => metricLine(metric, session, words));
  return keepMeasured(name === "stages" ? stageLines(session, own, look) : own);
}

/** Metrics that no session has are left out; what another path lacks is not "missing". */
function isShown(metric: MetricName, sessions: readonly (SeriesSession | undefined)[]): boolean {
  if (metricRows[metric].only === undefined) return true;
  const column = drawnColumns.get(metric);
  return sessions.some((session) => column && session?.[column].some((value) => value !== null));
}

function metricLine(metric: MetricName, session: SeriesSession, words: Words): Line {
  const { line: look, unit } = metricRows[metric];
  const column = columnOf(metric, session);
  return {
    name: nameOf(metric, words),
    color: look?.color ?? "other",
    kind: "line",
    width: 1.8,
    isDashed: look?.isDashed === true,
    isTail: look?.isTail === true,
    times: session.t_ms,
    // Drawn with a bitrate in Mbit/s.
    drawn: unit === "kbps" ? column.map((kbps) => kbps && kbps / 1000) : column,
    lowerBounds: lowerBoundsOf(session, metric),
  };
}

/** None if the server is of another version than this page. */
function columnOf(metric: MetricName, session: SeriesSession): ValueColumn {
  const column: ColumnName | undefined = drawnColumns.get(metric);
  return (column && session[column]) ?? session.t_ms.map(() => null);
}

function nameOf(metric: MetricName, words: Words): string {
  return words[`metric_${metric}`] ?? metric;
}

function stageLines(session: SeriesSession, totals: readonly Line[], look: Look): Line[] {
  const { stack, hasP99, words } = look;
  const p99 = nameOf("total_p99_us", words);
  const lines = [
    ...stackLines(session, stack, words),
    ...totals.filter(({ name }) => hasP99 || name !== p99),
  ];
  if (session.fps > 0) lines.push(budgetLine(session, words));
  return lines;
}

function budgetLine({ fps, t_ms: times }: SeriesSession, words: Words): Line {
  const us = 1e6 / fps;
  const digits = { maximumFractionDigits: digitsOf("us", us / 1000) };
  const text = (us / 1000).toLocaleString(words.tag, digits);
  return {
    name: `${words.budget ?? ""} (${text} ms)`,
    color: "muted",
    kind: "line",
    isDashed: true,
    times,
    drawn: times.map(() => us),
  };
}

/**
 * Means add up to the total's mean, so the gap completes the stack; medians do not, so they have
 * none.
 */
function stackLines(session: SeriesSession, stack: "mean" | "p50", words: Words): Line[] {
  const hasMeans = session.stage_mean_us.some((column) => column.some((value) => value !== null));
  const isMean = stack === "mean" && hasMeans;
  const own = isMean ? session.stage_mean_us : session.stage_p50_us;
  const layers = session.stages.map((name, index) => ({
    name: words[`stage_${name}`] ?? name,
    color: stageColors.has(name) ? name : "other",
    shown: own[index] ?? [],
  }));
  if (isMean) {
    layers.push({ name: words.stage_gap ?? "", color: "gap", shown: session.gap_mean_us });
  }
  const sums = runningSums(layers.map(({ shown }) => shown));
  return layers
    .map(({ name, color, shown }, index): Line => {
      const drawn = sums[index] ?? [];
      return { name, color, kind: "area", width: 0, times: session.t_ms, drawn, shown };
    })
    .reverse();
}

const stageColors = new Set(["capture", "submit", "encode", "packetize", "send"]);

function runningSums(columns: readonly ValueColumn[]): ValueColumn[] {
  const length = columns[0]?.length ?? 0;
  const sum = new Array<number>(length).fill(0);
  return columns.map((column) =>
    column.map((value, index) => {
      sum[index] = (sum[index] ?? 0) + (value ?? 0);
      return value === null ? null : (sum[index] ?? null);
    }),
  );
}

/** The buckets whose counts may be too small. */
function lowerBoundsOf({ lower_bounds }: SeriesSession, field: string): ReadonlySet<number> {
  return new Set(lower_bounds.find((bound) => bound.field === field)?.buckets);
}

/** Two captures in one chart: the first in solid lines, the second dashed, one colour each. */
export function planComparison(
  name: ChartName,
  [first, second]: readonly [SeriesSession | undefined, SeriesSession | undefined],
  words: Words,
): Plan {
  if (name === "machine") return compareMachines([first, second], words);
  const lines = metricNames.flatMap((metric) => {
    const { line } = metricRows[metric];
    if (line?.chart !== name || line.pair === undefined) return [];
    const colors = pairs[line.pair];
    return [first, second].flatMap((session, side): Line[] => {
      if (session === undefined || !isShown(metric, [session])) return [];
      return [comparedLine(metricLine(metric, session, words), { side, colors, words })];
    });
  });
  return keepMeasured(lines);
}

function compareMachines(sessions: readonly (SeriesSession | undefined)[], words: Words): Plan {
  const lines = machinePairs().flatMap(({ place, pair }) =>
    sessions.flatMap((session, side): Line[] => {
      const line = session && machinePlanLines(session, words)[place];
      return line === undefined ? [] : [comparedLine(line, { side, colors: pairs[pair], words })];
    }),
  );
  return keepMeasured(lines);
}

type Compared = {
  readonly side: number;
  readonly colors: readonly [string, string];
  readonly words: Words;
};

function comparedLine(line: Line, { side, colors, words }: Compared): Line {
  const letter = (side === 0 ? words.first : words.second) ?? "";
  const color = colors[side] ?? "ink";
  return { ...line, name: `${letter} ${line.name}`, color, isDashed: side === 1 };
}

/** One colour per capture, by its number in the row. */
const pairs = [
  ["send", "alarm"],
  ["capture", "encode"],
  ["submit", "packetize"],
  ["ink", "muted"],
  ["other", "gap"],
] as const;

/** Whether a chart shows times: drawn in microseconds, labelled in milliseconds. */
export function isTimeChart(name: ChartName): boolean {
  return metricNames.some((metric) => {
    const { line, unit } = metricRows[metric];
    return line?.chart === name && unit === "us";
  });
}

/** Reading order: the stack from the bottom up, then what lies over it. */
export function readingOrder(lines: readonly Line[]): Line[] {
  const areas = lines.filter(({ kind }) => kind === "area").reverse();
  return [...areas, ...lines.filter(({ kind }) => kind === "line")];
}

/** A line without a single value would say nothing, or falsely lie on zero: it is only named. */
function keepMeasured(all: readonly Line[]): Plan {
  const isMeasured = ({ drawn }: Line) => drawn.some((value) => value !== null);
  return {
    lines: all.filter(isMeasured),
    missing: all.filter((one) => !isMeasured(one) && one.times.length > 0).map(({ name }) => name),
  };
}
