/** The columns of one session's series, filled sample by sample, bucket after bucket. */
import { assert } from "../base/assert.ts";
import type { StageTiming, StatsSample } from "../model/capture.ts";
import type { SeriesMark } from "../model/series.ts";
import { addTo, emptyColumn, lowerTo, MeanColumn, raiseTo, valuesOf } from "./bucket-column.ts";

/** More than any path has; a file from elsewhere may name as many as it likes. */
const stageCountMax = 16;
const summedFields = [
  "frames_dropped",
  "packets_dropped",
  "send_dropped",
  "fec_recovered",
  "missed_slots",
  "frames_lost",
  "idr_requests",
  "client_dropped",
  "client_stalls",
] as const;
type SummedField = (typeof summedFields)[number];

export class SeriesColumns {
  readonly #count: number;
  #bucket = -1;
  readonly #stages: StageColumns[] = [];
  readonly #summed: Record<SummedField, SumColumn>;
  readonly #means;
  readonly #columns;

  /** @param count of buckets at most. */
  constructor(count: number) {
    const column = () => emptyColumn(count);
    const mean = () => new MeanColumn(count);
    const sum = () => new SumColumn(count);
    this.#count = count;
    this.#means = {
      total_mean_us: mean(),
      total_p50_us: mean(),
      gap_mean_us: mean(),
      new_fps_mean: mean(),
      repeat_fps: mean(),
      mbps: mean(),
      client_age_p50_us: mean(),
    };
    this.#columns = {
      t_ms: column(),
      window_count: column(),
      total_p99_us: column(),
      gap_p99_us: column(),
      new_fps: column(),
      repeat_fps_max: column(),
      bitrate_kbps: column(),
      rtt_us: column(),
      client_fps: column(),
      client_age_p99_us: column(),
    };
    this.#summed = {
      frames_dropped: sum(),
      packets_dropped: sum(),
      send_dropped: sum(),
      fec_recovered: sum(),
      missed_slots: sum(),
      frames_lost: sum(),
      idr_requests: sum(),
      client_dropped: sum(),
      client_stalls: sum(),
    };
  }

  /** Begins the next bucket. */
  open(): void {
    this.#bucket += 1;
    assert(this.#bucket < this.#count, "a series has no more buckets than it was made for");
  }

  /** Adds a window to the bucket that is open. */
  add(sample: StatsSample): void {
    this.#addRates(sample);
    this.#addTotals(sample);
    this.#addViewers(sample);
    for (let index = 0; index < sample.stages.length; index++) {
      const stage = sample.stages[index];
      if (stage !== undefined) this.#addStage(stage, index, sample.frame_count || 1);
    }
    for (const field of summedFields) {
      const isKnown = sample.unmeasured === undefined || !sample.unmeasured.includes(field);
      this.#summed[field].add(this.#bucket, isKnown ? sample[field] : undefined);
    }
    for (const field of sample.lower_bounds ?? []) {
      if (isSummed(field)) this.#summed[field].mark(this.#bucket);
    }
  }

  build() {
    const count = this.#bucket + 1;
    const cut = <T>(values: T[]) => values.slice(0, count);
    const means = this.#means;
    const columns = this.#columns;
    const summed = this.#summed;
    const stage = (name: "mean" | "p50" | "p99" | "max") =>
      this.#stages.map((one) => cut(one.values(name)));
    return {
      stages: this.#stages.map(({ name }) => name),
      t_ms: [...columns.t_ms.subarray(0, count)],
      window_count: [...columns.window_count.subarray(0, count)],
      stage_mean_us: stage("mean"),
      stage_p50_us: stage("p50"),
      stage_p99_us: stage("p99"),
      stage_max_us: stage("max"),
      total_mean_us: cut(means.total_mean_us.values()),
      total_p50_us: cut(means.total_p50_us.values()),
      total_p99_us: cut(valuesOf(columns.total_p99_us)),
      gap_mean_us: cut(means.gap_mean_us.values()),
      gap_p99_us: cut(valuesOf(columns.gap_p99_us)),
      new_fps: cut(valuesOf(columns.new_fps)),
      new_fps_mean: cut(means.new_fps_mean.values()),
      repeat_fps: cut(means.repeat_fps.values()),
      repeat_fps_max: cut(valuesOf(columns.repeat_fps_max)),
      mbps: cut(means.mbps.values()),
      bitrate_kbps: cut(valuesOf(columns.bitrate_kbps)),
      frames_dropped: cut(summed.frames_dropped.values()),
      packets_dropped: cut(summed.packets_dropped.values()),
      send_dropped: cut(summed.send_dropped.values()),
      fec_recovered: cut(summed.fec_recovered.values()),
      missed_slots: cut(summed.missed_slots.values()),
      frames_lost: cut(summed.frames_lost.values()),
      idr_requests: cut(summed.idr_requests.values()),
      rtt_us: cut(valuesOf(columns.rtt_us)),
      client_fps: cut(valuesOf(columns.client_fps)),
      client_age_p50_us: cut(means.client_age_p50_us.values()),
      client_age_p99_us: cut(valuesOf(columns.client_age_p99_us)),
      client_dropped: cut(summed.client_dropped.values()),
      client_stalls: cut(summed.client_stalls.values()),
      lower_bounds: summedFields.flatMap((field) => summed[field].marks(field)),
    };
  }

  #addRates(sample: StatsSample): void {
    const bucket = this.#bucket;
    const columns = this.#columns;
    // Rates are weighted by the length of their windows: their mean is then the rate of the bucket.
    const weight = sample.window_us || 1;
    columns.t_ms[bucket] = sample.t_ms;
    addTo(columns.window_count, bucket, 1);
    lowerTo(columns.new_fps, bucket, sample.fps);
    raiseTo(columns.repeat_fps_max, bucket, sample.repeat_fps);
    columns.bitrate_kbps[bucket] = sample.bitrate_kbps;
    this.#means.new_fps_mean.add(bucket, sample.fps, weight);
    this.#means.repeat_fps.add(bucket, sample.repeat_fps, weight);
    this.#means.mbps.add(bucket, sample.mbps, weight);
    if (!sample.unmeasured?.includes("rtt_us")) raiseTo(columns.rtt_us, bucket, sample.rtt_us);
  }

  #addTotals(sample: StatsSample): void {
    const bucket = this.#bucket;
    const frameCount = sample.frame_count || 1;
    this.#means.total_mean_us.add(bucket, sample.total_mean_us, frameCount);
    this.#means.gap_mean_us.add(bucket, sample.gap_mean_us, frameCount);
    this.#means.total_p50_us.add(bucket, sample.total_p50_us, 1);
    raiseTo(this.#columns.total_p99_us, bucket, sample.total_p99_us);
    raiseTo(this.#columns.gap_p99_us, bucket, sample.gap_p99_us);
  }

  /** Only viewers in a browser report these, and not in every window. */
  #addViewers(sample: StatsSample): void {
    const bucket = this.#bucket;
    const { client_fps, client_age_p50_us, client_age_p99_us } = sample;
    if (client_fps !== undefined) lowerTo(this.#columns.client_fps, bucket, client_fps);
    this.#means.client_age_p50_us.add(bucket, client_age_p50_us, 1);
    raiseTo(this.#columns.client_age_p99_us, bucket, client_age_p99_us);
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

/** A counter, summed. Where only a part of a bucket's windows knew it, the sum is a lower bound. */
class SumColumn {
  readonly #sums;
  readonly #isLow: Uint8Array;

  constructor(count: number) {
    this.#sums = emptyColumn(count);
    this.#isLow = new Uint8Array(count);
  }

  add(bucket: number, value: number | undefined): void {
    if (value === undefined) this.mark(bucket);
    else addTo(this.#sums, bucket, value);
  }

  mark(bucket: number): void {
    this.#isLow[bucket] = 1;
  }

  values() {
    return valuesOf(this.#sums);
  }

  /** None for a bucket that knows nothing at all. */
  marks(field: string): SeriesMark[] {
    const buckets: number[] = [];
    for (let bucket = 0; bucket < this.#isLow.length; bucket++) {
      const isKnown = !Number.isNaN(this.#sums[bucket]);
      if (this.#isLow[bucket] === 1 && isKnown) buckets.push(bucket);
    }
    return buckets.length === 0 ? [] : [{ field, buckets }];
  }
}

function isSummed(field: string): field is SummedField {
  return (summedFields as readonly string[]).includes(field);
}
