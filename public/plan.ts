/**
 * What each chart shows of a session: its lines, from back to front. Stages are drawn as areas of
 * running sums, highest first, so that lines can lie over them; what a reader is told is each
 * stage's own value. Pure.
 */
import type { Column, SeriesSession } from "./columns.ts";

export const chartNames = ["stages", "fps", "bitrate", "health", "rtt"] as const;
export type ChartName = (typeof chartNames)[number];

export type Words = Readonly<Record<string, string>>;

export type Line = {
  readonly name: string;
  /** Name of the colour in the style sheet. */
  readonly color: string;
  readonly kind: "area" | "line";
  readonly isDashed?: boolean;
  readonly width?: number;
  /** A worst value: a few of them, far above all else, may lie off the scale. */
  readonly isTail?: boolean;
  readonly times: readonly number[];
  /** What is drawn, and what is told where that is another. */
  readonly drawn: Column;
  readonly told?: Column;
  readonly lowerBounds?: ReadonlySet<number>;
};

export type Plan = {
  readonly lines: readonly Line[];
  /** Names of what was not measured at all. */
  readonly missing: readonly string[];
};

export type Look = {
  readonly stack: "mean" | "p50";
  readonly hasP99: boolean;
  readonly words: Words;
};

export function planChart(name: ChartName, session: SeriesSession, look: Look): Plan {
  const { words } = look;
  const times = session.t_ms;
  switch (name) {
    case "stages":
      return stagePlan(session, look);
    case "fps":
      return keepMeasured([
        line(words, "newFps", { color: "encode", times, drawn: session.new_fps, width: 2 }),
        line(words, "repeatFps", { color: "capture", times, drawn: session.repeat_fps_max }),
        ...viewerLines(session, words, name),
      ]);
    case "bitrate":
      return keepMeasured([
        line(words, "mbps", { color: "send", width: 2, times, drawn: session.mbps }),
        line(words, "target", {
          color: "muted",
          isDashed: true,
          times,
          drawn: session.bitrate_kbps.map((kbps) => (kbps === null ? null : kbps / 1000)),
        }),
      ]);
    case "health":
      return keepMeasured([...healthLines(session, words), ...viewerLines(session, words, name)]);
    case "rtt":
      return keepMeasured([
        line(words, "rtt", { color: "packetize", width: 2, times, drawn: session.rtt_us }),
        ...viewerLines(session, words, name),
      ]);
    default:
      return name satisfies never;
  }
}

function stagePlan(session: SeriesSession, { stack, hasP99, words }: Look): Plan {
  const times = session.t_ms;
  const lines: Line[] = [
    ...stackLines(session, stack, words),
    line(words, "totalP50", { color: "ink", times, width: 1.6, drawn: session.total_p50_us }),
  ];
  if (hasP99) {
    const drawn = session.total_p99_us;
    lines.push(line(words, "totalP99", { color: "alarm", times, width: 1.6, drawn, isTail: true }));
  }
  if (session.fps > 0) {
    const drawn = times.map(() => 1e6 / session.fps);
    lines.push(line(words, "budget", { color: "muted", isDashed: true, times, drawn }));
  }
  return keepMeasured(lines);
}

/** Means add up to the total's mean, so the gap closes the stack; medians do not, so it has none. */
function stackLines(session: SeriesSession, stack: "mean" | "p50", words: Words): Line[] {
  const hasMeans = session.stage_mean_us.some((column) => column.some((value) => value !== null));
  const isMean = stack === "mean" && hasMeans;
  const own = isMean ? session.stage_mean_us : session.stage_p50_us;
  const layers = session.stages.map((name, index) => ({
    name,
    color: stageColors.has(name) ? name : "other",
    told: own[index] ?? [],
  }));
  if (isMean) {
    layers.push({ name: words.gap ?? "", color: "gap", told: session.gap_mean_us });
  }
  const sums = runningSums(layers.map(({ told }) => told));
  return layers
    .map(({ name, color, told }, index): Line => {
      const drawn = sums[index] ?? [];
      return { name, color, kind: "area", width: 0, times: session.t_ms, drawn, told };
    })
    .reverse();
}

const stageColors = new Set(["capture", "submit", "encode", "packetize", "send"]);

function runningSums(columns: readonly Column[]): Column[] {
  const length = columns[0]?.length ?? 0;
  const sum = new Array<number>(length).fill(0);
  return columns.map((column) =>
    column.map((value, index) => {
      sum[index] = (sum[index] ?? 0) + (value ?? 0);
      return value === null ? null : (sum[index] ?? null);
    }),
  );
}

const healthColors = {
  frames_dropped: ["framesDropped", "alarm"],
  packets_dropped: ["packetsDropped", "encode"],
  send_dropped: ["sendDropped", "packetize"],
  fec_recovered: ["fecRecovered", "submit"],
  missed_slots: ["missedSlots", "send"],
} as const;

function healthLines(session: SeriesSession, words: Words): Line[] {
  return Object.entries(healthColors).map(([field, [word, color]]) => {
    const key = field as keyof typeof healthColors;
    return {
      ...line(words, word, { color, times: session.t_ms, width: 1.8, drawn: session[key] }),
      // As many rebuilt as were lost would hide the loss.
      isDashed: field === "fec_recovered",
      lowerBounds: lowerBoundsOf(session, field),
    };
  });
}

/** The buckets in which what was counted may be too small. */
function lowerBoundsOf({ lower_bounds }: SeriesSession, field: string): ReadonlySet<number> {
  return new Set(lower_bounds.find((bound) => bound.field === field)?.buckets);
}

const viewerColumns = [
  { chart: "fps", field: "client_fps", word: "clientFps", color: "send" },
  { chart: "health", field: "client_dropped", word: "clientDropped", color: "capture" },
  { chart: "health", field: "client_stalls", word: "clientStalls", color: "ink" },
  { chart: "rtt", field: "client_age_p50_us", word: "clientAgeP50", color: "encode" },
  { chart: "rtt", field: "client_age_p99_us", word: "clientAgeP99", color: "alarm" },
] as const;

/** What viewers in a browser report. Other players never do: nothing of theirs is missing. */
function viewerLines(session: SeriesSession, words: Words, name: ChartName): Line[] {
  return viewerColumns
    .filter(({ chart, field }) => chart === name && session[field].some((value) => value !== null))
    .map(({ field, word, color }) => ({
      ...line(words, word, { color, times: session.t_ms, width: 1.8, drawn: session[field] }),
      lowerBounds: lowerBoundsOf(session, field),
      isTail: field === "client_age_p99_us",
    }));
}

/** Two captures in one chart: the first in full lines, the second dashed, one colour for each. */
export function planComparison(
  name: ChartName,
  [first, second]: readonly [SeriesSession | undefined, SeriesSession | undefined],
  words: Words,
): Plan {
  const lines = comparedColumns[name].flatMap((compared) => {
    const { field } = compared;
    // No player but a browser's viewer reports these: nothing of theirs is missing.
    const isMissed = !field.startsWith("client_");
    return [first, second].flatMap((session, side): Line[] => {
      if (session === undefined) return [];
      if (!(isMissed || session[field].some((value) => value !== null))) return [];
      return [comparedLine(session, compared, { side, words })];
    });
  });
  return keepMeasured(lines);
}

function comparedLine(
  session: SeriesSession,
  { field, word, color }: Compared,
  { side, words }: { side: number; words: Words },
): Line {
  const facts = { color: color[side] ?? "ink", times: session.t_ms, drawn: session[field] };
  const made = line(words, word, facts);
  return {
    ...made,
    name: `${(side === 0 ? words.first : words.second) ?? ""} ${made.name}`,
    width: 1.8,
    isDashed: side === 1,
    lowerBounds: lowerBoundsOf(session, field),
    isTail: field.endsWith("p99_us"),
  };
}

type Compared = {
  readonly field:
    | "total_p50_us"
    | "total_p99_us"
    | "new_fps"
    | "mbps"
    | "frames_dropped"
    | "packets_dropped"
    | "send_dropped"
    | "missed_slots"
    | "rtt_us"
    | "client_fps"
    | "client_dropped"
    | "client_stalls"
    | "client_age_p50_us"
    | "client_age_p99_us";
  readonly word: string;
  readonly color: readonly [string, string];
};

const pair = ["send", "alarm"] as const;
const otherPair = ["capture", "encode"] as const;
const thirdPair = ["submit", "packetize"] as const;
const fourthPair = ["ink", "muted"] as const;

const comparedColumns: Readonly<Record<ChartName, readonly Compared[]>> = {
  stages: [
    { field: "total_p50_us", word: "totalP50", color: pair },
    { field: "total_p99_us", word: "totalP99", color: otherPair },
  ],
  fps: [
    { field: "new_fps", word: "newFps", color: pair },
    { field: "client_fps", word: "clientFps", color: otherPair },
  ],
  bitrate: [{ field: "mbps", word: "mbps", color: pair }],
  health: [
    { field: "frames_dropped", word: "framesDropped", color: pair },
    { field: "packets_dropped", word: "packetsDropped", color: otherPair },
    { field: "send_dropped", word: "sendDropped", color: thirdPair },
    { field: "missed_slots", word: "missedSlots", color: fourthPair },
    // Of one side: either packets are counted, or a browser's viewer reports.
    { field: "client_dropped", word: "clientDropped", color: otherPair },
    { field: "client_stalls", word: "clientStalls", color: thirdPair },
  ],
  rtt: [
    { field: "rtt_us", word: "rtt", color: pair },
    { field: "client_age_p50_us", word: "clientAgeP50", color: otherPair },
    { field: "client_age_p99_us", word: "clientAgeP99", color: thirdPair },
  ],
};

/** The order to read in: the stack from its ground up, then what lies over it. */
export function readingOrder(lines: readonly Line[]): Line[] {
  const areas = lines.filter(({ kind }) => kind === "area").reverse();
  return [...areas, ...lines.filter(({ kind }) => kind === "line")];
}

type LineFacts = Omit<Line, "name" | "kind"> & { readonly kind?: "area" | "line" };

function line(words: Words, word: string, facts: LineFacts): Line {
  return { kind: "line", ...facts, name: words[word] ?? word };
}

/** A line without a single value would say nothing, or worse, lie flat on zero: it is named instead. */
function keepMeasured(all: readonly Line[]): Plan {
  const isMeasured = ({ drawn }: Line) => drawn.some((value) => value !== null);
  return {
    lines: all.filter(isMeasured),
    missing: all.filter((one) => !isMeasured(one) && one.times.length > 0).map(({ name }) => name),
  };
}
