/**
 * Hot path: one window of one session. `addFrame` writes into arrays made once; the sample is built
 * by `close`. For every frame, stages and gap add up to the total, and so do their means.
 */
import type { CounterField, StageName, StageTiming, StatsSample } from "../model/capture.ts";
import { clampTime, TimeColumn } from "./time-column.ts";

/** What the sender knows at the window's end; counts are of this window alone. */
export type WindowCounters = {
  readonly bitrate_kbps: number;
  readonly frames_dropped: number;
  readonly packets_dropped: number;
  readonly send_dropped: number;
  readonly fec_recovered: number;
  readonly rtt_us?: number | undefined;
  readonly missed_slots?: number | undefined;
  readonly frames_lost?: number | undefined;
  readonly idr_requests?: number | undefined;
  /** Cannot be known in this window: they are written as 0, `rtt_us` not at all. */
  readonly unmeasured?: readonly CounterField[] | undefined;
  /** True, but may be too small. */
  readonly lower_bounds?: readonly CounterField[] | undefined;
};

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
  #byteCount = 0;

  /** @param options with `frameCountMax` frames in a window percentiles are exact. */
  constructor(options: { stages: readonly StageName[]; frameCountMax: number }) {
    this.#stages = options.stages;
    this.stageUs = new Float64Array(options.stages.length);
    this.#columns = options.stages.map(() => new TimeColumn(options.frameCountMax));
    this.#totals = new TimeColumn(options.frameCountMax);
    this.#gaps = new TimeColumn(options.frameCountMax);
  }

  /** Forgets the window before. */
  open(startUs: number): void {
    this.#startUs = startUs;
    this.#newCount = 0;
    this.#repeatCount = 0;
    this.#byteCount = 0;
    this.#totals.clear();
    this.#gaps.clear();
    for (const column of this.#columns) column.clear();
  }

  /**
   * Adds the frame whose stage times are in `stageUs`.
   * @param totalUs counts as the sum of the stages where it is less: they are parts of it.
   * @param byteCount media payload, parity and headers left out.
   */
  addFrame(totalUs: number, byteCount: number, isRepeat: boolean): void {
    let stagesUs = 0;
    for (let stage = 0; stage < this.#columns.length; stage++) {
      const timeUs = clampTime(this.stageUs[stage] ?? 0);
      stagesUs += timeUs;
      this.#columns[stage]?.add(timeUs);
    }
    const gapUs = clampTime(clampTime(totalUs) - stagesUs);
    this.#gaps.add(gapUs);
    this.#totals.add(stagesUs + gapUs);
    this.addUntimedFrame(byteCount, isRepeat);
  }

  /** Counts a frame that left its source before anybody measured: in rates, not in times. */
  addUntimedFrame(byteCount: number, isRepeat: boolean): void {
    this.#byteCount += byteCount;
    if (isRepeat) this.#repeatCount += 1;
    else this.#newCount += 1;
  }

  /** The window's sample; whose it is and when, `session_id` and `t_ms`, is for the recorder to say. */
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
      frame_count: this.#totals.count,
      window_us: windowUs,
    };
  }

  /** None without a frame: there is nothing to say about them. */
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
  const unmeasured = counters.unmeasured ?? [];
  const known = (field: CounterField, value: number) =>
    unmeasured.includes(field) ? 0 : whole(value);
  const { rtt_us, missed_slots, frames_lost, idr_requests, lower_bounds } = counters;
  const hasRtt = rtt_us !== undefined && !unmeasured.includes("rtt_us");
  return {
    bitrate_kbps: whole(counters.bitrate_kbps),
    frames_dropped: known("frames_dropped", counters.frames_dropped),
    packets_dropped: known("packets_dropped", counters.packets_dropped),
    send_dropped: known("send_dropped", counters.send_dropped),
    fec_recovered: known("fec_recovered", counters.fec_recovered),
    ...(hasRtt ? { rtt_us: whole(rtt_us) } : {}),
    ...(missed_slots === undefined ? {} : { missed_slots: whole(missed_slots) }),
    ...(frames_lost === undefined ? {} : { frames_lost: whole(frames_lost) }),
    ...(idr_requests === undefined ? {} : { idr_requests: whole(idr_requests) }),
    ...(unmeasured.length === 0 ? {} : { unmeasured: [...unmeasured] }),
    ...(lower_bounds?.length ? { lower_bounds: [...lower_bounds] } : {}),
  };
}

/** Per second of the window's real length; 0 for a window without length. */
function rate(amount: number, windowUs: number): number {
  return windowUs === 0 ? 0 : round((amount * 1e6) / windowUs);
}

function whole(value: number): number {
  return value > 0 && value < Number.MAX_SAFE_INTEGER ? Math.round(value) : 0;
}

/** Three decimals: a thousandth of a microsecond or frame is below what anybody can measure. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
