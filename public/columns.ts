/** A session's columns, and how a sample that has just arrived is added to them. */
import { recordOf } from "../src/base/record.ts";
import type { StatsSample } from "../src/model/capture.ts";
import { machineLineNames, machineLines } from "../src/model/machine-lines.ts";
import { isLowerBound, measured, metricColumns } from "../src/model/metric-columns.ts";
import { isMetricName, type MetricName } from "../src/model/metrics.ts";
import type { Series, SeriesSession } from "../src/model/series.ts";

export type { Series, SeriesSession };
export type ValueColumn = readonly (number | null)[];

type Mutable = { -readonly [Key in keyof SeriesSession]: SeriesSession[Key] };

/** Beyond this the server merges buckets. */
const pointCountMax = 1200;

/**
 * Adds a sample to its session's columns.
 * @returns false when the columns must be fetched again: another session, other stages, too many
 * points. A sample that is already there changes nothing.
 */
export function addSample(series: Series, sample: StatsSample): boolean {
  const session = series.sessions.find(({ session_id }) => session_id === sample.session_id);
  if (session === undefined || session.t_ms.length >= pointCountMax) return false;
  if (!hasSameStages(session, sample)) return false;
  series.to_ms = Math.max(series.to_ms, sample.t_ms);
  if (sample.t_ms <= (session.t_ms.at(-1) ?? -1)) return true;
  addTo(session, sample);
  return true;
}

function hasSameStages({ stages }: SeriesSession, sample: StatsSample): boolean {
  return (
    stages.length === sample.stages.length &&
    sample.stages.every(({ name }, index) => name === stages[index])
  );
}

function addTo(session: Mutable, sample: StatsSample): void {
  session.t_ms.push(sample.t_ms);
  session.window_count.push(1);
  for (const [index, stage] of sample.stages.entries()) {
    session.stage_mean_us[index]?.push(stage.mean_us ?? null);
    session.stage_p50_us[index]?.push(stage.p50_us);
    session.stage_p99_us[index]?.push(stage.p99_us);
    session.stage_max_us[index]?.push(stage.max_us ?? null);
  }
  for (const { column, metric } of metricColumns) {
    session[column].push(measured(sample, metric) ?? null);
  }
  addMachine(session, sample);
  for (const field of sample.lower_bounds ?? []) {
    if (isMetricName(field) && isLowerBound(sample, field)) markLowerBound(session, field);
  }
}

/** A figure that was unknown before has no values for the earlier windows. */
function addMachine(session: Mutable, { machine, window_us = 0 }: StatsSample): void {
  if (machine === undefined && session.machine === undefined) return;
  const before = session.t_ms.slice(1);
  session.machine ??= recordOf(machineLineNames, () => before.map(() => null as number | null));
  for (const name of machineLineNames) {
    const share = machine && machineLines[name].read(machine, window_us);
    session.machine[name].push(share ?? null);
  }
}

/** In the bucket added last. */
function markLowerBound(session: Mutable, field: MetricName): void {
  const mark = session.lower_bounds.find((known) => known.field === field);
  const bucket = session.t_ms.length - 1;
  if (mark === undefined) session.lower_bounds.push({ field, buckets: [bucket] });
  else mark.buckets.push(bucket);
}
