/**
 * The figures of a range of one session. Percentiles of windows do not average: of medians the
 * middle one is given, of 99th percentiles the worst, and the page says so. What a window did not
 * measure is left out of its counter. Pure.
 */
import type { Figure, FigureName, Figures, FigureUnit } from "../../views/figures.ts";
import type { Capture, StatsSample } from "../model/capture.ts";

export type FigureRange = {
  readonly session: number | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
};

export function makeFigures({ meta, samples }: Capture, range: FigureRange): Figures {
  const fromMs = range.fromMs ?? 0;
  const toMs = range.toMs ?? Math.max(meta.duration_ms, samples.at(-1)?.t_ms ?? 0);
  const own = samples.filter(
    ({ t_ms, session_id }) =>
      t_ms >= fromMs &&
      t_ms <= toMs &&
      (range.session === undefined || session_id === range.session),
  );
  return {
    rows: [
      ...stageRows(own),
      totalRow(own),
      gapRow(own),
      ...rates.map(rateRow(own)),
      ...counters.map(counterRow(own)),
      ...viewers.map(counterRow(own)).filter(({ p50 }) => p50 !== undefined),
    ],
    windowCount: own.length,
    frameCount: own.reduce((sum, { frame_count: count }) => sum + (count ?? 0), 0),
    fromMs,
    toMs,
    worst: worstOf(own),
  };
}

function worstOf(samples: readonly StatsSample[]): Figures["worst"] {
  let worst: Figures["worst"];
  for (const { t_ms: atMs, total_p99_us: us } of samples) {
    if (us !== undefined && us > (worst?.us ?? 0)) worst = { atMs, us };
  }
  return worst;
}

/** In one pass: a long capture has some 20,000 of them. */
function stageRows(samples: readonly StatsSample[]): Figure[] {
  const stages = new Map<string, { medians: number[]; p99: number; max: number }>();
  for (const sample of samples) {
    for (const { name, p50_us, p99_us, max_us = p99_us } of sample.stages) {
      const stage = stages.get(name) ?? { medians: [], p99: 0, max: 0 };
      stages.set(name, stage);
      stage.medians.push(p50_us);
      stage.p99 = Math.max(stage.p99, p99_us);
      stage.max = Math.max(stage.max, max_us);
    }
  }
  return [...stages].map(([name, { medians: unsorted, p99, max }]) => {
    const medians = sorted(unsorted);
    return {
      name: { stage: name },
      unit: "µs",
      min: medians[0],
      p50: quantile(medians, 0.5),
      p99,
      max,
    };
  });
}

function totalRow(samples: readonly StatsSample[]): Figure {
  const medians = sorted(present(samples.map(({ total_p50_us }) => total_p50_us)));
  const p99 = maxOf(present(samples.map(({ total_p99_us }) => total_p99_us)));
  return { name: "total", unit: "µs", min: medians[0], p50: quantile(medians, 0.5), p99 };
}

function gapRow(samples: readonly StatsSample[]): Figure {
  const means = sorted(present(samples.map(({ gap_mean_us }) => gap_mean_us)));
  const p99 = maxOf(present(samples.map(({ gap_p99_us }) => gap_p99_us)));
  return { name: "gap", unit: "µs", min: means[0], p50: quantile(means, 0.5), p99 };
}

type Rate = {
  readonly name: FigureName;
  readonly unit: FigureUnit;
  of(sample: StatsSample): number;
};

const rates: readonly Rate[] = [
  { name: "newFps", unit: "fps", of: ({ fps }) => fps },
  { name: "repeatFps", unit: "fps", of: ({ repeat_fps }) => repeat_fps },
  { name: "mbps", unit: "Mb/s", of: ({ mbps }) => mbps },
  { name: "bitrate", unit: "kbit/s", of: ({ bitrate_kbps }) => bitrate_kbps },
];

function rateRow(samples: readonly StatsSample[]): (rate: Rate) => Figure {
  return ({ name, unit, of }) => ({ name, unit, ...spread(samples.map(of)) });
}

type CounterName =
  | "frames_dropped"
  | "packets_dropped"
  | "send_dropped"
  | "fec_recovered"
  | "missed_slots"
  | "frames_lost"
  | "idr_requests"
  | "rtt_us"
  | "client_fps"
  | "client_age_p50_us"
  | "client_age_p99_us"
  | "client_dropped"
  | "client_stalls";
type Counter = {
  readonly field: CounterName;
  readonly name: FigureName;
  readonly unit: FigureUnit;
};

const counters: readonly Counter[] = [
  { field: "missed_slots", name: "missedSlots", unit: "" },
  { field: "frames_dropped", name: "framesDropped", unit: "" },
  { field: "packets_dropped", name: "packetsDropped", unit: "" },
  { field: "send_dropped", name: "sendDropped", unit: "" },
  { field: "fec_recovered", name: "fecRecovered", unit: "" },
  { field: "frames_lost", name: "framesLost", unit: "" },
  { field: "idr_requests", name: "idrRequests", unit: "" },
  { field: "rtt_us", name: "rtt", unit: "µs" },
];

/** Only viewers in a browser report these: for other players there are no rows. */
const viewers: readonly Counter[] = [
  { field: "client_fps", name: "clientFps", unit: "fps" },
  { field: "client_age_p50_us", name: "clientAgeP50", unit: "µs" },
  { field: "client_age_p99_us", name: "clientAgeP99", unit: "µs" },
  { field: "client_dropped", name: "clientDropped", unit: "" },
  { field: "client_stalls", name: "clientStalls", unit: "" },
];

function counterRow(samples: readonly StatsSample[]): (counter: Counter) => Figure {
  return ({ field, name, unit }) => {
    const measured = samples.filter((sample) => !sample.unmeasured?.includes(field));
    const values = present(measured.map((sample) => sample[field]));
    const isLowerBound = measured.some((sample) => sample.lower_bounds?.includes(field));
    const sum =
      unit !== "" || values.length === 0
        ? undefined
        : values.reduce((total, value) => total + value, 0);
    return { name, unit, ...spread(values), sum, isLowerBound };
  };
}

function spread(values: readonly number[]): Pick<Figure, "min" | "p50" | "p99" | "max"> {
  const ascending = sorted(values);
  return {
    min: ascending[0],
    p50: quantile(ascending, 0.5),
    p99: quantile(ascending, 0.99),
    max: ascending.at(-1),
  };
}

/** Nearest rank. */
function quantile(ascending: Float64Array, share: number): number | undefined {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)];
}

/** By the runtime, without a call for each pair. */
function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

function present(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}

function maxOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((max, value) => Math.max(max, value));
}
