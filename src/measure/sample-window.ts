/**
 * Per frame: one window of one session. `addFrame` writes into arrays made once; the sample is built
 * by `close`. For every frame, stages and gap add up to the total, and so do their means.
 */
import type { StageName, StageTiming, StatsSample } from "../model/capture.ts";
import {
  type MetricName,
  metricRows,
  type OptionalMetricName,
  optionalMetricNames,
  type RequiredMetricName,
} from "../model/metrics.ts";
import { clampTime, TimeColumn } from "./time-column.ts";

/** The metrics that a window computes from its frames. */
type FrameMetricName =
  | "fps"
  | "repeat_fps"
  | "mbps"
  | "keyframes"
  | "quality"
  | `total_${"mean" | "p50" | "p99"}_us`
  | `gap_${"mean" | "p99"}_us`;
type CounterName = Exclude<MetricName, FrameMetricName>;
type RequiredCounterName = Extract<CounterName, RequiredMetricName>;

/** The sender's data at the window's end; counts are of this window only. */
export type WindowCounters = Readonly<Record<RequiredCounterName, number>> & {
  readonly [Name in Extract<CounterName, OptionalMetricName>]?: number | undefined;
} & {
  /** Cannot be known in this window: the original fields are written as 0, others left out. */
  readonly unmeasured?: readonly MetricName[] | undefined;
  /** True, but may be too small. */
  readonly lower_bounds?: readonly MetricName[] | undefined;
};

/** Data of a frame besides its times. */
export type FrameFacts = {
  readonly isRepeat: boolean;
  readonly isKey: boolean;
  /** Percent; absent if the encoder does not report it. */
  readonly quality?: number | undefined;
};

/** The frames of one window, made into a sample when it closes, then reused. One per session. */
export class SampleWindow {
  /** To be filled, in the order of the stages, before each `addFrame`. */
  readonly stageUs: Float64Array;
  readonly #stages: readonly StageName[];
  readonly #columns: readonly TimeColumn[];
  readonly #totals: TimeColumn;
  readonly #gaps: TimeColumn;
  #startUs = 0;
  #newCount = 0;
  #repeatCount = 0;
  #keyCount = 0;
  #byteCount = 0;
  #qualitySum = 0;
  #qualityCount = 0;

  /** @param options with `frameCountMax` frames in a window percentiles are exact. */
  constructor(options: { stages: readonly StageName[]; frameCountMax: number }) {
    this.#stages = options.stages;
    this.stageUs = new Float64Array(options.stages.length);
    this.#columns = options.stages.map(() => new TimeColumn(options.frameCountMax));
    this.#totals = new TimeColumn(options.frameCountMax);
    this.#gaps = new TimeColumn(options.frameCountMax);
  }

  /** Resets for the next window. */
  open(startUs: number): void {
    this.#startUs = startUs;
    this.#newCount = 0;
    this.#repeatCount = 0;
    this.#keyCount = 0;
    this.#byteCount = 0;
    this.#qualitySum = 0;
    this.#qualityCount = 0;
    this.#totals.clear();
    this.#gaps.clear();
    for (const column of this.#columns) column.clear();
  }

  /**
   * Adds the frame whose stage times are in `stageUs`.
   * @param totalUs raised to the sum of the stages if it is less: they are parts of it.
   * @param byteCount media payload, parity and headers left out.
   */
  addFrame(totalUs: number, byteCount: number, frame: FrameFacts): void {
    let stagesUs = 0;
    for (let stage = 0; stage < this.#columns.length; stage++) {
      const timeUs = clampTime(this.stageUs[stage] ?? 0);
      stagesUs += timeUs;
      this.#columns[stage]?.add(timeUs);
    }
    const gapUs = clampTime(clampTime(totalUs) - stagesUs);
    this.#gaps.add(gapUs);
    this.#totals.add(stagesUs + gapUs);
    this.addUntimedFrame(byteCount, frame);
  }

  /** Counts a frame that was sent before measuring began: in rates, not in times. */
  addUntimedFrame(byteCount: number, frame: FrameFacts): void {
    this.#byteCount += byteCount;
    if (frame.isKey) this.#keyCount += 1;
    if (frame.quality !== undefined) {
      this.#qualitySum += frame.quality;
      this.#qualityCount += 1;
    }
    if (frame.isRepeat) this.#repeatCount += 1;
    else this.#newCount += 1;
  }

  /** The window's sample; the recorder adds session and time, `session_id` and `t_ms`. */
  close(endUs: number, counters: WindowCounters): StatsSample {
    const windowUs = whole(endUs - this.#startUs);
    return {
      t_ms: 0,
      session_id: 0,
      stages: this.#timings(),
      fps: rate(this.#newCount, windowUs),
      repeat_fps: rate(this.#repeatCount, windowUs),
      mbps: rate((this.#byteCount * 8) / 1e6, windowUs),
      ...counterFieldsOf(counters),
      ...this.#totalFields(),
      ...this.#frameFields(),
      frame_count: this.#totals.count,
      window_us: windowUs,
    };
  }

  #frameFields(): Partial<Record<FrameMetricName, number>> {
    const count = this.#qualityCount;
    return {
      keyframes: this.#keyCount,
      // None if the encoder does not report it.
      ...(count === 0 ? {} : { quality: Math.round(this.#qualitySum / count) }),
    };
  }

  /** None without a frame: there is nothing to report. */
  #timings(): StageTiming[] {
    if (this.#totals.count === 0) return [];
    return this.#columns.map((column, stage) => {
      column.sort();
      return {
        name: this.#stages[stage] ?? "",
        p50_us: column.percentile(0.5),
        p99_us: column.percentile(0.99),
        mean_us: round(column.sumUs / column.count),
        max_us: column.maxUs,
      };
    });
  }

  #totalFields(): Partial<StatsSample> {
    const { count } = this.#totals;
    if (count === 0) return {};
    this.#totals.sort();
    this.#gaps.sort();
    const gapMean = round(this.#gaps.sumUs / count);
    let totalMean = gapMean;
    // The sum of the rounded means, so that what is written adds up.
    for (const column of this.#columns) totalMean += round(column.sumUs / count);
    return {
      total_p50_us: this.#totals.percentile(0.5),
      total_p99_us: this.#totals.percentile(0.99),
      total_mean_us: round(totalMean),
      gap_mean_us: gapMean,
      gap_p99_us: this.#gaps.percentile(0.99),
    };
  }
}

function counterFieldsOf(counters: WindowCounters) {
  const { unmeasured = [], lower_bounds = [] } = counters;
  const known = (name: RequiredCounterName) =>
    unmeasured.includes(name) ? 0 : whole(counters[name]);
  return {
    bitrate_kbps: known("bitrate_kbps"),
    frames_dropped: known("frames_dropped"),
    packets_dropped: known("packets_dropped"),
    send_dropped: known("send_dropped"),
    fec_recovered: known("fec_recovered"),
    ...optionalFieldsOf(counters),
    ...(unmeasured.length === 0 ? {} : { unmeasured: [...unmeasured] }),
    ...(lower_bounds.length === 0 ? {} : { lower_bounds: [...lower_bounds] }),
  };
}

/** The metrics that apply to the path and were measured; the others are absent. */
function optionalFieldsOf(counters: WindowCounters): Partial<Record<OptionalMetricName, number>> {
  const given: Partial<Record<MetricName, number | undefined>> = counters;
  const fields: Partial<Record<OptionalMetricName, number>> = {};
  for (const name of optionalMetricNames) {
    const value = given[name];
    if (value === undefined || counters.unmeasured?.includes(name)) continue;
    fields[name] = metricRows[name].unit === "fps" ? value : whole(value);
  }
  return fields;
}

/** Per second of the window's real length; 0 for an empty window. */
function rate(amount: number, windowUs: number): number {
  return windowUs === 0 ? 0 : round((amount * 1e6) / windowUs);
}

function whole(value: number): number {
  return value > 0 && value < Number.MAX_SAFE_INTEGER ? Math.round(value) : 0;
}

/** Three decimals: a thousandth of a microsecond or frame is below what can be measured. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
