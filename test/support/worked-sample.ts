/** What a window's sample has to say, worked out from the session's rows alone. */
import { filterTable, latenessUs, sliceTable } from "../../src/frames/table.ts";
import type { StageName, StatsSample } from "../../src/model/capture.ts";
import type { FrameColumnName, FrameTable } from "../../src/model/frames.ts";

/**
 * The sample of as many frames in a row as `sample` counts: of those whose mean is the sample's, or
 * of the first, when there are none.
 */
export function workedSample(
  all: FrameTable,
  stages: readonly StageName[],
  sample: StatsSample | undefined,
): Partial<StatsSample> {
  const { frame_count = 0, window_us = 0, total_mean_us } = sample ?? {};
  const rows = filterTable(all, (row) => latenessUs(all, row) !== undefined);
  const startCount = Math.max(1, rows.count - frame_count + 1);
  const of = (first: number) =>
    workedOut(sliceTable(rows, first, first + frame_count), stages, window_us);
  for (let first = 0; first < startCount; first++) {
    const worked = of(first);
    if (worked.total_mean_us === total_mean_us) return worked;
  }
  return of(0);
}

function workedOut(
  { columns, count }: FrameTable,
  stages: readonly StageName[],
  windowUs: number,
): Partial<StatsSample> {
  const list = (make: (row: number) => number) =>
    Array.from({ length: count }, (_, row) => make(row));
  const of = (name: FrameColumnName) => list((row) => columns[name][row] ?? Number.NaN);
  const stageUs = (row: number) =>
    stages.reduce((sum, stage) => sum + (columns[`${stage}_us`][row] ?? 0), 0);
  const gaps = list((row) => (columns.queue_us[row] ?? 0) + (columns.gap_us[row] ?? 0));
  const totals = list((row) => stageUs(row) + (gaps[row] ?? 0));
  const means = stages.map((stage) => mean(of(`${stage}_us`)));
  return {
    frame_count: count,
    stages: stages.map((name) => timing(name, of(`${name}_us`))),
    total_p50_us: rank(totals, 0.5),
    total_p99_us: rank(totals, 0.99),
    total_mean_us: round(means.reduce((sum, one) => sum + one, mean(gaps))),
    gap_mean_us: mean(gaps),
    gap_p99_us: rank(gaps, 0.99),
    fps: perSecond(of("repeat").filter((flag) => flag === 0).length, windowUs),
    repeat_fps: perSecond(of("repeat").filter((flag) => flag === 1).length, windowUs),
    mbps: perSecond((of("bytes").reduce((sum, one) => sum + one, 0) * 8) / 1e6, windowUs),
  };
}

function timing(name: string, times: readonly number[]) {
  const [p50_us, p99_us] = [rank(times, 0.5), rank(times, 0.99)];
  return { name, p50_us, p99_us, mean_us: mean(times), max_us: Math.max(...times) };
}

const rank = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;
const round = (value: number) => Math.round(value * 1000) / 1000;
const mean = (values: readonly number[]) =>
  round(values.reduce((sum, one) => sum + one, 0) / values.length);
const perSecond = (amount: number, windowUs: number) => round((amount * 1e6) / windowUs);
