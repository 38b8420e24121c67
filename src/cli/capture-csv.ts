/**
 * A capture as comma-separated values (RFC 4180), one row a sample, for spreadsheets and scripts.
 * Unmeasured values are empty fields, never zeros; values that may be too small are named in the
 * last column. Columns are only added, at the end: rates, stages, then the table of metrics.
 */
import { type Capture, type StatsSample, stageNames } from "../model/capture.ts";
import { isLowerBound, measured } from "../model/metric-columns.ts";
import { type MetricName, metricNames, metricRows, requiredMetricNames } from "../model/metrics.ts";

const stageFigures = ["mean_us", "p50_us", "p99_us", "max_us"] as const;
const rates: readonly MetricName[] = requiredMetricNames.filter(
  (name) => metricRows[name].unit !== "count",
);
const others = metricNames.filter((name) => !rates.includes(name));

/** In microseconds and the units of the fields' names; without a line break at the end. */
export function captureCsv(capture: Capture): string {
  const used = stageNames.filter((name) =>
    capture.samples.some((sample) => sample.stages.some((stage) => stage.name === name)),
  );
  const header = [
    ...["t_ms", "session_id"],
    ...rates,
    ...used.flatMap((name) => stageFigures.map((figure) => `${name}_${figure}`)),
    ...others,
    ...["frame_count", "window_us", "lower_bounds"],
  ];
  const rows = capture.samples.map((sample) => rowOf(sample, used).join(","));
  return [header.join(","), ...rows].join("\r\n");
}

function rowOf(sample: StatsSample, used: readonly string[]): string[] {
  const stageCells = used.flatMap((name) => {
    const stage = sample.stages.find((candidate) => candidate.name === name);
    return stageFigures.map((figure) => cell(stage?.[figure]));
  });
  return [
    ...[sample.t_ms, sample.session_id].map(cell),
    ...rates.map((name) => cell(measured(sample, name))),
    ...stageCells,
    ...others.map((name) => cell(measured(sample, name))),
    ...[sample.frame_count, sample.window_us].map(cell),
    metricNames.filter((name) => isLowerBound(sample, name)).join(" "),
  ];
}

function cell(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}
