/**
 * A run of another tool as a capture with rows: frames lie on the grid of their own rate, a gap
 * longer than an interval becomes slots without a frame. Unmeasured values stay absent.
 */
import { rowsUntilMs } from "../export/row-marks.ts";
import { makeColumns, type TableColumns } from "../frames/table.ts";
import type { Capture, CaptureSession, StatsSample } from "../model/capture.ts";
import { captureId } from "../model/capture-id.ts";
import { type FrameTable, frameFates } from "../model/frames.ts";
import type { Machine } from "../model/machine.ts";
import { metricNames } from "../model/metrics.ts";
import { frameCountMax, type ImportedFrame, type ImportedRun } from "./run.ts";

/**
 * The maximum of slots without a frame between two frames: a longer gap is a pause of the
 * recording.
 */
const missedCountMax = 600;
const windowMs = 1000;
const sampleCountMax = 5400;
/** An hour at 240 frames per second, and as many gaps: anything after that is left out. */
export const slotCountMax = 2 * frameCountMax;
const nameLengthMax = 100;
const missed = frameFates.indexOf("missed");
const dropped = frameFates.indexOf("dropped");
const sent = frameFates.indexOf("sent");
/** Rates of screens and films: a measured rate this close is assumed to be one of them. */
const usualRates = [24, 25, 30, 40, 45, 48, 50, 60, 72, 75, 80, 90, 100, 120, 144, 165, 180, 240];
const rateTolerance = 0.02;

/** All others stay absent, and share one column. */
const filledColumns = [
  ...(["session_id", "frame", "due_us", "fate", "repeat", "key", "wait_us", "gap_us"] as const),
  ...(["encode_us", "send_us", "complete_us", "decode_us", "shown_us"] as const),
];

type Slot = { readonly frame: ImportedFrame | undefined; readonly dueMs: number };

export function recordingOf(
  run: ImportedRun,
  { startedUnixMs }: { readonly startedUnixMs: number },
): { readonly capture: Capture; readonly rows: FrameTable } {
  const fps = rateOf(run.frames);
  const { slots, isCut } = slotsOf(run.frames, 1000 / fps);
  const lastDueUs = Math.round((slots.at(-1)?.dueMs ?? 0) * 1000);
  const durationMs = Math.ceil(lastDueUs / 1000 + 1000 / fps);
  const client = `${run.tool}${run.program === "" ? "" : `: ${run.program}`}`.slice(
    0,
    nameLengthMax,
  );
  const session: CaptureSession = {
    ...{ session_id: 1, kind: "", width: 0, height: 0, fps, codec: "", client },
  };
  const samples = samplesOf(run, slots);
  const { session_id: _id, ...head } = session;
  const meta = {
    id: captureId({ started_unix_ms: startedUnixMs, width: 0, height: 0 }),
    ...{ started_unix_ms: startedUnixMs, duration_ms: durationMs, ...head },
    ...{ sample_count: samples.length, version: 1, sessions: [session] },
    origin: "imported" as const,
    ...(isCut || run.isCut ? { rows_until_ms: rowsUntilMs(lastDueUs) } : {}),
  };
  return { capture: { meta, samples }, rows: rowsOf(slots) };
}

/** The median rate, rounded to a usual one if it is close. */
function rateOf(frames: readonly ImportedFrame[]): number {
  const lengths = frames.map(({ atMs }, index) => atMs - (frames[index - 1]?.atMs ?? atMs));
  const steps = Float64Array.from(lengths.filter((ms) => ms > 0)).sort();
  const median = steps[Math.ceil(steps.length / 2) - 1] ?? 1000 / 60;
  const fps = Math.min(1000, Math.max(1, 1000 / median));
  const usual = usualRates.find((rate) => Math.abs(rate - fps) <= rateTolerance * rate);
  return usual ?? Math.round(fps * 100) / 100;
}

function slotsOf(frames: readonly ImportedFrame[], intervalMs: number) {
  const slots: Slot[] = [];
  let lastMs: number | undefined;
  for (const frame of frames) {
    const gapCount = lastMs === undefined ? 0 : Math.round((frame.atMs - lastMs) / intervalMs) - 1;
    const isCut = slots.length + Math.min(missedCountMax, gapCount) >= slotCountMax;
    if (isCut) return { slots, isCut };
    for (let gap = 0; gap < Math.min(missedCountMax, gapCount); gap++) {
      slots.push({ frame: undefined, dueMs: (lastMs ?? 0) + (gap + 1) * intervalMs });
    }
    slots.push({ frame, dueMs: frame.atMs });
    lastMs = frame.atMs;
  }
  return { slots, isCut: false };
}

function rowsOf(slots: readonly Slot[]): FrameTable {
  const columns = makeColumns(slots.length, filledColumns);
  for (const [row, { frame, dueMs }] of slots.entries()) {
    columns.session_id[row] = 1;
    columns.frame[row] = row;
    columns.due_us[row] = Math.round(dueMs * 1000);
    columns.repeat[row] = 0;
    columns.key[row] = 0;
    columns.wait_us[row] = 0;
    columns.fate[row] = frame === undefined ? missed : sent;
    if (frame === undefined) continue;
    if (frame.isDropped === true) columns.fate[row] = dropped;
    columns.gap_us[row] = 0;
    fill(columns, row, frame);
  }
  return { count: slots.length, columns };
}

function fill(columns: TableColumns, row: number, frame: ImportedFrame): void {
  columns.encode_us[row] = microsOf(frame.encodeMs);
  columns.send_us[row] = microsOf(frame.sendMs);
  columns.complete_us[row] = microsOf(frame.completeMs);
  columns.decode_us[row] = microsOf(frame.decodeMs);
  columns.shown_us[row] = microsOf(frame.shownMs);
}

function microsOf(ms: number | undefined): number {
  return ms !== undefined && ms >= 0 && ms < 60_000 ? Math.round(ms * 1000) : Number.NaN;
}

/** One per second, as a host would have written it. */
function samplesOf(run: ImportedRun, slots: readonly Slot[]): StatsSample[] {
  const byWindow = new Map<number, Slot[]>();
  for (const slot of slots) {
    const window = Math.floor(slot.dueMs / windowMs);
    const known = byWindow.get(window);
    if (known === undefined) byWindow.set(window, [slot]);
    else known.push(slot);
  }
  const machines = new Map<number, Machine>();
  for (const { atMs, machine } of run.machine) machines.set(Math.floor(atMs / windowMs), machine);
  return [...byWindow]
    .sort(([a], [b]) => a - b)
    .slice(0, sampleCountMax)
    .map(([window, own]) => sampleOf(window, own, machines.get(window)));
}

function sampleOf(
  window: number,
  slots: readonly Slot[],
  machine: Machine | undefined,
): StatsSample {
  const frames = slots.flatMap(({ frame }) => frame ?? []);
  const droppedCount = frames.filter(({ isDropped }) => isDropped === true).length;
  const stages = [
    ...stageOf(
      "encode",
      frames.map(({ encodeMs }) => encodeMs),
    ),
    ...stageOf(
      "send",
      frames.map(({ sendMs }) => sendMs),
    ),
  ];
  const counted = new Set(["fps", "frames_dropped", "missed_slots"]);
  return {
    t_ms: (window + 1) * windowMs,
    session_id: 1,
    stages,
    fps: ((frames.length - droppedCount) * 1000) / windowMs,
    ...{ repeat_fps: 0, mbps: 0, bitrate_kbps: 0, frames_dropped: droppedCount },
    ...{ packets_dropped: 0, send_dropped: 0, fec_recovered: 0 },
    missed_slots: slots.length - frames.length,
    frame_count: frames.length,
    window_us: windowMs * 1000,
    unmeasured: metricNames.filter((name) => !counted.has(name)),
    ...(machine === undefined || Object.keys(machine).length === 0 ? {} : { machine }),
  };
}

function stageOf(name: string, all: readonly (number | undefined)[]): StatsSample["stages"] {
  const times = all
    .flatMap((ms) => (ms === undefined ? [] : [Math.round(ms * 1000)]))
    .sort((a, b) => a - b);
  if (times.length === 0) return [];
  const at = (share: number) => times[Math.ceil(share * times.length) - 1] ?? 0;
  const mean = times.reduce((sum, us) => sum + us, 0) / times.length;
  return [{ name, p50_us: at(0.5), p99_us: at(0.99), mean_us: Math.round(mean), max_us: at(1) }];
}
