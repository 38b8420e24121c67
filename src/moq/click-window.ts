/** The clicks of one window of a broadcast, from all its pages together, for its sample. */
import type { StatsSample } from "../model/capture.ts";
import { type ClickPart, type ClickTimes, clickCountMax } from "../model/click.ts";

/** The fields of a sample that follow from clicks; none without one. */
export type ClickFields = Pick<
  StatsSample,
  | "clicks"
  | "click_count"
  | "click_p50_us"
  | "click_p99_us"
  | "click_to_host_us"
  | "click_to_capture_us"
  | "click_to_encoded_us"
  | "click_to_shown_us"
>;

/** Keeps at most `clickCountMax` clicks; percentiles are those of the kept clicks. */
export class ClickWindow {
  #clicks: ClickTimes[] = [];
  #count = 0;

  /** The picture that answers an input was seen. */
  add(times: ClickTimes): void {
    this.#count += 1;
    if (this.#clicks.length < clickCountMax) this.#clicks.push(times);
  }

  /** The clicks since the last query. */
  take(): ClickFields {
    const [clicks, count] = [this.#clicks, this.#count];
    this.#clicks = [];
    this.#count = 0;
    return count === 0 ? {} : { ...fieldsOf(clicks), click_count: count, clicks };
  }
}

function fieldsOf(clicks: readonly ClickTimes[]): ClickFields {
  const at = (name: ClickPart | "total_us", share: number) => {
    const sorted = clicks.map((click) => click[name]).sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  };
  return {
    click_p50_us: at("total_us", 0.5),
    click_p99_us: at("total_us", 0.99),
    click_to_host_us: at("to_host_us", 0.5),
    click_to_capture_us: at("to_capture_us", 0.5),
    click_to_encoded_us: at("to_encoded_us", 0.5),
    click_to_shown_us: at("to_shown_us", 0.5),
  };
}
