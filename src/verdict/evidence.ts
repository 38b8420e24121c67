/** The evidence for each cause: the usual values, and those of its frames. */
import type { CauseCode, Evidence } from "../model/verdict.ts";
import { type Judged, slotStates } from "./judge.ts";
import { isMeasured } from "./measured.ts";
import type { PartName } from "./parts.ts";
import { roundShare } from "./round.ts";
import type { Window, Windows } from "./windows.ts";

/** The rows that one cause made bad. */
export type Seen = {
  readonly code: CauseCode;
  readonly rows: readonly number[];
  /** The part that took most of its excess. */
  readonly part: PartName;
  /** How long the link carried nothing; `undefined` if that is not the reason. */
  readonly outageUs: number | undefined;
};

/** The leading measure first. */
export function evidenceOf(seen: Seen, judged: Judged, windows: Windows): Evidence[] {
  // Losses and repairs say nothing about a time in which nothing arrived.
  if (seen.outageUs !== undefined)
    return [{ metric: "unreachable_us", seen: Math.round(seen.outageUs), unit: "us" }];
  const found = [
    partEvidence(seen, judged),
    ...columnEvidence(seen, judged),
    repairedEvidence(seen, judged),
    loweredEvidence(seen, windows),
  ];
  const due = judged.table.columns.due_us;
  const bad = new Set(seen.rows.flatMap((row) => windows.at(due[row] ?? 0) ?? []));
  for (const field of windowFields[seen.code] ?? []) {
    found.push(windowEvidence(field, bad, windows));
  }
  return found.filter((evidence) => evidence !== undefined).filter(isWorse);
}

const lessIsWorse: ReadonlySet<string> = new Set(["cpu_mhz", "bitrate_kbps"]);

/** A measure that was better than usual is no evidence. */
function isWorse({ metric, usual = Number.NaN, seen }: Evidence): boolean {
  return lessIsWorse.has(metric) ? !(seen > usual) : !(seen < usual);
}

/**
 * Of frames that came through this part: one that was lost on the way took no time on it, nor did one that
 * came and could not be decoded. Where some took longer than usual, of those: a frame may be bad for what
 * the one before it took.
 */
function partEvidence(
  { code, part, rows }: Seen,
  { parts, usual, handedUs, table, excess, state }: Judged,
) {
  const { complete_us, shown_us } = table.columns;
  const ends: Partial<Record<PartName, Float64Array>> = { network: complete_us, display: shown_us };
  const endUs = ends[part] ?? handedUs;
  const isLate = part !== "network" || code === "link_jitter";
  const isThrough = (row: number) => isLate || state[row] !== slotStates.absent;
  const came = rows.filter((row) => !Number.isNaN(endUs[row]) && isThrough(row));
  const long = came.filter((row) => (excess[part][row] ?? 0) > 0);
  const times = (long.length > 0 ? long : came).map((row) => parts[part][row] ?? 0);
  if (times.length === 0) return undefined;
  return {
    metric: `${part}_us`,
    usual: Math.round(usual[part]),
    seen: middle(times),
    unit: "us",
  };
}

const rowColumns = {
  machine_busy: ["cpu_wait_us"],
  link_loss: ["lost_packets"],
  key_frames: ["bytes"],
} as const satisfies Partial<Record<CauseCode, readonly string[]>>;

function columnEvidence({ code, rows }: Seen, { table }: Judged): (Evidence | undefined)[] {
  const columns = code in rowColumns ? rowColumns[code as keyof typeof rowColumns] : [];
  return columns.map((metric) => {
    const all = rows.map((row) => table.columns[metric][row] ?? Number.NaN).filter(isNumber);
    // Frames after a lost one arrived completely: they say nothing about how much was lost.
    const values = metric === "lost_packets" ? all.filter((count) => count > 0) : all;
    if (values.length === 0) return undefined;
    return { metric, seen: middle(values), unit: metric.endsWith("_us") ? "us" : "count" };
  });
}

/** The share of losses that parity repaired, in all frames: whether there is enough of it. */
function repairedEvidence({ code }: Seen, { table }: Judged): Evidence | undefined {
  const { lost_packets, rebuilt } = table.columns;
  if (code !== "link_loss" || !isMeasured(rebuilt)) return undefined;
  let [lost, repaired] = [0, 0];
  for (let row = 0; row < table.count; row++) {
    lost += lost_packets[row] || 0;
    repaired += rebuilt[row] || 0;
  }
  if (lost === 0) return undefined;
  return {
    metric: "repaired_share",
    seen: roundShare(Math.min(1, repaired / lost)),
    unit: "share",
  };
}

/** The bitrate after it was lowered for the losses. */
function loweredEvidence({ code }: Seen, { all }: Windows): Evidence | undefined {
  const lowered = all.filter(({ bitrate_asked_kbps }) => bitrate_asked_kbps !== undefined);
  if (code !== "link_loss" || lowered.length === 0) return undefined;
  return {
    metric: "bitrate_kbps",
    usual: middle(lowered.map(({ bitrate_asked_kbps = 0 }) => bitrate_asked_kbps)),
    seen: middle(lowered.map(({ bitrate_kbps }) => bitrate_kbps)),
    unit: "kbps",
  };
}

type Field = {
  readonly metric: string;
  readonly unit: string;
  /** Its player reports it, perhaps in a later window. */
  readonly isReported?: true;
  of(window: Window): number | undefined;
};

type SampleFigure =
  | "rtt_us"
  | "packets_dropped"
  | "send_dropped"
  | "stopped_us"
  | "player_pause_us"
  | "player_wait_us";

const sampleField = (metric: SampleFigure, unit: string): Field => ({
  metric,
  unit,
  of: (window) => (window.unmeasured?.includes(metric) ? undefined : window[metric]),
});
const playerField = (metric: SampleFigure): Field => ({
  ...sampleField(metric, "us"),
  isReported: true,
});
type MachineFigure = Exclude<keyof NonNullable<Window["machine"]>, "player_local">;

const machineField = (metric: MachineFigure, unit: string): Field => ({
  metric,
  unit,
  of: (window) => window.machine?.[metric],
});

const windowFields: Partial<Record<CauseCode, readonly Field[]>> = {
  machine_busy: [
    machineField("encode_run_delay_us", "us"),
    machineField("collector_run_delay_us", "us"),
    machineField("cpu_others_share", "share"),
    machineField("pressure_cpu_share", "share"),
    machineField("cpu_busy_share", "share"),
  ],
  machine_throttled: [
    machineField("cpu_mhz", "count"),
    machineField("cpu_throttle_count", "count"),
  ],
  host_paused: [sampleField("stopped_us", "us")],
  own_pause: [machineField("encode_pause_us", "us"), machineField("send_pause_us", "us")],
  link_narrow: [sampleField("rtt_us", "us"), sampleField("send_dropped", "count")],
  link_loss: [sampleField("packets_dropped", "count")],
  player_still: [playerField("player_pause_us")],
  player_slow: [playerField("player_wait_us")],
};

/** @param bad the windows that the cause's frames lie in. */
function windowEvidence(field: Field, bad: ReadonlySet<Window>, windows: Windows) {
  const { metric, unit, isReported } = field;
  const valuesOf = (list: readonly Window[]) => list.flatMap((window) => field.of(window) ?? []);
  const told = [...bad].map((window) => (isReported ? windows.reportsAfter(window) : [window]));
  const seen = told
    .map(valuesOf)
    .flatMap((values) => (values.length === 0 ? [] : Math.max(...values)));
  if (seen.length === 0) return undefined;
  const tellers = new Set(told.flat());
  const usual = valuesOf(windows.all.filter((window) => !tellers.has(window)));
  return {
    metric,
    ...(usual.length > 0 ? { usual: middle(usual) } : {}),
    seen: middle(seen),
    unit,
  };
}

const isNumber = (value: number) => !Number.isNaN(value);

/** Median, nearest rank. */
export function middle(values: readonly number[]): number {
  return Float64Array.from(values).sort()[Math.ceil(values.length / 2) - 1] ?? 0;
}
