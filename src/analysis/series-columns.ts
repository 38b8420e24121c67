/** The columns of one session's series, filled sample by sample, bucket after bucket. */
import { assert } from "../base/assert.ts";
import { recordOf } from "../base/record.ts";
import type { StageTiming, StatsSample } from "../model/capture.ts";
import { machineLineNames, machineLines } from "../model/machine-lines.ts";
import {
  type ColumnName,
  drawnColumns,
  type MetricColumn,
  measured,
  metricColumns,
} from "../model/metric-columns.ts";
import type { Fold } from "../model/metric-fold.ts";
import type { MetricName } from "../model/metrics.ts";
import type { SeriesMark } from "../model/series.ts";
import {
  addTo,
  type Column,
  emptyColumn,
  lowerTo,
  MeanColumn,
  type OptionalNumber,
  raiseTo,
  valuesOf,
} from "./bucket-column.ts";

/** More than any path has; a foreign file may name any number. */
const stageCountMax = 16;
/** The columns of one session’s series, filled sample by sample, then read once. */
export class SeriesColumns {
  readonly #count: number;
  #bucket = -1;
  readonly #times: Column;
  readonly #windowCounts: Column;
  readonly #stages: StageColumns[] = [];
  readonly #metrics: readonly MetricBuckets[];
  readonly #machine: readonly Column[];
  #hasMachine = false;

  /** @param count of buckets at most. */
  constructor(count: number) {
    this.#count = count;
    this.#times = emptyColumn(count);
    this.#windowCounts = emptyColumn(count);
    this.#metrics = metricColumns.map((column) => new MetricBuckets(column, count));
    this.#machine = machineLineNames.map(() => emptyColumn(count));
  }

  /** Begins the next bucket. */
  open(): void {
    this.#bucket += 1;
    assert(this.#bucket < this.#count, "a series has no more buckets than it was made for");
  }

  /** Adds a window to the open bucket. */
  add(sample: StatsSample): void {
    this.#times[this.#bucket] = sample.t_ms;
    addTo(this.#windowCounts, this.#bucket, 1);
    for (const metric of this.#metrics) metric.add(this.#bucket, sample);
    this.#addMachine(sample);
    for (let index = 0; index < sample.stages.length; index++) {
      const stage = sample.stages[index];
      if (stage !== undefined) this.#addStage(stage, index, sample.frame_count || 1);
    }
  }

  build() {
    const count = this.#bucket + 1;
    const stage = (name: "mean" | "p50" | "p99" | "max") =>
      this.#stages.map((one) => one.values(name).slice(0, count));
    const values = new Map(this.#metrics.map((metric) => [metric.name, metric]));
    return {
      stages: this.#stages.map(({ name }) => name),
      t_ms: [...this.#times.subarray(0, count)],
      window_count: [...this.#windowCounts.subarray(0, count)],
      stage_mean_us: stage("mean"),
      stage_p50_us: stage("p50"),
      stage_p99_us: stage("p99"),
      stage_max_us: stage("max"),
      ...recordOf(
        metricColumns.map(({ column }) => column),
        (name) => values.get(name)?.values(count) ?? [],
      ),
      ...(this.#hasMachine ? { machine: this.#machineColumns(count) } : {}),
      lower_bounds: this.#metrics.flatMap((metric) => metric.marks()),
    };
  }

  #addMachine({ machine, window_us = 0 }: StatsSample): void {
    if (machine === undefined) return;
    this.#hasMachine = true;
    for (let index = 0; index < machineLineNames.length; index++) {
      const [name, column] = [machineLineNames[index], this.#machine[index]];
      const share = name && machineLines[name].read(machine, window_us);
      if (share !== undefined && column !== undefined) raiseTo(column, this.#bucket, share);
    }
  }

  #machineColumns(count: number) {
    const columns = new Map(machineLineNames.map((name, index) => [name, this.#machine[index]]));
    return recordOf(machineLineNames, (name) =>
      valuesOf((columns.get(name) ?? emptyColumn(count)).subarray(0, count)),
    );
  }

  #addStage(stage: StageTiming, index: number, frameCount: number): void {
    // Windows of one session name the same stages in the same order.
    let columns = this.#stages[index];
    if (columns?.name !== stage.name) {
      columns = this.#stages.find(({ name }) => name === stage.name);
    }
    if (columns === undefined) {
      if (this.#stages.length >= stageCountMax) return;
      columns = new StageColumns(stage.name, this.#count);
      this.#stages.push(columns);
    }
    columns.add(this.#bucket, stage, frameCount);
  }
}

class StageColumns {
  readonly name: string;
  readonly #mean: MeanColumn;
  readonly #p50: MeanColumn;
  readonly #p99;
  readonly #max;

  constructor(name: string, count: number) {
    this.name = name;
    this.#mean = new MeanColumn(count);
    this.#p50 = new MeanColumn(count);
    this.#p99 = emptyColumn(count);
    this.#max = emptyColumn(count);
  }

  add(bucket: number, stage: StageTiming, frameCount: number): void {
    this.#mean.add(bucket, stage.mean_us, frameCount);
    this.#p50.add(bucket, stage.p50_us, 1);
    raiseTo(this.#p99, bucket, stage.p99_us);
    raiseTo(this.#max, bucket, stage.max_us);
  }

  values(name: "mean" | "p50" | "p99" | "max") {
    if (name === "mean") return this.#mean.values();
    if (name === "p50") return this.#p50.values();
    return valuesOf(name === "p99" ? this.#p99 : this.#max);
  }
}

/** One column of a metric, folded as its row defines. */
class MetricBuckets {
  readonly name: ColumnName;
  readonly #metric: MetricName;
  readonly #fold: Fold;
  readonly #isMarked: boolean;
  readonly #column: Column | MeanColumn;
  /** The buckets in which the value may be too small. */
  readonly #isLow: Uint8Array;

  constructor({ column, metric, fold }: MetricColumn, count: number) {
    this.name = column;
    this.#metric = metric;
    this.#fold = fold;
    this.#isMarked = drawnColumns.get(metric) === column;
    this.#column = isMean(fold) ? new MeanColumn(count) : emptyColumn(count);
    this.#isLow = new Uint8Array(count);
  }

  /** If only some of a bucket's windows have a counter, the sum is a lower bound. */
  add(bucket: number, sample: StatsSample): void {
    const value = measured(sample, this.#metric);
    if (value === undefined) {
      if (this.#fold === "sum") this.#isLow[bucket] = 1;
      return;
    }
    this.#put(bucket, value, sample);
    const { lower_bounds } = sample;
    if (lower_bounds === undefined || lower_bounds.length === 0) return;
    if (lower_bounds.includes(this.#metric)) this.#isLow[bucket] = 1;
  }

  values(count: number): OptionalNumber[] {
    const column = this.#column;
    const values = column instanceof MeanColumn ? column.values() : valuesOf(column);
    return values.slice(0, count);
  }

  /** One for the metric, not for each of its columns; none for a bucket without any value. */
  marks(): SeriesMark[] {
    if (!(this.#isMarked && this.#isLow.includes(1))) return [];
    const values = this.values(this.#isLow.length);
    const buckets = [...this.#isLow.keys()].filter(
      (bucket) => this.#isLow[bucket] === 1 && values[bucket] !== null,
    );
    return buckets.length === 0 ? [] : [{ field: this.#metric, buckets }];
  }

  #put(bucket: number, value: number, sample: StatsSample): void {
    const column = this.#column;
    if (column instanceof MeanColumn) column.add(bucket, value, weightOf(this.#fold, sample));
    else if (this.#fold === "sum") addTo(column, bucket, value);
    else if (this.#fold === "min") lowerTo(column, bucket, value);
    else if (this.#fold === "max") raiseTo(column, bucket, value);
    else column[bucket] = value;
  }
}

function isMean(fold: Fold): boolean {
  return fold === "time_mean" || fold === "frame_mean" || fold === "window_mean";
}

/** Rates are weighted by the length of their windows: their mean is then the rate of the bucket. */
function weightOf(fold: Fold, { window_us, frame_count }: StatsSample): number {
  if (fold === "time_mean") return window_us || 1;
  return fold === "frame_mean" ? frame_count || 1 : 1;
}
